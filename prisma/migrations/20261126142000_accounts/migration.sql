-- AlterEnum
ALTER TYPE "mail_status" ADD VALUE 'dropped';

-- AlterEnum
ALTER TYPE "user_token_purpose" ADD VALUE 'undo_email_change';

-- DropIndex
DROP INDEX "users_email_idx";

-- AlterTable
-- Row security is forced on the owner, who would see no rows.
ALTER TABLE "user_tokens" ADD COLUMN     "email" TEXT;
ALTER TABLE "user_tokens" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "users" NO FORCE ROW LEVEL SECURITY;
UPDATE "user_tokens" t SET "email" = u."email" FROM "users" u WHERE u."id" = t."user_id";
ALTER TABLE "users" FORCE ROW LEVEL SECURITY;
ALTER TABLE "user_tokens" FORCE ROW LEVEL SECURITY;
ALTER TABLE "user_tokens" ALTER COLUMN "email" SET NOT NULL;

-- CreateIndex
CREATE INDEX "mail_messages_recipient_template_created_at_idx" ON "mail_messages"("recipient", "template", "created_at");

-- CreateIndex
CREATE INDEX "users_email_created_at_idx" ON "users"("email", "created_at");
