-- AlterTable
ALTER TABLE "sessions" ADD COLUMN "awaits_second_factor" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "impersonation_scope" TEXT,
ADD COLUMN     "impersonator_session_id" UUID;

alter table public.sessions drop constraint sessions_impersonation_check;

CREATE OR REPLACE FUNCTION app.impersonation_ended()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
declare
  each record;
begin
  for each in
    select s.active_organization_id as id from public.sessions s
     where s.impersonator_id = new.user_id and s.impersonator_session_id = new.id and s.revoked_at is null
    union
    select new.active_organization_id where new.impersonator_id is not null
    order by 1
  loop
    update public.organizations set access_version = access_version + 1 where id = each.id;
    perform pg_advisory_xact_lock(app.authority_key(each.id));
  end loop;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.keep_an_operator()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if tg_table_name = 'users' then
    if not exists (select from public.platform_admins a where a.user_id = new.id) then return null; end if;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('tenantry operators', 7));
  if not exists (select from public.platform_admins a join public.users u on u.id = a.user_id where u.disabled_at is null) then
    raise exception 'last_operator: the platform needs an operator who is not disabled' using errcode = 'restrict_violation';
  end if;
  return null;
end
$function$
;

CREATE INDEX sessions_impersonator_key ON public.sessions USING btree (impersonator_id) WHERE ((impersonator_id IS NOT NULL) AND (revoked_at IS NULL));
-- Impersonations last 15 minutes. Those from before this migration have no scope and no session of the operator: they end.
delete from public.sessions where impersonator_id is not null;
alter table public.sessions add constraint sessions_impersonation_check CHECK ((num_nulls(impersonator_id, impersonation_reason, impersonation_scope, impersonator_session_id) = ANY (ARRAY[0, 4])));
alter table public.sessions add constraint sessions_scope_check CHECK ((impersonation_scope = ANY (ARRAY['read'::text, 'write'::text])));
CREATE TRIGGER impersonation_ended AFTER UPDATE OF revoked_at ON public.sessions FOR EACH ROW WHEN (((old.revoked_at IS NULL) AND (new.revoked_at IS NOT NULL))) EXECUTE FUNCTION app.impersonation_ended();
CREATE TRIGGER keep_an_operator AFTER DELETE ON public.platform_admins FOR EACH ROW EXECUTE FUNCTION app.keep_an_operator();
CREATE TRIGGER keep_an_operator AFTER UPDATE OF disabled_at ON public.users FOR EACH ROW WHEN (((old.disabled_at IS NULL) AND (new.disabled_at IS NOT NULL))) EXECUTE FUNCTION app.keep_an_operator();

comment on function app.impersonation_ended() is 'Trigger: ends the authority of an impersonation with its session, or with the operator''s own session.';
comment on function app.keep_an_operator() is 'Trigger: refuses to remove, disable or delete the last operator.';
