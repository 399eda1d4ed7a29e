import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { sealedColumns } from '../../../generated/sealed-columns.js';
import { RestoredSubscriptionService } from '../../billing/subscriptions/restored-subscription.service.js';
import { ArchiveConflictError, BadArchiveError, toArchiveError } from './archive.errors.js';
import { archiveLimits } from './archive-limits.js';
import { parseRow, type Row } from './archive-lines.js';
import type { Manifest } from './archive-manifest.js';
import { ArchiveReader } from './archive-reader.js';
import { inArchiveTransaction } from './archive-rows.js';
import { readArchiveSchema } from './archive-schema.js';
import { matchFilesToTables, type RestorableFile } from './restorable-files.js';
import { Restoration } from './restoration.js';
import { CatalogChangesService } from '../catalog/catalog-changes.service.js';
import { assertNotReserved, slugRule } from '../../organizations/slug.policy.js';
import type { ArchiveProgress } from './tenant-export.service.js';

export interface ImportOptions {
  /** Another slug than the archive's. */
  readonly slug?: string | undefined;
  /** The original is given up, so that its customer at the payment provider goes along; else that stays the original's. */
  readonly moved?: boolean | undefined;
  readonly onProgress?: ArchiveProgress | undefined;
  readonly limits?: typeof archiveLimits;
}

export interface ImportResult {
  readonly organization: Manifest['organization'];
  /** Table → how many rows were written. */
  readonly tables: Readonly<Record<string, number>>;
  /** created: made from the archive; kept: were here; matched: were here under another id, with the same verified address. */
  readonly users: { readonly created: number; readonly kept: number; readonly matched: number };
  /** Table → how many sealed values neither APP_SECRET nor APP_SECRET_PREVIOUS opens. */
  readonly unreadable: Readonly<Record<string, number>>;
  /** Whether it had a customer at a payment provider, which was left to the original. */
  readonly detached: boolean;
}

interface RestoreOptions {
  readonly slug: string;
  readonly moved: boolean;
  readonly onProgress: ArchiveProgress;
}

/** Restores an organization from an archive of {@link TenantExportService}, whole or not at all. */
@Injectable()
export class TenantImportService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly config: AppConfig,
    private readonly catalog: Catalog,
    private readonly catalogChanges: CatalogChangesService,
    private readonly restoredSubscription: RestoredSubscriptionService,
  ) {}

  /**
   * @throws {BadArchiveError} when the file is no sound archive, or not one for this database
   * @throws {ArchiveConflictError} when the organization is here already, or something of it is
   */
  async importTenant(path: string, { slug, moved = false, onProgress = () => undefined, limits = archiveLimits }: ImportOptions = {}): Promise<ImportResult> {
    if (slug !== undefined) assertUsableSlug(slug);
    const archive = await ArchiveReader.open(path, limits);
    const client = await this.platform.connect();
    try {
      const places = matchFilesToTables(archive.manifest, await readArchiveSchema(client));
      await assertNotPresent(client, archive.manifest, slug);
      for (const place of places) await verifyFile(archive, place);
      return await inArchiveTransaction(client, () => this.#restore(client, archive, places, { slug: slug ?? archive.manifest.organization.slug, moved, onProgress }));
    } catch (error) {
      throw toArchiveError(path, error);
    } finally {
      client.release();
      archive.close();
    }
  }

  async #restore(client: PoolClient, archive: ArchiveReader, places: readonly RestorableFile[], { slug, moved, onProgress }: RestoreOptions): Promise<ImportResult> {
    const unreadable = new Map<string, number>();
    const restoration = new Restoration(client, archive, slug, (table, row) => this.#tryToOpen(table, row, unreadable), onProgress);
    await restoration.restoreFiles(places);
    const detached = await this.restoredSubscription.settleRestoredSubscription(client, archive.manifest.organization.id, { moved });
    const orphans = await this.catalogChanges.findOrphans(this.catalog, client);
    if (orphans.length > 0) throw new ArchiveConflictError(`The catalog of this installation lacks what the organization uses: ${orphans.join(', ')}.`);
    const { created, matched, kept } = restoration.users;
    return {
      organization: { ...archive.manifest.organization, slug },
      tables: Object.fromEntries(restoration.rows),
      users: { created: created.size, kept, matched: matched.size },
      unreadable: Object.fromEntries(unreadable),
      detached,
    };
  }

  /** Counts what nobody here can open, so that who restores under another secret hears of it. */
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
    throw new ArchiveConflictError(`"${slug}" cannot be a slug: ${slugRule.min} to ${slugRule.max} lower-case letters, digits and hyphens.`);
  }
  assertNotReserved(slug);
}

async function assertNotPresent(client: PoolClient, { organization }: Manifest, slug = organization.slug): Promise<void> {
  const { rows } = await client.query<{ id: string }>('select id from public.organizations where id = $1 or slug = $2', [organization.id, slug]);
  if (rows.some(({ id }) => id === organization.id))
    throw new ArchiveConflictError(`The organization ${organization.id} is in this database already. Erase it there first, or restore elsewhere.`);
  if (rows.length > 0) throw new ArchiveConflictError(`Another organization of this database has the slug "${slug}". Choose another with --slug.`);
}

/** Reads a file to its end: checksum, count, and that each row is one of this organization. */
async function verifyFile(archive: ArchiveReader, { file, table }: RestorableFile): Promise<void> {
  const names = new Set(file.columns);
  const { id } = archive.manifest.organization;
  const idColumn = { tenant: 'organization_id', organization: 'id', users: undefined, ofUsers: undefined }[table.kind];
  for await (const batch of archive.lines(file)) {
    for (const line of batch) {
      const row = parseRow(line, table.name, names);
      if (idColumn !== undefined && row[idColumn] !== id) throw new BadArchiveError(`${table.name}: a line belongs to another organization than the archive.`);
    }
  }
}
