-- AlterTable
ALTER TABLE "sso_attempts" ADD COLUMN     "reason" TEXT;
