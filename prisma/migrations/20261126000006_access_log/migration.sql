-- The access log: who read what, where a record of access is required (docs/audit.md).

CREATE TABLE "access_log" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT,
    "action" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "access_log_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "access_log_records" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "entry_id" UUID NOT NULL,
    "record_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "access_log_records_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE INDEX "access_log_organization_id_created_at_id_idx" ON "access_log"("organization_id", "created_at", "id");
CREATE INDEX "access_log_organization_id_actor_id_created_at_id_idx" ON "access_log"("organization_id", "actor_id", "created_at", "id");
CREATE INDEX "access_log_records_organization_id_record_id_idx" ON "access_log_records"("organization_id", "record_id");
CREATE UNIQUE INDEX "access_log_records_organization_id_entry_id_record_id_key" ON "access_log_records"("organization_id", "entry_id", "record_id");

ALTER TABLE "access_log" ADD CONSTRAINT "access_log_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "access_log_records" ADD CONSTRAINT "access_log_records_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "access_log_records" ADD CONSTRAINT "access_log_records_organization_id_entry_id_fkey" FOREIGN KEY ("organization_id", "entry_id") REFERENCES "access_log"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('access_log');
select app.protect_tenant_table('access_log_records');

-- Checks of the access log.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
alter table public.access_log
  add constraint access_log_actor_check check (actor_kind in ('user', 'key', 'operator'));

revoke update, delete on public.access_log from tenantry_app;

-- Rights on the records of the access log.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
revoke update, delete on public.access_log_records from tenantry_app;
