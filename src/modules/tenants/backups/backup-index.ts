import { parseTime } from '../../../common/times.js';
import type { ObjectStorage } from '../../../common/storage/object-storage.js';
import { BackupNotFoundError, DamagedBackupError } from './backups.errors.js';

/** Describes a backup: the first line of its index. */
export interface BackupSummary {
  readonly format: typeof indexFormat;
  /** Names the backup: the time at which it was due or begun, such as `2026-11-29T02-00-00Z`. */
  readonly backup: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The organizations in the backup. */
  readonly organizations: number;
  readonly bytes: number;
  /** The ids of organizations that could not be backed up. */
  readonly failed: readonly string[];
  /** Identifies the installation. Absent in backups of earlier versions. */
  readonly installation?: string;
}

/** The content of a mark. */
export type BackupMark = Pick<BackupSummary, 'startedAt' | 'installation'>;

/** A line of an index. */
export interface BackedUpOrganization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly bytes: number;
}

const indexFormat = 'tenantry-backup-1';

/** Bytes of an index that are read to find its first line, which has an id of each organization that failed. */
const firstBytes = 1024 * 1024;

/** The folders of the storage: a mark when a backup begins, its archives, and its index when it ends. */
const [marks, archives, indexes] = ['backups/begun/', 'backups/files/', 'backups/index/'];

export const markKey = (backup: string): string => `${marks}${backup}.json`;
export const archivesOf = (backup: string): string => `${archives}${backup}/`;
export const archiveKey = (backup: string, organizationId: string): string => `${archivesOf(backup)}${organizationId}.zip`;
export const indexKey = (backup: string): string => `${indexes}${backup}.ndjson`;

/** Returns the name of a backup that is due or begins at a time. */
export const backupNameOf = (time: Date): string => time.toISOString().replace(/\.\d+/, '').replaceAll(':', '-');

/** Returns the time in the name of a backup; undefined if it is no such name. */
export function timeOfBackup(backup: string): Date | undefined {
  const [, day, hour, minute, second] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z$/.exec(backup) ?? [];
  return parseTime(`${day}T${hour}:${minute}:${second}Z`);
}

/** Returns the names of the backups that were begun, oldest first. */
export const listBegun = (objects: ObjectStorage): Promise<string[]> => namesIn(objects, marks);

/** Returns the names of the backups that have ended, oldest first. */
export const listEnded = (objects: ObjectStorage): Promise<string[]> => namesIn(objects, indexes);

async function namesIn(objects: ObjectStorage, folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of objects.list(folder)) {
    const name = key.slice(folder.length).replace(/\.\w+$/, '');
    if (timeOfBackup(name) !== undefined) names.push(name);
  }
  return names.toSorted();
}

/** Returns the lines of an index, for a storage. */
export function* linesOfIndex(summary: Omit<BackupSummary, 'format'>, organizations: readonly BackedUpOrganization[]): Generator<Buffer> {
  yield Buffer.from(`${JSON.stringify({ format: indexFormat, ...summary })}\n`);
  for (const organization of organizations) yield Buffer.from(`${JSON.stringify(organization)}\n`);
}

/** Reads what an index says of its backup. @throws {BackupNotFoundError | DamagedBackupError} */
export async function readSummary(objects: ObjectStorage, backup: string): Promise<BackupSummary> {
  for await (const line of linesOf(objects, indexKey(backup), backup, firstBytes)) return parseSummary(line, backup);
  throw new DamagedBackupError(backup);
}

/** Reads the mark of a backup that was begun. */
export async function readMark(objects: ObjectStorage, backup: string): Promise<BackupMark> {
  for await (const line of linesOf(objects, markKey(backup), backup)) return parsed(line, backup) as BackupMark;
  throw new DamagedBackupError(backup);
}

/**
 * Finds an organization of a backup by its id or its slug.
 *
 * @throws {BackupNotFoundError} if there is no such backup; undefined if the organization is not in it
 * @throws {DamagedBackupError}
 */
export async function findInBackup(objects: ObjectStorage, backup: string, idOrSlug: string): Promise<BackedUpOrganization | undefined> {
  let [summary, withSlug, known]: [BackupSummary | undefined, BackedUpOrganization | undefined, number] = [undefined, undefined, 0];
  for await (const line of linesOf(objects, indexKey(backup), backup)) {
    if (summary === undefined) {
      summary = parseSummary(line, backup);
      continue;
    }
    const organization = parsed(line, backup) as BackedUpOrganization;
    if (organization.id === idOrSlug) return organization;
    // Not at once: the slug of an organization can be the id of another one.
    if (organization.slug === idOrSlug) withSlug = organization;
    known += 1;
  }
  if (summary === undefined || known < summary.organizations) throw new DamagedBackupError(backup);
  return withSlug;
}

function parseSummary(line: string, backup: string): BackupSummary {
  const summary = parsed(line, backup) as BackupSummary;
  if (summary.format !== indexFormat) throw new Error(`The index of the backup ${backup} has an unknown format.`);
  return summary;
}

function parsed(line: string, backup: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new DamagedBackupError(backup, { cause: error });
  }
}

async function* linesOf(objects: ObjectStorage, key: string, backup: string, most = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  const bytes = timeOfBackup(backup) === undefined ? undefined : await objects.sizeOf(key);
  if (bytes === undefined) throw new BackupNotFoundError(backup);
  if (bytes === 0) throw new DamagedBackupError(backup);
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of objects.read(key, { start: 0, end: Math.min(bytes, most) - 1 })) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
