import { writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { ObjectEncryptionError } from '../../../common/storage/encrypted-storage.js';
import { openUnnamedFile } from '../../../common/unnamed-file.js';
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
  readMark,
  readSummary,
  timeOfBackup,
  type BackedUpOrganization,
  type BackupMark,
  type BackupSummary,
} from './backup-index.js';
import { BackupStorage } from './backup-storage.js';
import { BackupNameError, BackupNotFoundError, BackupRunningError, DamagedBackupError, ForeignBackupError } from './backups.errors.js';

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

const listSql = 'select o.id::text as id, o.slug, o.name from organizations o where o.id > $1 order by o.id limit $2';

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
   * Backs up all organizations, each as of the moment at which it is read. Continues a backup with the same name that was broken off. One that has ended stays as it is.
   *
   * @param name of the backup; that of the present time if it is undefined
   * @throws {BackupRunningError} when another process makes a backup
   * @throws {BackupNameError | ForeignBackupError}
   */
  async makeBackup(name = backupNameOf(this.clock.now()), options: BackupOptions = {}): Promise<BackupSummary> {
    const time = timeOfBackup(name);
    if (time === undefined || time > this.clock.now()) throw new BackupNameError(name);
    return inTransaction(this.pool, async (client: ClientBase) => {
      const { rows } = await client.query<{ locked: boolean }>(lockSql);
      if (rows[0]?.locked !== true) throw new BackupRunningError();
      await liftLimits(client, '0');
      return this.#make(name, options);
    });
  }

  /** Whether a backup has ended. @throws {ForeignBackupError} if it is that of another installation */
  async hasEnded(name: string): Promise<boolean> {
    const { objects } = this.storage;
    if ((await objects.sizeOf(indexKey(name))) === undefined) return false;
    const mark = await this.#readable(name, () => readMark(objects, name));
    if (!this.storage.isOwn(mark?.installation)) throw new ForeignBackupError(name);
    return true;
  }

  /** Returns the names of the backups that have ended, oldest first. */
  listNames(): Promise<string[]> {
    return listEnded(this.storage.objects);
  }

  /** Returns the backups that have ended and can be read, newest first. */
  async listBackups(): Promise<BackupSummary[]> {
    const [summaries, failures]: [BackupSummary[], Error[]] = [[], []];
    for (const name of (await this.listNames()).toReversed()) {
      const summary = await this.#readable(name, () => readSummary(this.storage.objects, name), failures);
      if (summary !== undefined) summaries.push(summary);
    }
    const [failure] = failures;
    if (summaries.length === 0 && failure !== undefined) throw failure;
    return summaries;
  }

  /** Returns the newest backup of this installation that has ended and can be read. */
  async findNewest(isWanted: (summary: BackupSummary) => boolean = () => true): Promise<BackupSummary | undefined> {
    for (const name of (await this.listNames()).toReversed()) {
      const summary = await this.#readable(name, () => readSummary(this.storage.objects, name));
      if (summary !== undefined && this.storage.isOwn(summary.installation) && isWanted(summary)) return summary;
    }
    return undefined;
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
   * Deletes backups that are older than BACKUP_KEEP_DAYS, and those that were broken off. The newest one that has ended is kept, and the newest one that has every
   * organization: it may have the last state of one that has failed since. An empty one proves nothing, because the database may be lost.
   *
   * @returns the names of those that were deleted
   */
  async deleteExpired(): Promise<string[]> {
    const { objects } = this.storage;
    const limit = new Date(this.clock.now().getTime() - this.config.backupKeepDays * dayLength);
    const candidates = (await listBegun(objects)).filter((name) => (timeOfBackup(name) ?? limit) < limit);
    if (candidates.length === 0) return [];
    const kept = [(await this.listNames()).at(-1), (await this.findNewest(({ failed, organizations }) => failed.length === 0 && organizations > 0))?.backup];
    const expired = candidates.filter((name) => !kept.includes(name));
    for (const name of expired) {
      // The index goes first, and the mark last: a deletion that is broken off leaves no backup that looks complete, and is continued.
      await objects.delete(indexKey(name));
      const keys: string[] = [];
      for await (const { key } of objects.list(archivesOf(name))) keys.push(key);
      for (const key of keys) await objects.delete(key);
      await objects.deleteUnfinished(archivesOf(name), this.clock.now());
      await objects.delete(markKey(name));
    }
    return expired;
  }

  /** An archive is read from a file, because its directory is at its end. The file has no name, because it has credentials. */
  async #restore(content: Readable, options: ImportOptions): Promise<ImportResult> {
    const file = await openUnnamedFile('restore');
    try {
      await writeFile(file, content);
      return await this.tenantImport.importTenant(file, options);
    } finally {
      await file.close();
    }
  }

  async #make(name: string, { signal, onOrganization }: BackupOptions): Promise<BackupSummary> {
    if (await this.hasEnded(name)) return readSummary(this.storage.objects, name);
    const { objects, installation } = this.storage;
    const startedAt = this.clock.now().toISOString();
    const known = await this.#begin(name, { startedAt, installation });
    const total = await this.#count();
    const [organizations, failed]: [BackedUpOrganization[], Found[]] = [[], []];
    const add = async (found: Found): Promise<void> => {
      signal?.throwIfAborted();
      onOrganization?.(found.slug, organizations.length + failed.length, total);
      const bytes = known.get(archiveKey(name, found.id)) ?? (await this.#write(name, found, signal));
      if (bytes === 'failed') failed.push(found);
      else if (bytes !== 'erased') organizations.push({ ...found, bytes });
    };
    for (let last = noId; ;) {
      const { rows } = await this.pool.query<Found>(listSql, [last, batchSize]);
      for (const found of rows) await add(found);
      if (rows.length < batchSize) break;
      last = rows.at(-1)?.id ?? last;
    }
    // The reason may have passed meanwhile.
    for (const found of failed.splice(0)) await add(found);
    const summary = {
      backup: name,
      startedAt,
      finishedAt: this.clock.now().toISOString(),
      organizations: organizations.length,
      bytes: organizations.reduce((sum, each) => sum + each.bytes, 0),
      failed: failed.map(({ id }) => id),
      installation,
    };
    await objects.write(indexKey(name), linesOfIndex(summary, organizations));
    return readSummary(objects, name);
  }

  /** Marks a backup as begun. @returns the archives that an earlier attempt has written, and their bytes */
  async #begin(name: string, mark: BackupMark): Promise<ReadonlyMap<string, number>> {
    const { objects } = this.storage;
    const known = new Map<string, number>();
    if ((await objects.sizeOf(markKey(name))) === undefined) {
      await objects.write(markKey(name), [Buffer.from(`${JSON.stringify(mark)}\n`)]);
      return known;
    }
    if (!this.storage.isOwn((await readMark(objects, name)).installation)) throw new ForeignBackupError(name);
    await objects.deleteUnfinished(archivesOf(name), this.clock.now());
    for await (const { key, bytes } of objects.list(archivesOf(name))) known.set(key, bytes);
    return known;
  }

  /**
   * Reads something of a backup.
   *
   * @param failures gets why it cannot be read
   * @returns undefined when the backup is damaged, or was encrypted with a key that is unknown here: the others can still be read
   */
  async #readable<Result>(name: string, read: () => Promise<Result>, failures: Error[] = []): Promise<Result | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DamagedBackupError || error instanceof ObjectEncryptionError || error instanceof BackupNotFoundError)) throw error;
      this.#logger.warn({ err: error, backup: name }, 'a backup cannot be read');
      failures.push(error);
      return undefined;
    }
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
      // A storage that does not answer ends the backup, which is continued later: each further organization would wait for it.
      await this.storage.objects.sizeOf(markKey(name));
      return 'failed';
    }
  }

  async #count(): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>('select count(*)::integer as count from organizations');
    return rows[0]?.count ?? 0;
  }

  async #findOrganization(backup: string, idOrSlug: string): Promise<{ readonly backup: string; readonly organization: BackedUpOrganization }> {
    if (backup !== 'latest') {
      const organization = await findInBackup(this.storage.objects, backup, idOrSlug);
      if (organization === undefined) throw new UnknownOrganizationError(idOrSlug);
      return { backup, organization };
    }
    const names = (await this.listNames()).toReversed();
    if (names.length === 0) throw new BackupNotFoundError(backup);
    const failures: Error[] = [];
    for (const name of names) {
      const organization = await this.#readable(name, () => findInBackup(this.storage.objects, name, idOrSlug), failures);
      if (organization !== undefined) return { backup: name, organization };
    }
    throw failures[0] ?? new UnknownOrganizationError(idOrSlug);
  }
}
