import pg, { type PoolClient } from 'pg';
import { BadArchiveError } from './archive.errors.js';
import { parseRow, replaceIds, RowSum, type Row } from './format/archive-lines.js';
import { readRows, resetRow, writeRows } from './archive-rows.js';
import type { ArchiveReader } from './format/archive-reader.js';
import type { RestorableFile } from './restorable-files.js';
import { clearedInCopies } from './archive-contents.js';
import { assertValues } from './archived-values.js';
import { parseArchivedUser, RestoredUsers } from './restored-users.js';

/** Called with every row that is restored, as it is in the archive. */
export type RowWatcher = (table: string, row: Row) => void;

/** The organization that is restored. */
export interface RestoredOrganization {
  readonly id: string;
  readonly slug: string;
  /** The time of the restore. */
  readonly now: Date;
}

/** Restores one archive in the transaction of its client. */
export class Restoration {
  readonly users: RestoredUsers;
  readonly rows = new Map<string, number>();
  readonly #sums = new Map<string, RowSum>();
  readonly #id: string;
  readonly #slug: string;
  /** The id in the archive → the id of the restored organization, if that is a new one. */
  readonly #newIds: ReadonlyMap<string, string>;
  /** Columns whose values are fixed, whatever the archive contains, so that no row is written to another organization. */
  readonly #fixed: Readonly<Record<RestorableFile['table']['kind'], Readonly<Record<string, string>>>>;
  #organization: { readonly place: RestorableFile; readonly line: string } | undefined;

  constructor(
    private readonly client: PoolClient,
    private readonly archive: ArchiveReader,
    { id: restoredId, slug, now }: RestoredOrganization,
    private readonly watch: RowWatcher,
    private readonly onProgress: (table: string, rows: number) => void,
  ) {
    const archivedId = archive.manifest.organization.id;
    this.#id = restoredId;
    this.#slug = slug;
    this.#newIds = new Map(restoredId === archivedId ? [] : [[archivedId, restoredId]]);
    this.users = new RestoredUsers(restoredId === archivedId ? undefined : now);
    const id = `${pg.escapeLiteral(this.#id)}::uuid`;
    this.#fixed = { organization: { id, slug: pg.escapeLiteral(slug) }, tenant: { organization_id: id }, users: {}, ofUsers: {} };
  }

  /** Writes all rows, and verifies that the database stored them as they are in the archive. */
  async restoreFiles(places: readonly RestorableFile[]): Promise<void> {
    await this.client.query('set constraints all deferred');
    for (const place of places) await this.#restore(place);
    await this.#assertConstraints();
    await this.#undoTriggers();
    for (const place of places) await this.#compare(place);
    await this.#giveDefaultOrganization();
  }

  /** Checks the deferred constraints now. The triggers of the audit log stay deferred, to record the transaction as one event. */
  async #assertConstraints(): Promise<void> {
    const { rows } = await this.client.query<{ names: string }>(
      `select string_agg(distinct format('%I.%I', n.nspname, c.conname), ', ') as names
         from pg_constraint c join pg_namespace n on n.oid = c.connamespace where c.condeferrable and c.contype <> 't'`,
    );
    await this.client.query(`set constraints ${rows[0]?.names} immediate`);
  }

  async #restore(place: RestorableFile): Promise<void> {
    const names = new Set(place.file.columns);
    let done = 0;
    for await (const lines of this.archive.lines(place.file)) {
      const batch = lines.map((line) => replaceIds(line, this.#newIds));
      await this.#write(place, batch, names);
      done += batch.length;
      this.onProgress(place.table.name, done);
    }
  }

  async #write(place: RestorableFile, batch: readonly string[], names: ReadonlySet<string>): Promise<void> {
    const { table, columns } = place;
    const rows = batch.map((line) => parseRow(line, table.name, names));
    for (const row of rows) assertValues(place, row);
    const only = table.userColumn === undefined ? undefined : await this.#newUsers(place, batch, rows);
    const own = only === undefined ? batch : batch.filter((_, index) => only.has(userOf(rows[index], table.userColumn)));
    const lines = own.map((line) => replaceIds(line, this.users.newIds));
    for (const row of rows) if (only === undefined || only.has(userOf(row, table.userColumn))) this.watch(table.name, row);
    const written = await writeRows(this.client, table, columns, lines, {
      fixed: { ...this.#fixed[table.kind], ...this.#cleared(table.name) },
      ...(only === undefined ? {} : { only: [...only].map((id) => this.users.idOf(id)) }),
    });
    if (written !== lines.length) throw new BadArchiveError(`${table.name}: only ${written} of ${lines.length} rows could be written.`);
    this.rows.set(table.name, (this.rows.get(table.name) ?? 0) + written);
    if (only === undefined) this.#expect(place, lines, names);
  }

  /** Returns the columns that are null in a copy, as SQL. */
  #cleared(table: string): Record<string, string> {
    return this.#newIds.size === 0 ? {} : Object.fromEntries((clearedInCopies[table] ?? []).map((column) => [column, 'null']));
  }

  /** Returns the users of a batch who do not exist in this database; only their rows are written. */
  async #newUsers({ table }: RestorableFile, batch: readonly string[], rows: readonly Row[]): Promise<Set<string>> {
    if (table.kind !== 'users') return new Set(rows.map((row) => userOf(row, table.userColumn)).filter((id) => this.users.created.has(id)));
    const people = rows.map((row, index) => parseArchivedUser(batch[index] ?? '', row, this.#id));
    return new Set((await this.users.matchUsers(this.client, people)).map(({ id }) => id));
  }

  /** Adds rows to the expected checksum of their table. */
  #expect(place: RestorableFile, lines: readonly string[], names: ReadonlySet<string>): void {
    const { table } = place;
    const sum = this.#sums.get(table.name) ?? new RowSum();
    this.#sums.set(table.name, sum);
    const cleared = new Set(Object.keys(this.#cleared(table.name)));
    for (const line of lines) {
      const row = Object.fromEntries(Object.entries(parseRow(line, table.name, names)).filter(([column]) => !cleared.has(column)));
      sum.add({ ...row, ...(table.kind === 'organization' ? { slug: this.#slug } : {}) });
    }
    if (table.kind === 'organization') this.#organization = { place, line: lines[0] ?? '' };
  }

  /** Restores the version numbers of the organization, which triggers have changed while rows were written. */
  async #undoTriggers(): Promise<void> {
    if (this.#organization === undefined) throw new BadArchiveError('The archive contains no organization.');
    const { place, line } = this.#organization;
    await resetRow(this.client, place.table, place.columns, line, `id = '${this.#id}'`, this.#fixed.organization);
  }

  /** Reads the rows as an export does, and compares their checksum with the archive. */
  async #compare({ table, columns }: RestorableFile): Promise<void> {
    const expected = this.#sums.get(table.name);
    if (table.userColumn !== undefined) return;
    const found = new RowSum();
    const names = new Set(columns.map(({ name }) => name));
    for await (const batch of readRows(this.client, table, columns, this.#id)) for (const line of batch) found.add(parseRow(line, table.name, names));
    if (!found.equals(expected ?? new RowSum())) {
      throw new BadArchiveError(`${table.name}: the stored rows differ from the archive (${found.rows} rows stored, ${expected?.rows ?? 0} expected). Nothing was imported.`);
    }
  }

  async #giveDefaultOrganization(): Promise<void> {
    await this.client.query(
      `update public.users u set default_organization_id = m.organization_id from public.memberships m
        where m.organization_id = $1 and m.user_id = u.id and u.default_organization_id is null and u.id = any($2::uuid[])`,
      [this.#id, [...this.users.created].map((id) => this.users.idOf(id))],
    );
  }
}

const userOf = (row: Row | undefined, column = ''): string => String(row?.[column]);
