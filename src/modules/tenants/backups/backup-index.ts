import { parseTime } from '../../../common/times.js';
import type { ObjectStorage } from '../../../common/storage/object-storage.js';
import { BackupNotFoundError } from './backups.errors.js';

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
}

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

/** Reads what an index says of its backup. @throws {BackupNotFoundError} */
export async function readSummary(objects: ObjectStorage, backup: string): Promise<BackupSummary> {
  for await (const line of linesOf(objects, backup, firstBytes)) return parseSummary(line, backup);
  throw new BackupNotFoundError(backup);
}

/** Finds an organization of a backup by its id or its slug. @throws {BackupNotFoundError} if there is no such backup; undefined if the organization is not in it */
export async function findInBackup(objects: ObjectStorage, backup: string, idOrSlug: string): Promise<BackedUpOrganization | undefined> {
  let isFirst = true;
  for await (const line of linesOf(objects, backup)) {
    if (!isFirst) {
      const organization = JSON.parse(line) as BackedUpOrganization;
      if (organization.id === idOrSlug || organization.slug === idOrSlug) return organization;
    }
    isFirst = false;
  }
  return undefined;
}

function parseSummary(line: string, backup: string): BackupSummary {
  const summary = JSON.parse(line) as BackupSummary;
  if (summary.format !== indexFormat) throw new Error(`The index of the backup ${backup} has an unknown format.`);
  return summary;
}

async function* linesOf(objects: ObjectStorage, backup: string, most = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  const bytes = timeOfBackup(backup) === undefined ? undefined : await objects.sizeOf(indexKey(backup));
  if (bytes === undefined) throw new BackupNotFoundError(backup);
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of objects.read(indexKey(backup), { start: 0, end: Math.min(bytes, most) - 1 })) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
