import { Ajv } from 'ajv';
import { maxDecimals } from '../../../../config/catalog/quantities.js';
import { BadArchiveError } from '../archive.errors.js';

export const manifestName = 'manifest.json';
export const archiveFormat = 'tenantry-tenant-archive';
/** Increased when older versions cannot read the archive. */
export const formatVersion = 1;

/** One file of the archive: the rows of one table, one JSON object per line. A missing column is null. */
export interface ArchivedFile {
  readonly path: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** `manifest.json`: describes the archive and each of its files. */
export interface Manifest {
  readonly format: typeof archiveFormat;
  readonly formatVersion: number;
  readonly createdAt: string;
  /** The last migration of the database that was exported. */
  readonly schema: string;
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string };
  readonly warnings: readonly string[];
  /** The columns (`table.column`) that are encrypted with a key derived from APP_SECRET. */
  readonly sealedColumns: readonly string[];
  /** Excluded table → reason. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** The decimals of meters that have some. Quantities of a meter are counted in whole parts of a unit. */
  readonly meterDecimals?: Readonly<Record<string, number>>;
  readonly files: readonly ArchivedFile[];
}

const text = { type: 'string', minLength: 1, maxLength: 1000 } as const;
const count = { type: 'integer', minimum: 0 } as const;
const matches = (pattern: string): object => ({ type: 'string', pattern });

const file = {
  type: 'object',
  required: ['path', 'table', 'columns', 'rows', 'bytes', 'sha256'],
  properties: {
    path: matches('^tables/[A-Za-z0-9_$%-]+(\\.[A-Za-z0-9_$%-]+)?\\.ndjson$'),
    table: text,
    columns: { type: 'array', items: text, minItems: 1, uniqueItems: true },
    rows: count,
    bytes: count,
    sha256: matches('^[0-9a-f]{64}$'),
  },
} as const;

const check = new Ajv({ ownProperties: true }).compile({
  type: 'object',
  required: ['format', 'formatVersion', 'createdAt', 'schema', 'organization', 'files'],
  properties: {
    format: { const: archiveFormat },
    formatVersion: { type: 'integer', minimum: 1 },
    createdAt: text,
    schema: text,
    organization: {
      type: 'object',
      required: ['id', 'slug', 'name'],
      properties: { id: matches('^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'), slug: text, name: text },
    },
    meterDecimals: { type: 'object', additionalProperties: { type: 'integer', minimum: 1, maximum: maxDecimals } },
    files: { type: 'array', items: file, minItems: 1 },
  },
});

/** @throws {BadArchiveError} */
export function parseManifest(content: string): Manifest {
  const manifest = parsed(content) as Manifest;
  if (!check(manifest)) {
    const [problem] = check.errors ?? [];
    throw new BadArchiveError(`${manifestName} is not the manifest of a tenantry archive: ${problem?.instancePath ?? ''} ${problem?.message ?? ''}`.replace(/ +/g, ' '));
  }
  if (manifest.formatVersion !== formatVersion) {
    throw new BadArchiveError(`The archive has format ${manifest.formatVersion}, but this version of tenantry reads format ${formatVersion}. Use a newer version of tenantry.`);
  }
  const tables = new Set(manifest.files.map(({ table }) => table));
  const paths = new Set(manifest.files.map(({ path }) => path));
  if (tables.size < manifest.files.length || paths.size < manifest.files.length) throw new BadArchiveError(`${manifestName} contains a table or a file twice.`);
  return manifest;
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new BadArchiveError(`${manifestName} is not valid JSON.`);
  }
}

/** Returns the path of the file with the rows of a table. */
export const pathOf = (table: string): string => `tables/${table.split('.').map(encodeURIComponent).join('.')}.ndjson`;
