-- The example: projects and tasks.

CREATE TABLE "projects" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "assignee_id" UUID,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE TABLE "tasks" (
    "organization_id" UUID NOT NULL DEFAULT app.current_organization_id(),
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "done" BOOLEAN NOT NULL DEFAULT false,
    "assignee_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("organization_id","id")
);

CREATE INDEX "projects_organization_id_created_at_idx" ON "projects"("organization_id", "created_at");
CREATE INDEX "projects_organization_id_assignee_id_idx" ON "projects"("organization_id", "assignee_id");
CREATE INDEX "tasks_organization_id_project_id_created_at_idx" ON "tasks"("organization_id", "project_id", "created_at");
CREATE INDEX "tasks_organization_id_assignee_id_idx" ON "tasks"("organization_id", "assignee_id");

ALTER TABLE "projects" ADD CONSTRAINT "projects_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "projects" ADD CONSTRAINT "projects_organization_id_assignee_id_fkey" FOREIGN KEY ("organization_id", "assignee_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE SET NULL ("assignee_id") ON UPDATE RESTRICT;
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_organization_id_project_id_fkey" FOREIGN KEY ("organization_id", "project_id") REFERENCES "projects"("organization_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_organization_id_assignee_id_fkey" FOREIGN KEY ("organization_id", "assignee_id") REFERENCES "memberships"("organization_id", "user_id") ON DELETE SET NULL ("assignee_id") ON UPDATE RESTRICT;

-- Row security, policies, grants and audit.
select app.protect_tenant_table('projects');
select app.protect_tenant_table('tasks');

-- Checks of projects.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.projects
  add constraint projects_name_check check (name <> '');

-- Checks of tasks.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.tasks
  add constraint tasks_title_check check (title <> '');
