-- AlterTable
ALTER TABLE "provider_visits" ADD COLUMN     "answer" BYTEA;

-- AlterTable
ALTER TABLE "sso_connections" ADD COLUMN     "certificate" TEXT,
ADD COLUMN     "idp_certificates" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "idp_initiated" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "protocol" TEXT NOT NULL DEFAULT 'oidc',
ADD COLUMN     "sign_in_url" TEXT,
ADD COLUMN     "sign_requests" BOOLEAN NOT NULL DEFAULT false;

alter table public.sso_connections drop constraint sso_connections_content_check;

alter table public.sso_connections add constraint sso_connections_content_check CHECK (((name <> ''::text) AND (issuer <> ''::text) AND (default_role <> ''::text) AND ((tested_at IS NOT NULL) OR (NOT enabled)) AND
CASE protocol
    WHEN 'oidc'::text THEN ((client_id <> ''::text) AND (client_auth = ANY (ARRAY['client_secret'::text, 'private_key_jwt'::text])))
    WHEN 'saml'::text THEN ((client_auth = 'none'::text) AND (sign_in_url IS NOT NULL) AND (certificate IS NOT NULL) AND (cardinality(idp_certificates) = ANY (ARRAY[1, 2])))
    ELSE false
END));

select audit.watch('public.sso_connections', always => '{*}');
