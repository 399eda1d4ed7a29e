-- Trigger: notes for each sink that a log of events, or a chain of audit events, has grown.
-- execute: owner
--
-- In the transaction that adds the events: what is committed is noted. Without a sink, it costs one look.
create function app.note_for_sinks() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into public.sink_ranges (sink, chain, kind, after, until)
    select s.name, case tg_table_name when 'heads' then to_jsonb(new) ->> 'chain' else to_jsonb(new) ->> 'organization_id' end::uuid,
           case tg_table_name when 'heads' then 'audit' else 'event' end, old.sequence, new.sequence
      from public.event_sinks s;
  return null;
end
$$;

create trigger note_for_sinks after update on public.event_streams for each row when (new.sequence > old.sequence) execute function app.note_for_sinks();
create trigger note_for_sinks after update on audit.heads for each row when (new.sequence > old.sequence) execute function app.note_for_sinks();
