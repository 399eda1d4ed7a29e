-- Of several users of directories with one account, the active one keeps it that came first. The others get the reason account_linked. The roles and teams that they
-- gave stay with the member, as those that were given by hand.
alter table public.directory_users no force row level security;
alter table public.directory_grants no force row level security;
update public.directory_users u
   set user_id = null, given_role = null, pending_reason = case when u.active then 'account_linked' end, version = u.version + 1, updated_at = now()
  from (select organization_id, id, row_number() over (partition by organization_id, user_id order by active desc, created_at, id) as place
          from public.directory_users where user_id is not null and deleted_at is null) ranked
 where ranked.place > 1 and u.organization_id = ranked.organization_id and u.id = ranked.id;
delete from public.directory_grants g using public.directory_users u where u.organization_id = g.organization_id and u.id = g.directory_user_id and u.user_id is null;
set constraints all immediate;
alter table public.directory_users force row level security;
alter table public.directory_grants force row level security;
