import type pg from 'pg';
import type { Person, World } from '../support/world.js';

export interface JobStage {
  readonly world: World;
  /** Sees all rows. */
  readonly look: pg.Client;
}

export interface ExpectedOfJob {
  /** Null for the platform's chain. */
  readonly organizationId: string | null;
  readonly table: string;
  readonly operation: 'insert' | 'update' | 'delete';
  /** Undefined when the details are gone with the organization. */
  readonly before?: Record<string, unknown>;
  /** Of a row that is new. */
  readonly after?: Record<string, unknown>;
  /** Further tables whose changes the event lists. */
  readonly tables?: readonly string[];
}

/** Two organizations, so that the event of each is its own. */
const two = ({ world }: JobStage): Promise<readonly [Person, Person]> => world.twoTenants();

/** By the name of the schedule: makes something to do. A job that is missing here fails the test. */
export const jobs: Readonly<Record<string, (stage: JobStage) => Promise<readonly ExpectedOfJob[]>>> = {
  'advance-subscriptions': async (stage) => {
    const owners = await two(stage);
    await stage.look.query(`update subscriptions set status = 'trialing', trial_ends_at = now() - interval '1 hour'`);
    return owners.map(({ organizationId }) => ({ organizationId, table: 'subscriptions', operation: 'update', before: { status: 'trialing' } }));
  },
  'apply-retention': async (stage) => {
    const owners = await two(stage);
    for (const owner of owners) {
      await owner.api.patch('/tenant/compliance', { dataRetentionDays: 1 });
      await stage.world.invitationToken(owner, stage.world.email());
    }
    await stage.look.query(`update invitations set status = 'revoked', closed_at = now() - interval '3 days'`);
    return owners.map(({ organizationId }) => ({ organizationId, table: 'invitations', operation: 'delete', before: { status: 'revoked', token_hash: '[redacted]' } }));
  },
  'complete-erasures': async (stage) => {
    await two(stage);
    await stage.look.query(`insert into erasures (id, user_id, deleted) values (gen_random_uuid(), gen_random_uuid(), '{"users": 1}')`);
    // Its changes name the person, and so they are erased, too.
    return [{ organizationId: null, table: 'audit.details', operation: 'delete', before: {}, tables: ['erasures'] }];
  },
  'erase-deleted-organizations': async (stage) => {
    const owners = await two(stage);
    for (const { api, home } of owners) await api.delete(home);
    await stage.look.query(`update organizations set erase_after = now() - interval '1 day' where erase_after is not null`);
    return owners.map(({ organizationId }) => ({ organizationId, table: 'organizations', operation: 'delete' }));
  },
  'check-domains': async (stage) => {
    const owners = await two(stage);
    for (const { api } of owners) await api.post('/tenant/domains', { kind: 'email', domain: `${stage.world.unique('school')}.example` });
    await stage.look.query(`update domains set grade = 'affiliation', verified_at = now() - interval '400 days'`);
    return owners.map(({ organizationId }) => ({
      organizationId,
      table: 'domains',
      operation: 'update',
      before: { grade: 'affiliation' },
      after: { grade: null, ended_reason: 'code_expired' },
    }));
  },
  'end-unverified-accounts': async (stage) => {
    const owners = await two(stage);
    for (const { userId } of owners) {
      await stage.look.query(`update users set created_at = now() - interval '200 days', last_login_at = now() - interval '200 days' where id = $1`, [userId]);
      await stage.look.query(`update sessions set last_used_at = now() - interval '200 days' where user_id = $1`, [userId]);
    }
    return [
      ...owners.map(({ organizationId }) => ({ organizationId, table: 'users', operation: 'update' as const, before: { disabled_at: null }, tables: ['organizations'] })),
      { organizationId: null, table: 'sessions', operation: 'update' as const, after: { revoked_reason: 'claim_ended' } },
    ];
  },
  'purge-sessions': async (stage) => {
    const [{ userId }] = await two(stage);
    await stage.look.query(`update sessions set expires_at = now() - interval '40 days' where user_id = $1`, [userId]);
    return [{ organizationId: null, table: 'sessions', operation: 'delete', before: { user_id: userId } }];
  },
  // The answers to requests are left out of the log: audit.left_out() says why.
  'purge-idempotency-keys': async (stage) => {
    for (const { api, home } of await two(stage)) await api.with({ 'idempotency-key': 'one' }).post(`${home}/teams`, { name: 'One' });
    await stage.look.query(`update idempotency_keys set created_at = now() - interval '2 days'`);
    return [];
  },
  // So are its own runs.
  'purge-job-runs': async ({ look }) => {
    await look.query(`update job_runs set finished_at = now() - interval '100 days', started_at = now() - interval '100 days'`);
    return [];
  },
  // Mail is left out of the log: audit.left_out() says why.
  // So are events.
  'purge-events': async (stage) => {
    const owners = await two(stage);
    for (const { organizationId } of owners)
      await stage.look.query(
        `insert into domain_events (organization_id, id, type, occurred_at, data) values ($1, gen_random_uuid(), 'usage.threshold_reached', now() - interval '31 days', '{}')`,
        [organizationId],
      );
    return [];
  },
  // And their deliveries.
  'purge-deliveries': async (stage) => {
    for (const { organizationId } of await two(stage))
      await stage.look.query(
        `with e as (insert into domain_events (organization_id, id, type, occurred_at, data) values ($1, gen_random_uuid(), 'webhook.test', now(), '{}') returning id)
         insert into webhook_deliveries (organization_id, id, webhook_id, event_id, event_type) select $1, gen_random_uuid(), gen_random_uuid(), e.id, 'webhook.test' from e`,
        [organizationId],
      );
    return [];
  },
  'purge-mail': async (stage) => {
    await two(stage);
    await stage.look.query(`update mail_messages set status = 'failed', sent_at = null, content = null, created_at = now() - interval '40 days'`);
    return [];
  },
  // These change a ledger, or data that is derived from one.
  'usage-expiry': async (stage) => {
    for (const { api } of await two(stage)) await api.post('/usage/reservations', { meter: 'storage_gb', quantity: 1, ttlSeconds: 60 });
    await stage.look.query(`update usage_reservations set expires_at = now() - interval '1 hour'`);
    return [];
  },
  'usage-gauges': async (stage) => {
    await two(stage);
    return [];
  },
  'usage-partitions': async ({ look }) => {
    await look.query(`select usage.make_partition('2020-01-01')`);
    return [];
  },
  'usage-purge': async (stage) => {
    for (const { api } of await two(stage)) await api.post('/usage/consume', { meter: 'storage_gb' });
    await stage.look.query(`update usage_events set occurred_at = now() - interval '500 days', received_at = now() - interval '500 days'`);
    return [];
  },
  // Each organization gets an event for its threshold; the mail is not recorded.
  'usage-members': async (stage) => {
    const owners = await two(stage);
    for (const { organizationId } of owners)
      await stage.look.query(`insert into entitlement_overrides (organization_id, id, kind, key, units) values ($1, gen_random_uuid(), 'limit', 'seats', 1)`, [organizationId]);
    return owners.map(({ organizationId }) => ({ organizationId, table: 'usage_thresholds', operation: 'insert', after: { meter: 'seats', percent: 100 } }));
  },
  // Checkpoints are statements about the log. The owner sets for how long it keeps events.
  'make-audit-checkpoints': async (stage) => {
    await two(stage);
    return [];
  },
  'export-audit-checkpoints': async () => [],
  'remove-expired-audit-events': async () => [],
  // The application has no resource whose rows expire.
  'delete-expired-rows': async () => [],
  // Totals, domain events and mail are left out of the log: audit.left_out() says why.
  'usage-alerts': async () => [],
  'usage-close': async () => [],
  'weekly-usage-mail': async () => [],
  // They store a task for the queue, and only with Stripe; the queue is the actor of its effects.
  'reconcile-stripe': async () => [],
  'send-stripe-usage': async () => [],
};
