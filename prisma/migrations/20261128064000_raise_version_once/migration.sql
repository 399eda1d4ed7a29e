CREATE OR REPLACE FUNCTION app.raise_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if old.xmin <> pg_current_xact_id()::xid and to_jsonb(new) - tg_argv[0]::text[] <> to_jsonb(old) - tg_argv[0]::text[] then
    execute format('update %s set updated_at = $1 where id = $2 and updated_at <= $1', tg_relid::regclass) using old.updated_at + interval '1 millisecond', new.id;
  end if;
  return null;
end
$function$
;
