import { canonicalLocale } from '../../../common/text/locales.js';
import { canonicalTimeZone } from '../../../common/time-zones.js';
import { parseDay, parseTime } from '../../../common/times.js';
import { tenantSchema } from '../../../generated/tenant-schema.js';
import { BadArchiveError } from './archive.errors.js';
import type { Row } from './format/archive-lines.js';
import type { RestorableFile } from './restorable-files.js';

const isTime = (value: unknown): boolean => typeof value === 'string' && parseTime(value) !== undefined;
const isDay = (value: unknown): boolean => typeof value === 'string' && parseDay(value) !== undefined;
const isCanonical =
  (canonical: (text: string) => string | undefined) =>
  (value: unknown): boolean =>
    typeof value === 'string' && canonical(value) === value;

const profile: Readonly<Record<string, (value: unknown) => boolean>> = { timezone: isCanonical(canonicalTimeZone), locale: isCanonical(canonicalLocale) };

/** The tables that the application reads. Somebody's own tables may hold every value that PostgreSQL stores. */
const modelTables = new Set(Object.values(tenantSchema).map((model) => model.table));

/**
 * Checks values that PostgreSQL stores and the application could not read: times such as `infinity`, and time zones and locales that do not exist.
 *
 * @throws {BadArchiveError}
 */
export function assertValues({ table, columns }: Pick<RestorableFile, 'table' | 'columns'>, row: Row): void {
  if (table.kind === 'tenant' && !modelTables.has(table.name)) return;
  for (const { name, type } of columns) {
    const value = row[name];
    if (value === undefined || value === null) continue;
    const isValid = type.startsWith('timestamp') ? isTime : type === 'date' ? isDay : table.kind === 'organization' ? profile[name] : undefined;
    if (isValid?.(value) === false)
      throw new BadArchiveError(`${table.name}: a row has the value ${JSON.stringify(value)} in the column ${name}. Correct it where the archive comes from, and export again.`);
  }
}
