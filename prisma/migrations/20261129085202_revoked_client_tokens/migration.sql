-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "revoked_tokens" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "service_keys" ADD COLUMN     "revoked_tokens" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];

drop trigger access_changed on public.api_keys;
drop trigger service_key_changed on public.service_keys;
alter table public.api_keys add constraint api_keys_revoked_tokens_check CHECK ((cardinality(revoked_tokens) <= 1000));
alter table public.service_keys add constraint service_keys_revoked_tokens_check CHECK ((cardinality(revoked_tokens) <= 1000));
CREATE TRIGGER access_changed AFTER UPDATE OF enabled, permissions, expires_at, allowed_ips, owner_id, granted_by_id, token_hash, previous_hash, previous_expires_at, previous_granted_by_id, revoked_tokens ON public.api_keys FOR EACH ROW EXECUTE FUNCTION app.access_changed();
CREATE TRIGGER service_key_changed BEFORE UPDATE OF token_hash, previous_hash, previous_expires_at, scopes, expires_at, allowed_ips, revoked_tokens ON public.service_keys FOR EACH ROW EXECUTE FUNCTION app.service_key_changed();
