import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Clock } from '../../../common/clock.js';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { sealedColumns } from '../../../generated/sealed-columns.js';
import { RestoredSubscriptionService } from '../../billing/subscriptions/restored-subscription.service.js';
import { ArchiveConflictError, BadArchiveError, toArchiveError } from './archive.errors.js';
import { leftOutOfCopies } from './archive-contents.js';
import { archiveLimits } from './format/archive-limits.js';
import { parseRow, type Row } from './format/archive-lines.js';
import type { Manifest } from './format/archive-manifest.js';
import { ArchiveReader, nameOf, type ArchiveSource } from './format/archive-reader.js';
import { inArchiveTransaction } from './archive-rows.js';
import { readArchiveSchema } from './archive-schema.js';
import { matchFilesToTables, type RestorableFile } from './restorable-files.js';
import { Restoration } from './restoration.js';
import { MeterDecimalsService } from '../../usage/metering/meter-decimals.service.js';
import { CatalogChangesService } from '../catalog/catalog-changes.service.js';
import { assertNotReserved, slugRule } from '../../organizations/slug.policy.js';
import type { ArchiveProgress } from './tenant-export.service.js';

export interface ImportOptions {
  /** A slug that replaces the one in the archive. */
  readonly slug?: string | undefined;
  /** Whether the organization gets a new id, so that it can be restored next to its original. Not together with `moved`. */
  readonly newId?: boolean | undefined;
  /** Whether the organization moves here with its customer at the payment provider. Otherwise the customer stays with the original. */
  readonly moved?: boolean | undefined;
  readonly onProgress?: ArchiveProgress | undefined;
  /** Called with the rows of the archive, before the first one is written. */
  readonly onTotal?: ((rows: number) => void) | undefined;
  /** Called in the transaction of the restoration, before its commit. When it rejects, nothing is written. */
  readonly beforeCommit?: ((client: PoolClient, organizationId: string) => Promise<void>) | undefined;
  readonly limits?: typeof archiveLimits;
}

export interface ImportResult {
  readonly organization: Manifest['organization'];
  /** Table → number of rows that were written. */
  readonly tables: Readonly<Record<string, number>>;
  /** created: from the archive; kept: existed with the same id; matched: existed with another id and the same verified address. */
  readonly users: { readonly created: number; readonly kept: number; readonly matched: number };
  /** Table → number of encrypted values that neither APP_SECRET nor APP_SECRET_PREVIOUS decrypts. */
  readonly unreadable: Readonly<Record<string, number>>;
  /** Whether the archive had a customer at a payment provider, which stays with the original. */
  readonly detached: boolean;
}

interface RestoreOptions {
  readonly id: string;
  readonly slug: string;
  readonly moved: boolean;
  readonly onProgress: ArchiveProgress;
  readonly beforeCommit: ImportOptions['beforeCommit'];
}

/** Restores an organization from an archive of {@link TenantExportService}, completely or not at all. */
@Injectable()
export class TenantImportService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly config: AppConfig,
    private readonly catalog: Catalog,
    private readonly catalogChanges: CatalogChangesService,
    private readonly decimals: MeterDecimalsService,
    private readonly restoredSubscription: RestoredSubscriptionService,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws {BadArchiveError} when the archive is invalid, or does not fit this database
   * @throws {ArchiveConflictError} when the organization, or some of its unique data, exists already
   */
  async importTenant(source: ArchiveSource, options: ImportOptions = {}): Promise<ImportResult> {
    const { slug, newId = false, moved = false, onProgress = () => undefined, onTotal, beforeCommit, limits = archiveLimits } = options;
    if (newId && moved) throw new ArchiveConflictError('An organization that moves keeps its id.');
    if (slug !== undefined) assertUsableSlug(slug);
    const archive = await ArchiveReader.open(source, limits);
    const client = await this.platform.connect();
    try {
      const places = matchFilesToTables(archive.manifest, await readArchiveSchema(client));
      const id = newId ? timeOrderedId(this.clock.now()) : archive.manifest.organization.id;
      await assertNotPresent(client, { id, slug: slug ?? archive.manifest.organization.slug });
      for (const place of places) await verifyFile(archive, place);
      onTotal?.(places.reduce((sum, { file }) => sum + file.rows, 0));
      const restored = newId ? places.filter(({ table }) => leftOutOfCopies[table.name] === undefined) : places;
      return await inArchiveTransaction(client, () =>
        this.#restore(client, archive, restored, { id, slug: slug ?? archive.manifest.organization.slug, moved, onProgress, beforeCommit }),
      );
    } catch (error) {
      throw toArchiveError(nameOf(source), error);
    } finally {
      client.release();
      archive.close();
    }
  }

  async #restore(
    client: PoolClient,
    archive: ArchiveReader,
    places: readonly RestorableFile[],
    { id, slug, moved, onProgress, beforeCommit }: RestoreOptions,
  ): Promise<ImportResult> {
    const unreadable = new Map<string, number>();
    const restoration = new Restoration(client, archive, { id, slug, now: this.clock.now() }, (table, row) => this.#tryToOpen(table, row, unreadable), onProgress);
    await restoration.restoreFiles(places);
    const detached = await this.restoredSubscription.settleRestoredSubscription(client, id, { moved });
    const orphans = await this.catalogChanges.findOrphans(this.catalog, client);
    if (orphans.length > 0)
      throw new ArchiveConflictError(`The catalog of this installation lacks entries that the organization uses: ${orphans.join(', ')}. Add them to the catalog.`);
    const rescaled = await this.catalogChanges.findRescaledMeters(archive.manifest.meterDecimals ?? {}, await this.decimals.readDecimals(), client, id);
    if (rescaled.length > 0) throw new ArchiveConflictError(`The catalog of this installation declares other decimals for: ${rescaled.join(', ')}. Declare the same ones.`);
    await beforeCommit?.(client, id);
    const { created, matched, kept } = restoration.users;
    return {
      organization: { ...archive.manifest.organization, id, slug },
      tables: Object.fromEntries(restoration.rows),
      users: { created: created.size, kept, matched },
      unreadable: Object.fromEntries(unreadable),
      detached,
    };
  }

  /** Counts the encrypted values that this installation cannot decrypt, for the report. */
  #tryToOpen(table: string, row: Row, unreadable: Map<string, number>): void {
    const sealed = sealedColumns.find((each) => each.table === table);
    const value = sealed === undefined ? undefined : row[sealed.column];
    if (sealed === undefined || typeof value !== 'string') return;
    try {
      new SecretBox(this.config.appSecret, sealed.purpose, this.config.previousSecrets).open(Buffer.from(value.replace(/^\\x/, ''), 'hex'));
    } catch {
      unreadable.set(table, (unreadable.get(table) ?? 0) + 1);
    }
  }
}

function assertUsableSlug(slug: string): void {
  if (!slugRule.pattern.test(slug) || slug.length < slugRule.min || slug.length > slugRule.max) {
    throw new ArchiveConflictError(`"${slug}" is not a valid slug. Use ${slugRule.min} to ${slugRule.max} lowercase letters, digits and hyphens.`);
  }
  assertNotReserved(slug);
}

async function assertNotPresent(client: PoolClient, organization: { readonly id: string; readonly slug: string }): Promise<void> {
  const { rows } = await client.query<{ id: string }>('select id from public.organizations where id = $1 or slug = $2', [organization.id, organization.slug]);
  if (rows.some(({ id }) => id === organization.id))
    throw new ArchiveConflictError(
      `The organization ${organization.id} already exists in this database. Restore it under a new id (--new-id, or newId over HTTP), erase it first, or import the archive into another database.`,
    );
  if (rows.length > 0) throw new ArchiveConflictError(`Another organization has the slug "${organization.slug}". Choose a different slug with --slug.`);
}

/** Reads a file completely, to verify its checksum, its counts, and that each row belongs to the organization. */
async function verifyFile(archive: ArchiveReader, { file, table }: RestorableFile): Promise<void> {
  const names = new Set(file.columns);
  const { id } = archive.manifest.organization;
  const idColumn = { tenant: 'organization_id', organization: 'id', users: undefined, ofUsers: undefined }[table.kind];
  for await (const batch of archive.lines(file)) {
    for (const line of batch) {
      const row = parseRow(line, table.name, names);
      if (idColumn !== undefined && row[idColumn] !== id) throw new BadArchiveError(`${table.name}: a line belongs to another organization.`);
    }
  }
}
