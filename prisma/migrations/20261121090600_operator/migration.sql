-- CreateEnum
CREATE TYPE "override_kind" AS ENUM ('limit', 'feature');

-- AlterTable
ALTER TABLE "organizations" ADD COLUMN     "suspended_at" TIMESTAMPTZ(3),
ADD COLUMN     "suspended_from" "organization_status",
ADD COLUMN     "suspended_reason" TEXT;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "impersonation_reason" TEXT,
ADD COLUMN     "impersonator_id" UUID;

-- CreateTable
CREATE TABLE "entitlement_overrides" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "kind" "override_kind" NOT NULL,
    "key" TEXT NOT NULL,
    "units" BIGINT,
    "available" BOOLEAN,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "entitlement_overrides_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "provisioning_steps" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provisioning_steps_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "entitlement_overrides_organization_id_kind_key_key" ON "entitlement_overrides"("organization_id", "kind", "key");

-- CreateIndex
CREATE UNIQUE INDEX "provisioning_steps_organization_id_step_key" ON "provisioning_steps"("organization_id", "step");

-- AddForeignKey
ALTER TABLE "entitlement_overrides" ADD CONSTRAINT "entitlement_overrides_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "provisioning_steps" ADD CONSTRAINT "provisioning_steps_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- Row security, policies and grants.
select app.protect_tenant_table('entitlement_overrides');
select app.protect_tenant_table('provisioning_steps');

alter table organizations
  add constraint organizations_suspended_check check (suspended_at is null or status = 'suspended');
alter table entitlement_overrides
  add constraint entitlement_overrides_key_check check (key <> ''),
  add constraint entitlement_overrides_units_check check (units >= 0),
  add constraint entitlement_overrides_kind_check check ((kind = 'feature') = (available is not null) and (kind = 'limit' or units is null));
alter table provisioning_steps
  add constraint provisioning_steps_step_check check (step <> '');
alter table sessions
  add constraint sessions_impersonation_check check ((impersonator_id is null) = (impersonation_reason is null));

-- What the operator grants is not the organization's to change.
revoke insert, update, delete on entitlement_overrides, provisioning_steps from tenantry_app;

create trigger access_changed after insert or update or delete on entitlement_overrides for each row execute function app.access_changed();
