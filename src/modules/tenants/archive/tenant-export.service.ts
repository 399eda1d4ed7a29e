import { Injectable } from '@nestjs/common';
import { access } from 'node:fs/promises';
import type { PoolClient } from 'pg';
import { Clock } from '../../../common/clock.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { sealedColumns } from '../../../generated/sealed-columns.js';
import { PlatformAccessLogService } from '../../audit/access-log/platform-access-log.service.js';
import { MeterDecimalsService } from '../../usage/metering/meter-decimals.service.js';
import { UnknownOrganizationError } from './archive.errors.js';
import { warnings, warningsWithoutCredentials } from './archive-contents.js';
import { archiveFormat, formatVersion, type ArchivedFile, type Manifest } from './format/archive-manifest.js';
import { countRows, inArchiveTransaction, liftLimits, readRows } from './archive-rows.js';
import { readArchiveSchema, withoutCredentials, type ArchivedTable, type ArchiveSchema } from './archive-schema.js';
import { toNewFile, writeArchive, type StoreArchive } from './format/archive-writer.js';

/** Called after each batch of rows. */
export type ArchiveProgress = (table: string, rows: number) => void;

export interface ExportOptions {
  /** Whether the archive has the credentials of members. Without them it can leave the installation. */
  readonly credentials?: boolean;
  /** Called with the number of rows, before the first one is read. */
  readonly onTotal?: (rows: number) => void;
  /** Called after each batch with its table, its rows, and the rows of the table so far. May throw to end the export. */
  readonly onRows?: (rows: number, table: string, ofTable: number) => void;
}

export interface ExportResult {
  readonly organization: Manifest['organization'];
  readonly schema: string;
  /** Table → number of rows. */
  readonly tables: Readonly<Record<string, number>>;
}

/**
 * Exports all data of one organization to an archive: a zip with one NDJSON file per table and a manifest. Reads the data
 * in one transaction, so the archive is consistent.
 */
@Injectable()
export class TenantExportService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly decimals: MeterDecimalsService,
    private readonly accessLog: PlatformAccessLogService,
    private readonly clock: Clock,
  ) {}

  /**
   * @param idOrSlug the id or slug of the organization
   * @param path the archive to write; the file must not exist
   * @throws {UnknownOrganizationError}
   */
  async exportTenant(idOrSlug: string, path: string, onProgress: ArchiveProgress = () => undefined): Promise<ExportResult> {
    if (await exists(path)) throw new Error(`${path} already exists. Choose another file name.`);
    // Recorded first, so that the archive contains the entry.
    await this.accessLog.recordOrganizationRead(idOrSlug);
    return this.writeTenant(idOrSlug, toNewFile(path), { credentials: true, onRows: (_, table, rows) => onProgress(table, rows) });
  }

  /**
   * Exports an organization to a storage. Nothing is recorded in the access log.
   *
   * @param idOrSlug the id or slug of the organization
   * @throws {UnknownOrganizationError}
   */
  async writeTenant(idOrSlug: string, store: StoreArchive, options: ExportOptions): Promise<ExportResult> {
    const client = await this.platform.connect();
    try {
      return await inArchiveTransaction(client, () => this.#write(client, idOrSlug, store, options), 'isolation level repeatable read read only');
    } finally {
      client.release();
    }
  }

  async #write(client: PoolClient, idOrSlug: string, store: StoreArchive, { credentials = false, onTotal, onRows }: ExportOptions): Promise<ExportResult> {
    await liftLimits(client, '10min');
    const organization = await findOrganization(client, idOrSlug);
    const whole = await readArchiveSchema(client);
    const schema = credentials ? whole : withoutCredentials(whole);
    if (onTotal !== undefined) onTotal(await countRows(client, schema.tables, organization.id));
    const meterDecimals = await this.decimals.readDecimals();
    const manifestOf = (files: readonly ArchivedFile[]): Manifest => ({
      format: archiveFormat,
      formatVersion,
      createdAt: this.clock.now().toISOString(),
      schema: schema.migrations.at(-1) ?? '',
      organization,
      warnings: credentials ? warnings : warningsWithoutCredentials,
      sealedColumns: sealedIn(schema),
      leftOut: schema.leftOut,
      meterDecimals,
      files,
    });
    const rows = schema.tables.map((table) => ({
      table: table.name,
      columns: table.columns.map(({ name }) => name),
      read: () => reported(readRows(client, table, table.columns, organization.id), table, onRows),
    }));
    const files = await writeArchive(store, rows, manifestOf);
    return { organization, schema: schema.migrations.at(-1) ?? '', tables: Object.fromEntries(files.map((file) => [file.table, file.rows])) };
  }
}

async function findOrganization(client: PoolClient, idOrSlug: string): Promise<Manifest['organization']> {
  const { rows } = await client.query<Manifest['organization']>(
    'select id, slug, name from public.organizations where id::text = $1 or slug = $1 order by id::text = $1 desc limit 1',
    [idOrSlug.toLowerCase()],
  );
  const [organization] = rows;
  if (organization === undefined) throw new UnknownOrganizationError(idOrSlug);
  return organization;
}

const sealedIn = ({ tables }: ArchiveSchema): string[] =>
  sealedColumns.filter(({ table }) => tables.some(({ name }) => name === table)).map(({ table, column }) => `${table}.${column}`);

async function* reported(batches: AsyncIterable<string[]>, { name }: ArchivedTable, onRows: ExportOptions['onRows']): AsyncGenerator<string[]> {
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.length;
    onRows?.(batch.length, name, rows);
    yield batch;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
