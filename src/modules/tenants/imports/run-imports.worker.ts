import { Injectable, Logger } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { AppError } from '../../../common/errors/app-error.js';
import { LeasedProgress } from '../../../common/leased-progress.js';
import { PollingWorker } from '../../../common/polling-worker.js';
import { ObjectEncryptionError } from '../../../common/storage/encrypted-storage.js';
import { MissingObjectError } from '../../../common/storage/object-storage.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { ArchiveConflictError, BadArchiveError, UnknownOrganizationError } from '../archive/archive.errors.js';
import type { ImportOptions } from '../archive/tenant-import.service.js';
import { BackupNotFoundError } from '../backups/backups.errors.js';
import { BackupsService } from '../backups/backups.service.js';

/** Milliseconds between two looks for restorations. */
const interval = 2000;
/** Milliseconds for which a restoration is leased. Each report extends it. */
const leaseTime = 60_000;
/** How often a restoration is attempted, and the milliseconds before the next attempt. */
const [attempts, pause] = [3, 30_000];

interface ClaimedImport {
  readonly id: string;
  readonly lease: string;
  readonly attempts: number;
  readonly backup: string | null;
  readonly exportId: string | null;
  readonly source: string;
  readonly slug: string | null;
  readonly newId: boolean;
}

/** Thrown in the work of a restoration that another replica continues. */
class ImportEndedError extends Error {}

const claimSql = `
  update organization_imports i
     set status = 'running', lease = gen_random_uuid(), due_at = clock_timestamp() + $1 * interval '1 millisecond', attempts = attempts + 1, rows_done = 0, rows_total = null
    from (select id from organization_imports where due_at <= clock_timestamp() order by due_at limit 1 for update skip locked) d
   where i.id = d.id
  returning i.id::text as id, i.lease::text as lease, i.attempts, i.backup, i.export_id::text as "exportId", i.source, i.slug, i.new_id as "newId"`;

/** Thrown when the user who asked for a restoration is no longer an operator. */
class NoLongerOperatorError extends Error {
  constructor() {
    super('The user who asked for the restoration is no longer an operator.');
  }
}

/** Whether the one who has asked for a restoration is an operator: $1 is its id. */
const isAllowed = `exists (select from public.organization_imports a join public.platform_admins p on p.user_id = a.requested_by_id
    join public.users u on u.id = p.user_id and u.disabled_at is null where a.id = $1)`;

/** Errors that another attempt would meet again, and whose texts say what to change. */
const isFinal = (error: unknown): error is Error =>
  [BadArchiveError, ArchiveConflictError, UnknownOrganizationError, BackupNotFoundError, MissingObjectError, ObjectEncryptionError, NoLongerOperatorError, AppError].some(
    (kind) => error instanceof kind,
  );

/**
 * Runs restorations of organizations, one at a time on each replica. A restoration is leased while it runs: if the replica dies, another one begins it again. That it is
 * restored is written in the transaction of the restoration, so that it happens once.
 */
@Injectable()
export class RunImportsWorker extends PollingWorker {
  readonly #logger = new Logger(RunImportsWorker.name);

  constructor(
    private readonly pool: PlatformPool,
    private readonly context: TenantContext,
    private readonly backups: BackupsService,
    { jobsEnabled: enabled }: AppConfig,
  ) {
    super({ interval, enabled });
  }

  protected override failed(error: unknown): void {
    this.#logger.warn({ err: error }, 'the restorations of organizations could not be read; retrying');
  }

  protected override look(): Promise<void> {
    return this.context.runAsPlatform(
      'imports of organizations',
      async () => {
        const { rows } = await this.pool.query<ClaimedImport>(claimSql, [leaseTime]);
        const [claimed] = rows;
        if (claimed === undefined) return;
        await this.#run(claimed);
        this.lookAgain();
      },
      { kind: 'job', name: 'organization-imports' },
    );
  }

  async #run(claimed: ClaimedImport): Promise<void> {
    try {
      await assertAllowed(this.pool, claimed.id);
      if (claimed.attempts > attempts) throw new ArchiveConflictError(`The restoration was broken off ${attempts} times. The log of the replicas says why.`);
      await this.#restore(claimed);
    } catch (error) {
      await this.#giveBack(claimed, error);
      this.#logger.warn({ err: error, importId: claimed.id }, 'a restoration of an organization has ended without a result');
    }
  }

  async #restore({ id, lease, backup, exportId, source, slug, newId }: ClaimedImport): Promise<void> {
    const lost = (): Error => new ImportEndedError('Another replica continues the restoration.');
    const progress = new LeasedProgress({
      report: async (done, total) => {
        const { rowCount } = await this.pool.query(
          `update organization_imports set rows_done = $3, rows_total = $4, due_at = clock_timestamp() + $5 * interval '1 millisecond'
            where id = $1 and lease = $2 and status = 'running'`,
          [id, lease, done, total, leaseTime],
        );
        return rowCount !== 0;
      },
      lost,
      failed: (error) => this.#logger.warn({ err: error }, 'the progress of a restoration could not be recorded'),
      stopping: this.stopping,
    });
    const tables = new Map<string, number>();
    const options: ImportOptions = {
      slug: slug ?? undefined,
      newId,
      onTotal: (rows) => (progress.total = rows),
      onProgress: (table, rows) => {
        progress.assertHeld();
        progress.done += rows - (tables.get(table) ?? 0);
        tables.set(table, rows);
      },
      beforeCommit: async (client, restoredId) => {
        await progress.end();
        await assertAllowed(client, id);
        const { rowCount } = await client.query(
          `update public.organization_imports set status = 'restored', restored_id = $3, rows_done = $4, rows_total = $4, finished_at = clock_timestamp(), due_at = null
            where id = $1 and lease = $2 and status = 'running'`,
          [id, lease, restoredId, progress.done],
        );
        if (rowCount === 0) throw lost();
      },
    };
    try {
      await (exportId === null ? this.backups.restoreOrganization(backup ?? 'latest', source, options) : this.backups.restoreExport(exportId, source, options));
    } finally {
      await progress.end();
    }
  }

  /** Lets another attempt begin, or ends the restoration. An attempt that the stop of this replica ends does not count. */
  async #giveBack({ id, lease, attempts: made }: ClaimedImport, error: unknown): Promise<void> {
    const stopped = this.stopping.aborted;
    const isLast = !stopped && !(error instanceof ImportEndedError) && (isFinal(error) || made >= attempts);
    const failure = isFinal(error) ? error.message : 'An unexpected error. The log of the replica says which one.';
    await this.pool.query(
      `update organization_imports
          set status = case when $3 then 'failed' else 'queued' end, lease = null, finished_at = case when $3 then clock_timestamp() end, failure = case when $3 then $4 end,
              due_at = case when $3 then null else clock_timestamp() + $5 * interval '1 millisecond' end, attempts = attempts - case when $6 then 1 else 0 end
        where id = $1 and lease = $2 and status = 'running'`,
      [id, lease, isLast, failure, stopped ? 0 : pause, stopped],
    );
  }
}

/** @throws {NoLongerOperatorError} */
async function assertAllowed(client: Pick<ClientBase, 'query'>, id: string): Promise<void> {
  const { rows } = await client.query<{ allowed: boolean }>(`select ${isAllowed} as allowed`, [id]);
  if (rows[0]?.allowed !== true) throw new NoLongerOperatorError();
}
