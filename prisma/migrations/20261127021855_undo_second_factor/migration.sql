-- AlterEnum
ALTER TYPE "user_token_purpose" ADD VALUE 'undo_second_factor';
