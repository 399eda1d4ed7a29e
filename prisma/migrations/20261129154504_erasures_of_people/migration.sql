-- CreateTable
CREATE TABLE "erasures" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "email" TEXT,
    "requested_by_id" UUID,
    "reason" TEXT,
    "deleted" JSONB NOT NULL,
    "receipt" TEXT,
    "mail_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "erasures_user_id_key" ON "erasures"("user_id");

-- CreateIndex
CREATE INDEX "erasures_created_at_idx" ON "erasures"("created_at");

-- CreateIndex
CREATE INDEX "erasures_completed_at_idx" ON "erasures"("completed_at");

-- Row security, policies, grants and audit.
select app.protect_global_table('erasures');

CREATE OR REPLACE FUNCTION app.erase_address(address text, written_before timestamp with time zone)
 RETURNS TABLE(relation text, erased bigint)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  found record;
begin
  for found in
    select c.oid::regclass as target, c.relname, a.attname, a.attnotnull,
           exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'created_at' and not t.attisdropped) as has_time,
           exists (select from pg_attribute u where u.attrelid = c.oid and u.attname = 'user_id' and not u.attisdropped) as has_user
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.atttypid in ('text'::regtype, 'varchar'::regtype)
       and (a.attname in ('email', 'recipient') or a.attname like '%\_email') and c.relname not in ('users', 'organizations', 'erasures')
     order by c.relname, a.attname
  loop
    execute format(
      case when found.attnotnull then 'delete from %1$s where lower(%2$I) = $1' else 'update %1$s set %2$I = null where lower(%2$I) = $1' end
        || case when found.has_time then ' and created_at < $2' else '' end || case when found.has_user then ' and user_id is null' else '' end,
      found.target, found.attname) using lower(address), written_before;
    get diagnostics erased = row_count;
    relation := found.relname;
    if erased > 0 then return next; end if;
  end loop;
end
$function$
;

alter table public.erasures add constraint erasures_address_check CHECK (((completed_at IS NULL) OR (email IS NULL)));
alter table public.erasures add constraint erasures_completion_check CHECK (((completed_at IS NULL) = (receipt IS NULL)));
alter table public.erasures add constraint erasures_reason_check CHECK (((requested_by_id IS NULL) = (reason IS NULL)));

grant execute on function app.erase_address(text, timestamp with time zone) to tenantry_platform;
comment on function app.erase_address(text, timestamp with time zone) is 'Removes an email address from all tables, where it was written before a time; returns the changed rows of each table.';
