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
}

/** Two organizations, so that the event of each is its own. */
const two = ({ world }: JobStage): Promise<readonly [Person, Person]> => world.twoTenants();

/** By the name of the schedule: makes something to do. A job that is missing here fails the test. */
export const jobs: Readonly<Record<string, (stage: JobStage) => Promise<readonly ExpectedOfJob[]>>> = {
  'apply-retention': async (stage) => {
    const owners = await two(stage);
    for (const owner of owners) {
      await owner.api.patch('/tenant/compliance', { dataRetentionDays: 1 });
      await stage.world.invitationToken(owner, stage.world.email());
    }
    await stage.look.query(`update invitations set status = 'revoked', closed_at = now() - interval '3 days'`);
    return owners.map(({ organizationId }) => ({ organizationId, table: 'invitations', operation: 'delete', before: { status: 'revoked', token_hash: '[redacted]' } }));
  },
  'erase-deleted-organizations': async (stage) => {
    const owners = await two(stage);
    for (const { api, home } of owners) await api.delete(home);
    await stage.look.query(`update organizations set erase_after = now() - interval '1 day' where erase_after is not null`);
    return owners.map(({ organizationId }) => ({ organizationId, table: 'organizations', operation: 'delete' }));
  },
  'purge-sessions': async (stage) => {
    const [{ userId }] = await two(stage);
    await stage.look.query(`update sessions set expires_at = now() - interval '40 days' where user_id = $1`, [userId]);
    return [{ organizationId: null, table: 'sessions', operation: 'delete', before: { user_id: userId } }];
  },
  // So are its own runs.
  'purge-job-runs': async ({ look }) => {
    await look.query(`update job_runs set finished_at = now() - interval '100 days', started_at = now() - interval '100 days'`);
    return [];
  },
  // Mail is left out of the log: audit.left_out() says why.
  'purge-mail': async (stage) => {
    await two(stage);
    await stage.look.query(`update mail_messages set status = 'failed', sent_at = null, content = null, created_at = now() - interval '40 days'`);
    return [];
  },
  // They leave an errand for the queue, and only where Stripe collects; what comes of it is told as the queue's.
  'reconcile-stripe': async () => [],
  'report-usage': async () => [],
};
