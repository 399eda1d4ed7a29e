-- Appends an event to the chain of an organization, unless the organization does not record.
-- execute: owner
--
-- Acts of operators are recorded also then, and changes of rows that are always recorded (audit.watch). `recording` is the new
-- value of auditLogsEnabled when this event sets it.
create function audit.append(
  chain uuid, context jsonb, outcome text, code text, times integer, target_table text, target_id text, changes integer, listed jsonb, recording boolean, always boolean
) returns void
  language plpgsql
  as $$
declare
  head audit.heads;
  event audit.events;
  actor audit.actors;
  detail audit.details;
begin
  insert into audit.heads (chain) values (append.chain) on conflict do nothing;
  select * into head from audit.heads h where h.chain = append.chain for update;
  if not (head.recording or append.always or coalesce(context ->> 'actorKind' = 'operator', false)) then return; end if;
  event.organization_id := nullif(append.chain, '00000000-0000-0000-0000-000000000000');
  event.id := gen_random_uuid();
  event.sequence := head.sequence + 1;
  event.occurred_at := clock_timestamp();
  event.request_id := left(context ->> 'requestId', 200);
  event.actor_kind := coalesce(context ->> 'actorKind', 'system');
  event.actor_id := left(context ->> 'actorId', 200);
  event.action := left(coalesce(context ->> 'action', 'sql'), 200);
  event.outcome := append.outcome;
  event.code := append.code;
  event.times := append.times;
  event.target_table := append.target_table;
  event.target_id := left(append.target_id, 300);
  event.changes := append.changes;
  actor := row(event.organization_id, event.id, uuid_send(gen_random_uuid()), coalesce(left(context ->> 'actorName', 1000), case when context is null then session_user end),
               left(context ->> 'ip', 100), left(context ->> 'userAgent', 1000));
  detail := row(event.organization_id, event.id, uuid_send(gen_random_uuid()), append.listed);
  event.actor_hash := sha256(actor.salt || convert_to(jsonb_build_array(actor.name, actor.ip, actor.user_agent)::text, 'UTF8'));
  event.details_hash := sha256(detail.salt || convert_to(detail.changes::text, 'UTF8'));
  event.previous_hash := head.hash;
  event.hash := sha256(head.hash || convert_to(jsonb_build_array(
    event.organization_id::text, event.id::text, event.sequence::text, to_char(event.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    event.request_id, event.actor_kind, event.actor_id, event.action, event.outcome, event.code, event.times::text, event.target_table, event.target_id,
    event.changes::text, encode(event.actor_hash, 'hex'), encode(event.details_hash, 'hex'))::text, 'UTF8'));
  insert into audit.events select event.*;
  insert into audit.actors select actor.*;
  insert into audit.details select detail.*;
  update audit.heads h set sequence = event.sequence, hash = event.hash, recording = coalesce(append.recording, h.recording) where h.chain = append.chain;
end
$$;
