-- Trigger: ends the current period of monthly counters when the anchor day of an organization changes, and starts the next.
-- execute: owner
--
-- Keeps the day before with the time in which it applied, so that a late event counts in the period in which it happened.
create function app.anchor_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  since timestamptz := new.usage_anchor_since;
begin
  new.usage_anchor_since := old.usage_anchor_since;
  if coalesce(new.usage_anchor_day, 1) = coalesce(old.usage_anchor_day, 1) then return new; end if;
  -- A writer that names no time means now.
  if since is not distinct from old.usage_anchor_since then since := now(); end if;
  new.usage_anchor_since := since;
  insert into public.usage_anchors (organization_id, id, anchor_day, starts_at, ends_at)
    values (old.id, usage.new_id(since), coalesce(old.usage_anchor_day, 1), old.usage_anchor_since, since);
  update public.meter_totals t set period_end = since
    from (select o.id from public.meter_totals o
           where o.organization_id = old.id and o.closed_at is null and o.period_start < since and o.period_end > since
             -- The periods of daily counters do not follow the anchor day.
             and not (o.period_end = o.period_start + interval '1 day' and o.period_start = date_trunc('day', o.period_start, 'UTC'))
           order by o.meter collate "C", o.period_start for update) own
   where t.organization_id = old.id and t.id = own.id;
  return new;
end
$$;

create trigger anchor_changed before update of usage_anchor_day on public.organizations
  for each row execute function app.anchor_changed();
