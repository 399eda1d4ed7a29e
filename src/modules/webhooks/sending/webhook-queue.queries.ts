import type { PlatformPool } from '../../../database/wire/platform-pool.js';
import type { DomainEvent, WebhookResult } from '../../../generated/prisma/client.js';
import type { OrganizationState } from '../../../access/organization/organization-state.policy.js';

/** The channel on which deliveries are announced. */
export const webhooksChannel = 'tenantry_webhooks';

/** A webhook whose turn it is: this replica sends to it until the lease ends. */
export interface WebhookTurn extends OrganizationState {
  readonly organizationId: string;
  readonly id: string;
  /** Whether the webhook is one of the platform: it has a turn for each organization. */
  readonly ofPlatform: boolean;
  readonly turn: string;
  readonly url: string;
  readonly ordered: boolean;
  readonly slow: boolean;
  readonly secret: Buffer;
  readonly previousSecret: Buffer | null;
  readonly previousExpiresAt: Date | null;
  readonly enabled: boolean;
  /** Null for all types. */
  readonly sentTypes: readonly string[] | null;
  readonly grantedById: string | null;
  /** `organizations.access_version`. */
  readonly version: number;
}

/** The columns that identify a turn. */
type TurnKey = Pick<WebhookTurn, 'organizationId' | 'id' | 'turn' | 'ofPlatform'>;

/** The tables of the places in the queue, by the kind of their webhooks. */
const queuesOf = ({ ofPlatform }: Pick<WebhookTurn, 'ofPlatform'>): string => (ofPlatform ? 'platform_webhook_queues' : 'webhook_queues');

/** A delivery whose attempt begins. */
export interface BegunDelivery {
  readonly id: string;
  /** The number of this attempt. */
  readonly attempts: number;
  readonly replays: number;
  readonly createdAt: Date;
  readonly event: DomainEvent;
}

/** The time of the application, or of the database if that is later: tests set the first. `clock_timestamp()` would change within a statement, so that no index could end at it: each look would read all that is not due yet. */
const now = (parameter: string): string => `greatest(${parameter}::timestamptz, statement_timestamp())`;

export interface Claim {
  readonly now: Date;
  /** The turns that the replica can take, and how many of them can be slow. */
  readonly free: number;
  readonly freeSlow: number;
  /** The webhooks of an organization that have a turn at a time, on all replicas. */
  readonly ofOrganization: number;
  readonly leaseMs: number;
}

/** The webhooks of each kind that are looked at for a claim. An organization has few, so that those of many organizations are among them. */
const candidates = 2000;

/** Slow and fast receivers are looked up apart: otherwise, many slow ones that wait would hide the fast ones behind them. */
const dueOf = (kind: string): string => `(
    select q.organization_id, q.id, q.due_at, q.slow from webhook_queues q
     where ${kind} and q.due_at <= ${now('$1')} and (q.leased_until is null or q.leased_until <= clock_timestamp())
     order by q.due_at limit ${candidates})`;

const turnColumns = `q.organization_id::text as "organizationId", q.id::text as id, q.turn::text as turn, q.slow, w.url, w.enabled, w.ordered, w.granted_by_id::text as "grantedById", w.secret, w.previous_secret as "previousSecret",
            w.previous_expires_at as "previousExpiresAt", o.access_version as version, o.status::text as status, o.maintenance_mode as "maintenanceMode", o.deleted_at as "deletedAt"`;

/**
 * Gives turns to webhooks with due deliveries, those first that have waited for the longest time. Each organization, and all slow receivers together, have a
 * limited number of turns at a time, so that they do not hold up others.
 */
const claimSql = `
  with leased as materialized (
    select organization_id, count(*) as turns from webhook_queues where leased_until > clock_timestamp() group by organization_id),
  due as (${dueOf('not q.slow')} union all ${dueOf('q.slow')}),
  fair as (
    select d.*, row_number() over (partition by d.organization_id order by d.due_at, d.id) + coalesce(l.turns, 0) as of_organization
      from due d left join leased l on l.organization_id = d.organization_id),
  ranked as (
    select f.*, row_number() over (partition by f.slow order by f.due_at, f.id) as of_kind from fair f where f.of_organization <= $4),
  chosen as (
    select q.organization_id, q.id from webhook_queues q
      join (select r.organization_id, r.id from ranked r where not r.slow or r.of_kind <= $3 order by r.due_at, r.id limit $2) r on r.organization_id = q.organization_id and r.id = q.id
     where q.leased_until is null or q.leased_until <= clock_timestamp()
       for update of q skip locked)
  update webhook_queues q set turn = gen_random_uuid(), leased_until = l.ends, due_at = l.ends
    from chosen c, webhooks w, organizations o, (select date_trunc('milliseconds', clock_timestamp() + $5 * interval '1 millisecond') as ends) l
   where q.organization_id = c.organization_id and q.id = c.id and w.organization_id = q.organization_id and w.id = q.id and o.id = q.organization_id
  returning w.sent_types as "sentTypes", false as "ofPlatform", ${turnColumns}`;

export async function claimTurns(pool: PlatformPool, claim: Claim): Promise<WebhookTurn[]> {
  const { rows } = await pool.query<WebhookTurn>(claimSql, [claim.now, claim.free, claim.freeSlow, claim.ofOrganization, claim.leaseMs]);
  return rows;
}

/** The places of webhooks of the platform are others than those of organizations: none waits for the other. Each webhook has a limited number of them. */
const claimOfPlatformSql = `
  with leased as materialized (
    select id, count(*) as turns from platform_webhook_queues where leased_until > clock_timestamp() group by id),
  due as (
    select d.* from platform_webhooks w
     cross join lateral (select q.organization_id, q.id, q.due_at from platform_webhook_queues q
                          where q.id = w.id and q.due_at <= ${now('$1')} and (q.leased_until is null or q.leased_until <= clock_timestamp())
                          order by q.due_at limit 100) d),
  fair as (
    select d.*, row_number() over (partition by d.id order by d.due_at, d.organization_id) + coalesce(l.turns, 0) as of_webhook from due d left join leased l on l.id = d.id),
  chosen as (
    select q.organization_id, q.id from platform_webhook_queues q
      join (select f.organization_id, f.id from fair f where f.of_webhook <= $3 order by f.due_at, f.organization_id limit $2) r on r.organization_id = q.organization_id and r.id = q.id
     where q.leased_until is null or q.leased_until <= clock_timestamp()
       for update of q skip locked)
  update platform_webhook_queues q set turn = gen_random_uuid(), leased_until = l.ends, due_at = l.ends
    from chosen c, platform_webhooks w, organizations o, (select date_trunc('milliseconds', clock_timestamp() + $4 * interval '1 millisecond') as ends) l
   where q.organization_id = c.organization_id and q.id = c.id and w.id = q.id and o.id = q.organization_id
  returning nullif(w.sent_types, '{}') as "sentTypes", true as "ofPlatform", ${turnColumns}`;

export interface PlatformClaim extends Pick<Claim, 'now' | 'free' | 'leaseMs'> {
  /** The turns of a webhook at a time, on all replicas. */
  readonly ofWebhook: number;
}

/** Gives turns to the events of organizations for webhooks of the platform. */
export async function claimPlatformTurns(pool: PlatformPool, claim: PlatformClaim): Promise<WebhookTurn[]> {
  const { rows } = await pool.query<WebhookTurn>(claimOfPlatformSql, [claim.now, claim.free, claim.ofWebhook, claim.leaseMs]);
  return rows;
}

interface BegunRow extends Omit<DomainEvent, 'sequence' | 'organizationId' | 'id'> {
  readonly deliveryId: string;
  readonly attempts: number;
  readonly replays: number;
  readonly createdAt: Date;
  readonly eventId: string;
  readonly sequence: string | null;
}

/** The deliveries of a webhook that are due. In order: those before the first that is not. */
const dueSql = {
  unordered: `select d.id from webhook_deliveries d where d.organization_id = $1 and d.webhook_id = $2 and d.status = 'pending' and d.next_attempt_at <= ${now('$4')}
               order by d.next_attempt_at, d.id limit $5`,
  ordered: `select h.id from (
              select f.id, bool_and(f.next_attempt_at <= ${now('$4')}) over (order by f.sequence nulls first, f.id) as due
                from (select d.id, d.sequence, d.next_attempt_at from webhook_deliveries d where d.organization_id = $1 and d.webhook_id = $2 and d.status = 'pending'
                       order by d.sequence nulls first, d.id limit $5) f) h where h.due`,
} as const;

const beginSql = (due: string, turn: Pick<WebhookTurn, 'ofPlatform'>): string => `
  with due as materialized (${due}),
  begun as (
    update webhook_deliveries d set attempts = d.attempts + 1 from due
     where d.organization_id = $1 and d.id = due.id and d.status = 'pending'
       and exists (select from ${queuesOf(turn)} q join ${turn.ofPlatform ? 'platform_webhooks w on w.id = q.id' : 'webhooks w on w.organization_id = q.organization_id and w.id = q.id'}
                    where q.organization_id = $1 and q.id = $2 and q.turn = $3 and w.enabled)
    returning d.id, d.attempts, d.replays, d.created_at, d.event_id, d.next_attempt_at)
  select b.id::text as "deliveryId", b.attempts, b.replays, b.created_at as "createdAt",
         e.id::text as "eventId", e.type, e.version, e.sequence::text as sequence, e.occurred_at as "occurredAt", e.data
    from begun b join domain_events e on e.organization_id = $1 and e.id = b.event_id`;

/** Begins attempts of due deliveries. The attempt counts from its beginning: one that ends a process is not repeated forever. @returns them in the order of their sending */
export async function beginAttempts(pool: PlatformPool, claimed: WebhookTurn, moment: Date, limit: number): Promise<BegunDelivery[]> {
  const { organizationId, id, turn, ordered } = claimed;
  const order = ordered ? `e.sequence nulls first, b.id` : `b.next_attempt_at, b.id`;
  const { rows } = await pool.query<BegunRow>(`${beginSql(ordered ? dueSql.ordered : dueSql.unordered, claimed)} order by ${order}`, [organizationId, id, turn, moment, limit]);
  return rows.map(({ deliveryId, attempts, replays, createdAt, eventId, sequence, type, version, occurredAt, data }) => {
    const event = { organizationId, id: eventId, sequence: sequence === null ? null : BigInt(sequence), type, version, occurredAt, data };
    return { id: deliveryId, attempts, replays, createdAt, event };
  });
}

/** An attempt that has ended. */
export interface EndedAttempt {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly result: WebhookResult;
  readonly status: number | null;
  readonly answer: string | null;
}

/** That the turn still is that of this replica, and its webhook the one to which it sends. */
const isTurn = (turn: TurnKey): string => `exists (select from ${queuesOf(turn)} q where q.organization_id = $1 and q.id = $2 and q.turn = $3)`;

/**
 * Records an attempt, and what becomes of its delivery. The result of a turn that has ended, or of an attempt from before a replay, is only recorded.
 *
 * @param next when the next attempt is made; undefined after the last one
 * @returns whether it is the result of the delivery
 */
export async function noteAttempt(
  pool: PlatformPool,
  claimed: TurnKey,
  delivery: BegunDelivery,
  attempt: EndedAttempt,
  { next, moment }: { readonly next: Date | undefined; readonly moment: Date },
): Promise<boolean> {
  const { organizationId, id, turn } = claimed;
  const { startedAt, durationMs, url, headers, result, status, answer } = attempt;
  const { rowCount } = await pool.query(
    `with log as (
       insert into webhook_attempts (organization_id, id, delivery_id, started_at, duration_ms, url, headers, result, status, answer)
       select $1, usage.new_id(clock_timestamp()), d.id, $8::timestamptz, $9::integer, $10::text, $11::jsonb, $12::webhook_result, $13::integer, $14::text
         from (select id from webhook_deliveries where organization_id = $1 and id = $4 for key share) d
       returning id)
     update webhook_deliveries d
        set status = case when $12::webhook_result = 'accepted' then 'delivered' when $7::timestamptz is null then 'failed' else 'pending' end::webhook_delivery_status,
            next_attempt_at = coalesce($7::timestamptz, d.next_attempt_at),
            ended_at = case when $12::webhook_result = 'accepted' or $7::timestamptz is null then $15::timestamptz end
       -- The row is locked for the log before it is changed: afterwards, it could not be.
       from (select count(*) from log) l
      where d.organization_id = $1 and d.id = $4 and d.attempts = $5 and d.replays = $6 and d.status = 'pending' and ${isTurn(claimed)}`,
    [organizationId, id, turn, delivery.id, delivery.attempts, delivery.replays, next ?? null, startedAt, durationMs, url, JSON.stringify(headers), result, status, answer, moment],
  );
  return rowCount === 1;
}

/** Notes whether a webhook fails. @returns since when; undefined while it does not, and when the turn has ended */
export async function noteHealth(pool: PlatformPool, claimed: TurnKey, failed: boolean, moment: Date): Promise<Date | undefined> {
  const { organizationId, id, turn, ofPlatform } = claimed;
  if (ofPlatform) return noteHealthOfPlatform(pool, claimed, failed, moment);
  const { rows } = await pool.query<{ since: Date | null }>(
    `with changed as (
       update webhook_queues q set failing_since = case when $4::boolean then $5::timestamptz end
        where q.organization_id = $1 and q.id = $2 and q.turn = $3 and (q.failing_since is null) = $4::boolean
       returning q.failing_since)
     select coalesce(c.failing_since, q.failing_since) as since from webhook_queues q left join changed c on true
      where $4::boolean and q.organization_id = $1 and q.id = $2 and q.turn = $3`,
    [organizationId, id, turn, failed, moment],
  );
  return rows[0]?.since ?? undefined;
}

/** A webhook of the platform fails if nothing was delivered to it, of any organization. */
async function noteHealthOfPlatform(pool: PlatformPool, claimed: TurnKey, failed: boolean, moment: Date): Promise<Date | undefined> {
  const { organizationId, id, turn } = claimed;
  const { rows } = await pool.query<{ since: Date | null }>(
    `with changed as (
       update platform_webhook_health h set failing_since = case when $4::boolean then $5::timestamptz end
        where h.id = $2 and (h.failing_since is null) = $4::boolean and ${isTurn(claimed)}
       returning h.failing_since)
     select coalesce(c.failing_since, h.failing_since) as since from platform_webhook_health h left join changed c on true where $4::boolean and h.id = $2 and ${isTurn(claimed)}`,
    [organizationId, id, turn, failed, moment],
  );
  return rows[0]?.since ?? undefined;
}

/** Ends a delivery without a request: the webhook does not receive events of its type any longer. */
export async function dropDelivery(pool: PlatformPool, claimed: TurnKey, delivery: BegunDelivery, moment: Date): Promise<void> {
  const { organizationId, id, turn } = claimed;
  await pool.query(
    `update webhook_deliveries d set status = 'failed', attempts = d.attempts - 1, ended_at = $6::timestamptz
      where d.organization_id = $1 and d.id = $4 and d.replays = $5 and d.status = 'pending' and ${isTurn(claimed)}`,
    [organizationId, id, turn, delivery.id, delivery.replays, moment],
  );
}

/** Gives deliveries back whose attempt was not made, or was broken off. */
export async function giveBack(pool: PlatformPool, { organizationId }: Pick<TurnKey, 'organizationId'>, deliveries: readonly BegunDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await pool.query(
    `update webhook_deliveries d set attempts = d.attempts - 1
       from unnest($2::uuid[], $3::integer[], $4::integer[]) as b (id, attempts, replays)
      where d.organization_id = $1 and d.id = b.id and d.attempts = b.attempts and d.replays = b.replays and d.status = 'pending'`,
    [organizationId, deliveries.map(({ id }) => id), deliveries.map(({ attempts }) => attempts), deliveries.map(({ replays }) => replays)],
  );
}

/**
 * Ends a turn. The webhook gets its next place in the queue behind those that wait.
 *
 * @param notBefore when the next turn can begin at the earliest
 */
export async function endTurn(pool: PlatformPool, claimed: WebhookTurn, { slow, notBefore }: { readonly slow: boolean; readonly notBefore: Date }): Promise<void> {
  const { organizationId, id, turn, ordered } = claimed;
  const first = ordered ? 'order by d.sequence nulls first, d.id' : 'order by d.next_attempt_at, d.id';
  // A turn sets the time at which its webhook is due to the end of its lease. Another value was set meanwhile, because of a new delivery.
  await pool.query(
    `update ${queuesOf(claimed)} q
        set turn = null, leased_until = null, slow = $4,
            due_at = (select greatest(n.due_at, $5::timestamptz)
                        from (select least(nullif(q.due_at, q.leased_until),
                                           (select d.next_attempt_at from webhook_deliveries d
                                             where d.organization_id = $1 and d.webhook_id = $2 and d.status = 'pending' ${first} limit 1)) as due_at) n
                       where n.due_at is not null)
      where q.organization_id = $1 and q.id = $2 and q.turn = $3`,
    [organizationId, id, turn, slow, notBefore],
  );
}

/** Takes a webhook out of the queue, because it is disabled. */
export async function leaveQueue(pool: PlatformPool, claimed: TurnKey): Promise<void> {
  const { organizationId, id, turn } = claimed;
  const text = `update ${queuesOf(claimed)} set turn = null, leased_until = null, due_at = null where organization_id = $1 and id = $2 and turn = $3`;
  await pool.query(text, [organizationId, id, turn]);
}

/** The pending deliveries that are counted. Beyond, PostgreSQL's estimate is read: each scrape of the metrics asks. */
const counted = 10_000;

/** The state of the queue. */
export interface QueueState {
  /** The deliveries that wait: exact up to {@link counted}. */
  readonly pending: number;
  /** Since when the webhook that has been due for the longest time is due; null if none is. */
  readonly oldestDue: Date | null;
}

export async function readQueueState(pool: PlatformPool, moment: Date): Promise<QueueState> {
  const { rows } = await pool.query<QueueState>(
    `select case when p.counted < ${counted} then p.counted else greatest(p.counted, (select c.reltuples from pg_class c where c.oid = 'public.webhook_deliveries_due_idx'::regclass)::integer) end as pending,
            least((select min(due_at) from webhook_queues where due_at <= ${now('$1')} and leased_until is null),
                  (select min(d.due_at) from platform_webhooks w
                     cross join lateral (select q.due_at from platform_webhook_queues q where q.id = w.id and q.due_at <= ${now('$1')} and q.leased_until is null order by q.due_at limit 1) d)
                 ) as "oldestDue"
       from (select count(*)::integer as counted
               from (select from webhook_deliveries d where d.status = 'pending' order by d.organization_id, d.webhook_id, d.next_attempt_at, d.id limit ${counted}) l) p`,
    [moment],
  );
  return rows[0] ?? { pending: 0, oldestDue: null };
}
