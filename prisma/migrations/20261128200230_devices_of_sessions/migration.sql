-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "client" TEXT,
ADD COLUMN     "network" TEXT;

CREATE OR REPLACE FUNCTION app.has_signed_in_from(account uuid, place text, device text DEFAULT NULL::text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
select exists (
  select from public.sessions s
   where s.user_id = account
     and (s.network = place or (s.network is null and s.ip_address = place))
     and (device is null or coalesce(s.client, device) = device)
     and not s.awaits_second_factor
     and s.impersonator_id is null
     and (s.revoked_reason is null or s.revoked_reason not in ('revoked', 'reuse')))
$function$
;

select audit.watch('public.sessions', always => '{impersonator_id=*}');

grant execute on function app.has_signed_in_from(uuid, text, text) to tenantry_platform;
comment on function app.has_signed_in_from(uuid, text, text) is 'Whether somebody has signed in to an account from a network; with a device, also with it.';
