-- AlterTable
ALTER TABLE "subscriptions" ADD COLUMN     "provider_detached" BOOLEAN NOT NULL DEFAULT false;
