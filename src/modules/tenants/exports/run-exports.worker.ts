import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { LeasedProgress } from '../../../common/leased-progress.js';
import { PollingWorker } from '../../../common/polling-worker.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { TenantExportService } from '../archive/tenant-export.service.js';
import { exportKey, exportsFolder, ExportStorage } from './export-storage.js';

/** Milliseconds between two looks for exports. */
const interval = 2000;
/** Milliseconds for which an export is leased. Each report extends it. */
const leaseTime = 60_000;
/** Milliseconds between two deletions of files without an export. */
const sweepInterval = 3600 * 1000;
/** Milliseconds for which a file can be downloaded. */
const lifetime = 7 * 24 * 3600 * 1000;
/** How often an export is attempted, and the milliseconds before the next attempt. */
const [attempts, pause] = [3, 30_000];

interface ClaimedExport {
  readonly organizationId: string;
  readonly id: string;
  readonly lease: string;
  readonly attempts: number;
  readonly byOperator: boolean;
}

/** Thrown in the work of an export that was canceled, or that another replica continues. */
class ExportEndedError extends Error {}

const claimSql = `
  update organization_exports e
     set status = 'running', lease = gen_random_uuid(), due_at = clock_timestamp() + $1 * interval '1 millisecond', attempts = attempts + 1, rows_done = 0, rows_total = null
    from (select organization_id, id from organization_exports where due_at <= clock_timestamp() order by due_at limit 1 for update skip locked) d
   where e.organization_id = d.organization_id and e.id = d.id
  returning e.organization_id::text as "organizationId", e.id::text as id, e.lease::text as lease, e.attempts, e.by_operator as "byOperator"`;

/** Without Prisma, whose operations would each be a trace of their own. */
const expiredSql = `
  select organization_id::text as "organizationId", id::text as id, lease::text as lease from organization_exports where status = 'ready' and expires_at <= $1 limit 100`;

/**
 * Runs exports of organizations, one at a time on each replica. An export is leased while it runs: if the replica dies, another one begins it again. Also deletes the
 * files of exports that have expired, and those that belong to no export.
 */
@Injectable()
export class RunExportsWorker extends PollingWorker {
  readonly #logger = new Logger(RunExportsWorker.name);
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly pool: PlatformPool,
    private readonly platform: PlatformDb,
    private readonly context: TenantContext,
    private readonly tenantExport: TenantExportService,
    private readonly outbox: OutboxService,
    private readonly storage: ExportStorage,
    private readonly clock: Clock,
    { jobsEnabled: enabled }: AppConfig,
  ) {
    super({ interval, enabled });
  }

  protected override failed(error: unknown): void {
    this.#logger.warn({ err: error }, 'the exports of organizations could not be read; retrying');
  }

  protected override look(): Promise<void> {
    return this.context.runAsPlatform(
      'exports of organizations',
      async () => {
        await this.#expire();
        await this.#sweep();
        const { rows } = await this.pool.query<ClaimedExport>(claimSql, [leaseTime]);
        const [claimed] = rows;
        if (claimed === undefined) return;
        await this.#run(claimed);
        this.lookAgain();
      },
      { kind: 'job', name: 'organization-exports' },
    );
  }

  async #run(claimed: ClaimedExport): Promise<void> {
    const { organizationId, id, lease } = claimed;
    const key = exportKey(organizationId, lease);
    try {
      if (claimed.attempts > attempts) throw new Error(`The export was broken off ${attempts} times.`);
      const written = await this.#write(claimed, key);
      if (!(await this.#finish(claimed, written))) throw new ExportEndedError();
    } catch (error) {
      await this.storage.objects.delete(key).catch((failure: unknown) => this.#logger.warn({ err: failure, key }, 'the file of an export could not be deleted'));
      await this.#giveBack(claimed, error);
      this.#logger.warn({ err: error, organizationId, exportId: id }, 'an export of an organization has ended without a file');
    }
  }

  /** Writes the archive, and reports its progress meanwhile. @returns its bytes and its rows */
  async #write({ organizationId, lease, byOperator }: ClaimedExport, key: string): Promise<{ bytes: number; rows: number }> {
    const progress = new LeasedProgress({
      report: async (done, total) => {
        const { rowCount } = await this.pool.query(
          `update organization_exports set rows_done = $3, rows_total = $4, due_at = clock_timestamp() + $5 * interval '1 millisecond'
            where organization_id = $1 and lease = $2 and status = 'running'`,
          [organizationId, lease, done, total, leaseTime],
        );
        return rowCount !== 0;
      },
      lost: () => new ExportEndedError('The export was canceled, or another replica continues it.'),
      failed: (error) => this.#logger.warn({ err: error }, 'the progress of an export could not be recorded'),
      stopping: this.stopping,
    });
    try {
      let bytes = 0;
      await this.tenantExport.writeTenant(
        organizationId,
        async (content) => {
          bytes = await this.storage.objects.write(key, content);
        },
        {
          credentials: byOperator,
          onTotal: (rows) => (progress.total = rows),
          onRows: (rows) => {
            progress.assertHeld();
            progress.done += rows;
          },
        },
      );
      return { bytes, rows: progress.done };
    } finally {
      await progress.end();
    }
  }

  /** @returns whether the export still belongs to this replica */
  #finish({ organizationId, id, lease, byOperator }: ClaimedExport, { bytes, rows }: { bytes: number; rows: number }): Promise<boolean> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + lifetime);
    return this.platform.$transaction(async (tx) => {
      const data = { status: 'ready', bytes: BigInt(bytes), rowsDone: BigInt(rows), rowsTotal: BigInt(rows), finishedAt: now, expiresAt, dueAt: null };
      const { count } = await tx.organizationExport.updateMany({ where: { organizationId, id, lease, status: 'running' }, data });
      if (count === 0) return false;
      const { to, name, owner } = await this.#recipientOf(tx, { organizationId, id, byOperator });
      if (to !== undefined) await this.outbox.addMail(tx, { template: 'export-ready', data: { organization: name, expiresAt: expiresAt.toISOString() }, to, ...owner });
      return true;
    });
  }

  /** Lets the export be attempted again, here or by another replica, or ends it. */
  async #giveBack(claimed: ClaimedExport, error: unknown): Promise<void> {
    const { organizationId, id, lease, attempts: attempt } = claimed;
    const stopped = this.stopping.aborted;
    if (!stopped && attempt >= attempts) return this.#fail(claimed);
    await this.pool.query(
      `update organization_exports
          set status = 'queued', lease = null, due_at = clock_timestamp() + $4 * interval '1 millisecond', attempts = attempts - case when $5 then 1 else 0 end
        where organization_id = $1 and id = $2 and lease = $3 and status = 'running'`,
      [organizationId, id, lease, stopped || error instanceof ExportEndedError ? 0 : pause, stopped],
    );
  }

  /** Ends an export without a file, and informs who asked for it. */
  #fail(claimed: ClaimedExport): Promise<void> {
    const { organizationId, id, lease } = claimed;
    return this.platform.$transaction(async (tx) => {
      const data = { status: 'failed', lease: null, dueAt: null, finishedAt: this.clock.now() };
      const { count } = await tx.organizationExport.updateMany({ where: { organizationId, id, lease, status: 'running' }, data });
      if (count === 0) return;
      const { to, name, owner } = await this.#recipientOf(tx, claimed);
      if (to !== undefined) await this.outbox.addMail(tx, { template: 'export-failed', data: { organization: name }, to, ...owner });
    });
  }

  /** Returns who asked for an export, if the user still exists. The mail of an operator is not one of the organization. */
  async #recipientOf(
    tx: PlatformTransaction,
    { organizationId, id, byOperator }: Pick<ClaimedExport, 'organizationId' | 'id' | 'byOperator'>,
  ): Promise<{ readonly to: string | undefined; readonly name: string; readonly owner: { readonly organizationId?: string } }> {
    const { requestedById, organization } = await tx.organizationExport.findFirstOrThrow({
      where: { organizationId, id },
      select: { requestedById: true, organization: { select: { name: true } } },
    });
    const user = requestedById === null ? null : await tx.user.findUnique({ where: { id: requestedById }, select: { email: true } });
    return { to: user?.email ?? undefined, name: organization.name, owner: byOperator ? {} : { organizationId } };
  }

  /** Deletes the files of exports that have expired. */
  async #expire(): Promise<void> {
    const now = this.clock.now();
    const where = { status: 'ready', expiresAt: { lte: now } };
    const { rows: expired } = await this.pool.query<{ organizationId: string; id: string; lease: string | null }>(expiredSql, [now]);
    for (const { organizationId, id, lease } of expired) {
      if (lease !== null) await this.storage.objects.delete(exportKey(organizationId, lease));
      await this.platform.organizationExport.updateMany({ where: { organizationId, id, ...where }, data: { status: 'expired' } });
    }
  }

  /** Deletes the files that belong to no export: their replica died, or their organization was erased. */
  async #sweep(): Promise<void> {
    const now = performance.now();
    if (now - this.#sweptAt < sweepInterval) return;
    this.#sweptAt = now;
    const before = new Date(this.clock.now().getTime() - sweepInterval);
    await this.storage.objects.deleteUnfinished(exportsFolder, before);
    for await (const { key, modifiedAt } of this.storage.objects.list(exportsFolder)) {
      if (modifiedAt >= before) continue;
      const [, organizationId = '', lease = ''] = /^exports\/([0-9a-f-]{36})\/([0-9a-f-]{36})\.zip$/.exec(key) ?? [];
      const where = { organizationId, lease, status: { in: ['running', 'ready'] } };
      if (lease === '' || (await this.platform.organizationExport.count({ where })) > 0) continue;
      await this.storage.objects.delete(key);
    }
  }
}
