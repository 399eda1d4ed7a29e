-- CreateTable
CREATE TABLE "legal_holds" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "legal_holds_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "legal_holds_subject_id_key" ON "legal_holds"("subject_id");

-- CreateIndex
CREATE INDEX "legal_holds_created_at_idx" ON "legal_holds"("created_at");

-- Row security, policies, grants and audit.
select app.protect_global_table('legal_holds');

CREATE OR REPLACE FUNCTION app.is_held(subject uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (EXISTS (SELECT FROM public.legal_holds h WHERE (h.subject_id = is_held.subject)))
;

CREATE OR REPLACE FUNCTION app.keep_held()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if app.is_held(old.id) then
    raise exception 'under_legal_hold: % is under a legal hold; release it before you delete it', tg_table_name using errcode = 'restrict_violation';
  end if;
  return old;
end
$function$
;

alter table public.legal_holds add constraint legal_holds_kind_check CHECK ((kind = ANY (ARRAY['user'::text, 'organization'::text])));
alter table public.legal_holds add constraint legal_holds_reason_check CHECK ((reason <> ''::text));
CREATE TRIGGER keep_held BEFORE DELETE ON public.organizations FOR EACH ROW EXECUTE FUNCTION app.keep_held();
CREATE TRIGGER keep_held BEFORE DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION app.keep_held();

grant execute on function app.is_held(uuid) to tenantry_platform;
comment on function app.is_held(uuid) is 'Whether a user or an organization is under a legal hold.';
comment on function app.keep_held() is 'Trigger: refuses to delete a user or an organization under a legal hold.';
