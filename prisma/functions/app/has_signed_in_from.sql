-- Whether somebody has signed in to an account from a network; with a device, also with it.
-- execute: tenantry_platform
--
-- Sessions that the user or the detection of stolen tokens has ended prove nothing. Those of versions without these columns have no device, and
-- only an IPv4 address.
create function app.has_signed_in_from(account uuid, place text, device text default null) returns boolean
  language sql
  stable
  as $$
select exists (
  select from public.sessions s
   where s.user_id = account
     and (s.network = place or (s.network is null and s.ip_address = place))
     and (device is null or coalesce(s.client, device) = device)
     and not s.awaits_second_factor
     and s.impersonator_id is null
     and (s.revoked_reason is null or s.revoked_reason not in ('revoked', 'reuse')))
$$;
