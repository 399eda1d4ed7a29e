-- AlterTable
ALTER TABLE "sso_connections" ADD COLUMN     "client_auth" TEXT NOT NULL DEFAULT 'client_secret';

alter table public.sso_connections drop constraint sso_connections_content_check;
alter table public.sso_connections add constraint sso_connections_content_check CHECK (((name <> ''::text) AND (issuer <> ''::text) AND (client_id <> ''::text) AND (default_role <> ''::text) AND ((tested_at IS NOT NULL) OR (NOT enabled)) AND (client_auth = ANY (ARRAY['client_secret'::text, 'private_key_jwt'::text]))));
select audit.watch('public.sso_connections', always => '{*}');
