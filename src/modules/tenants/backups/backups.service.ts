import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { AppConfig } from '../../../config/app-config.js';
import { inTransaction } from '../../../database/locks.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { UnknownOrganizationError } from '../archive/archive.errors.js';
import { liftLimits } from '../archive/archive-rows.js';
import { TenantExportService } from '../archive/tenant-export.service.js';
import { TenantImportService, type ImportOptions, type ImportResult } from '../archive/tenant-import.service.js';
import { exportKey, ExportStorage } from '../exports/export-storage.js';
import {
  archiveKey,
  archivesOf,
  backupNameOf,
  findInBackup,
  indexKey,
  linesOfIndex,
  listBegun,
  listEnded,
  markKey,
  readSummary,
  timeOfBackup,
  type BackedUpOrganization,
  type BackupSummary,
} from './backup-index.js';
import { BackupStorage } from './backup-storage.js';
import { BackupNotFoundError, BackupRunningError } from './backups.errors.js';

export interface BackupOptions {
  /** Ends the backup before the next batch of rows. */
  readonly signal?: AbortSignal;
  /** Called before each organization with its slug, the organizations so far, and all. */
  readonly onOrganization?: (slug: string, done: number, total: number) => void;
}

interface Found {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

/** The organizations of one step: limits the rows in memory. */
const batchSize = 500;

/** Finds the file of an export with credentials: that of a member lacks what a restoration needs. */
const exportSql = `
  select lease::text as lease, bytes::text as bytes from organization_exports
   where organization_id::text = $1 and id = $2 and status = 'ready' and by_operator and expires_at > clock_timestamp()`;

const listSql = 'select id::text as id, slug, name from organizations where id > $1 order by id limit $2';

/** Held by a transaction for as long as a backup takes. PostgreSQL releases it when the process dies. */
const lockSql = `select pg_try_advisory_xact_lock(hashtextextended('tenantry backups', 0)) as locked`;

const noId = '00000000-0000-0000-0000-000000000000';

/**
 * Makes backups of all organizations, one archive of each, and restores organizations from them. The storage alone says which backups there are: they can be
 * restored after the database is lost, and another process continues one when its process dies.
 */
@Injectable()
export class BackupsService {
  readonly #logger = new Logger(BackupsService.name);

  constructor(
    private readonly pool: PlatformPool,
    private readonly storage: BackupStorage,
    private readonly exports: ExportStorage,
    private readonly tenantExport: TenantExportService,
    private readonly tenantImport: TenantImportService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Backs up all organizations, each as of the moment at which it is read. Continues a backup with the same name that was broken off.
   *
   * @param name of the backup; that of the present time if it is undefined
   * @throws {BackupRunningError} when another process makes a backup
   */
  makeBackup(name = backupNameOf(this.clock.now()), options: BackupOptions = {}): Promise<BackupSummary> {
    return inTransaction(this.pool, async (client: ClientBase) => {
      const { rows } = await client.query<{ locked: boolean }>(lockSql);
      if (rows[0]?.locked !== true) throw new BackupRunningError();
      await liftLimits(client, '0');
      return this.#make(name, options);
    });
  }

  /** Whether a backup has ended. */
  async hasEnded(name: string): Promise<boolean> {
    return (await this.storage.objects.sizeOf(indexKey(name))) !== undefined;
  }

  /** Returns the backups that have ended, newest first. */
  async listBackups(): Promise<BackupSummary[]> {
    const summaries: BackupSummary[] = [];
    for (const name of await listEnded(this.storage.objects)) summaries.unshift(await readSummary(this.storage.objects, name));
    return summaries;
  }

  /**
   * Restores an organization of a backup into this database.
   *
   * @param backup its name, or `latest` for the newest one that has the organization
   * @param idOrSlug the id or the slug of the organization at the time of the backup
   * @throws {BackupNotFoundError | UnknownOrganizationError | BadArchiveError | ArchiveConflictError}
   */
  async restoreOrganization(backup: string, idOrSlug: string, options: ImportOptions): Promise<ImportResult & { readonly backup: string }> {
    const found = await this.#findOrganization(backup, idOrSlug.toLowerCase());
    const { id, bytes } = found.organization;
    return { ...(await this.#restore(this.storage.objects.read(archiveKey(found.backup, id), { start: 0, end: bytes - 1 }), options)), backup: found.backup };
  }

  /**
   * Restores an organization from the file of an export that an operator has created.
   *
   * @throws {BackupNotFoundError} when the export has no file, or is not that of an operator
   * @throws {BadArchiveError | ArchiveConflictError}
   */
  async restoreExport(exportId: string, organizationId: string, options: ImportOptions): Promise<ImportResult> {
    const { rows } = await this.pool.query<{ lease: string; bytes: string }>(exportSql, [organizationId, exportId]);
    const [found] = rows;
    if (found === undefined) throw new BackupNotFoundError(exportId);
    return this.#restore(this.exports.objects.read(exportKey(organizationId, found.lease), { start: 0, end: Number(found.bytes) - 1 }), options);
  }

  /**
   * Deletes backups that are older than BACKUP_KEEP_DAYS, and those that were broken off. The newest one that has ended is kept.
   *
   * @returns the names of those that were deleted
   */
  async deleteExpired(): Promise<string[]> {
    const { objects } = this.storage;
    const limit = new Date(this.clock.now().getTime() - this.config.backupKeepDays * dayLength);
    const newest = (await listEnded(objects)).at(-1);
    const expired = (await listBegun(objects)).filter((name) => name !== newest && (timeOfBackup(name) ?? limit) < limit);
    for (const name of expired) {
      // The index goes first, and the mark last: a deletion that is broken off leaves no backup that looks complete, and is continued.
      await objects.delete(indexKey(name));
      const keys: string[] = [];
      for await (const { key } of objects.list(archivesOf(name))) keys.push(key);
      for (const key of keys) await objects.delete(key);
      await objects.delete(markKey(name));
    }
    return expired;
  }

  /** An archive is read from a file, because its directory is at its end. */
  async #restore(content: Readable, options: ImportOptions): Promise<ImportResult> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-restore-'));
    try {
      const file = path.join(folder, 'archive.zip');
      await pipeline(content, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
      return await this.tenantImport.importTenant(file, options);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #make(name: string, { signal, onOrganization }: BackupOptions): Promise<BackupSummary> {
    const { objects } = this.storage;
    const startedAt = this.clock.now().toISOString();
    const known = new Map<string, number>();
    if ((await objects.sizeOf(markKey(name))) === undefined) await objects.write(markKey(name), [Buffer.from(`${JSON.stringify({ startedAt })}\n`)]);
    else for await (const { key, bytes } of objects.list(archivesOf(name))) known.set(key, bytes);
    const total = await this.#count();
    const [organizations, failed]: [BackedUpOrganization[], string[]] = [[], []];
    for (let last = noId; ;) {
      const { rows } = await this.pool.query<Found>(listSql, [last, batchSize]);
      for (const found of rows) {
        signal?.throwIfAborted();
        onOrganization?.(found.slug, organizations.length + failed.length, total);
        const bytes = known.get(archiveKey(name, found.id)) ?? (await this.#write(name, found, signal));
        if (bytes === 'failed') failed.push(found.id);
        else if (bytes !== 'erased') organizations.push({ ...found, bytes });
      }
      if (rows.length < batchSize) break;
      last = rows.at(-1)?.id ?? last;
    }
    const bytes = organizations.reduce((sum, each) => sum + each.bytes, 0);
    const summary = { backup: name, startedAt, finishedAt: this.clock.now().toISOString(), organizations: organizations.length, bytes, failed };
    await objects.write(indexKey(name), linesOfIndex(summary, organizations));
    return readSummary(objects, name);
  }

  async #write(name: string, { id }: Found, signal: AbortSignal | undefined): Promise<number | 'failed' | 'erased'> {
    let bytes = 0;
    const store = async (content: AsyncIterable<Uint8Array>): Promise<void> => {
      bytes = await this.storage.objects.write(archiveKey(name, id), content);
    };
    try {
      await this.tenantExport.writeTenant(id, store, { credentials: true, onRows: () => signal?.throwIfAborted() });
      return bytes;
    } catch (error) {
      if (error instanceof UnknownOrganizationError) return 'erased';
      signal?.throwIfAborted();
      this.#logger.error({ err: error, organizationId: id, backup: name }, 'an organization could not be backed up');
      return 'failed';
    }
  }

  async #count(): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>('select count(*)::integer as count from organizations');
    return rows[0]?.count ?? 0;
  }

  async #findOrganization(backup: string, idOrSlug: string): Promise<{ readonly backup: string; readonly organization: BackedUpOrganization }> {
    const names = backup === 'latest' ? (await listEnded(this.storage.objects)).toReversed() : [backup];
    for (const name of names) {
      const organization = await findInBackup(this.storage.objects, name, idOrSlug);
      if (organization !== undefined) return { backup: name, organization };
    }
    if (names.length === 0) throw new BackupNotFoundError(backup);
    throw new UnknownOrganizationError(idOrSlug);
  }
}
