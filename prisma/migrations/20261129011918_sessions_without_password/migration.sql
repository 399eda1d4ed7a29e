-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "with_password" BOOLEAN NOT NULL DEFAULT true;
