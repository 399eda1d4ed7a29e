import { Injectable, type Type as ClassType } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { AppConfig } from '../../../config/app-config.js';
import { CursorCodec, scopeOf, type CursorPosition } from './cursor.js';
import { BooleanQueryField, capitalized, ChoiceField, choices, IntegerQueryField, TextField } from '../fields.js';
import { readTime } from '../../times.js';

/** The query of a list, with its filters. */
export abstract class PageRequest {
  /** Keeps a query without its filters from being one: a cursor is bound to them. */
  declare protected readonly hasFilters: true;
  declare readonly limit?: number;
  declare readonly cursor?: string;
  declare readonly sort?: string;
  declare readonly count?: boolean;
}

/** States that an object has the filters of its list, for callers that have no query of a request. */
export const wholeQuery = <Query extends object>(query: Query): Query & PageRequest => query as Query & PageRequest;

/** The query parameter for the length of a page. */
export const LimitField = (): PropertyDecorator => IntegerQueryField({ min: 1, max: 100, default: 20, description: 'The maximum number of items on a page' });

/** The query parameter for the position in a list. A cursor contains the value of the sorted field: the longest name, of 200 characters of 7 bytes each, makes one of 1950 characters. */
export const CursorField = (): PropertyDecorator =>
  TextField({
    optional: true,
    max: 2000,
    description: 'The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`).',
  });

/**
 * Returns the query DTO of a list. A module extends it with its filters.
 *
 * @param sortable the fields that the list can be sorted by
 */
export function pageQuery(sortable: readonly string[]): ClassType<PageRequest> {
  const order = choices(
    `${sortable.map(capitalized).join('Or')}Order`,
    sortable.flatMap((name) => [name, `-${name}`]),
  );
  class PageQueryDto extends PageRequest {
    @LimitField()
    override limit?: number;

    @CursorField()
    override cursor?: string;

    @ChoiceField(order, { optional: true, description: 'The field to sort by. A leading `-` sorts in descending order.' })
    override sort?: string;

    @BooleanQueryField({ optional: true, description: 'Whether to return `total`. This takes a second query.' })
    override count?: boolean;
  }
  return PageQueryDto;
}

export interface Page<Row> {
  readonly data: Row[];
  readonly nextCursor: string | null;
  readonly total?: number;
}

/**
 * Returns the response DTO of a list of `Row`.
 *
 * @param counted whether the query of the list has `count`
 */
export function pageOf<Row extends object>(Row: ClassType<Row>, { counted = true }: { readonly counted?: boolean } = {}): ClassType<Page<Row>> {
  class PageDto implements Page<Row> {
    @ApiProperty({ type: [Row], description: 'The items of this page' })
    data!: Row[];

    @ApiProperty({ type: 'string', nullable: true, description: 'Send it as `cursor` to get the next page. Null on the last page.' })
    nextCursor!: string | null;

    total?: number;
  }
  if (counted)
    ApiProperty({ type: 'integer', required: false, description: 'The number of all items that match the filters. Only with `count=true`.' })(PageDto.prototype, 'total');
  Object.defineProperty(PageDto, 'name', { value: `${Row.name.replace(/Dto$/, '')}PageDto` });
  return PageDto;
}

/** The response DTO of a list that always fits on one page. It has the shape of a page, so that clients read all lists in the same way. */
export abstract class WholeList {
  @ApiProperty({ type: 'string', nullable: true, description: 'Null: the list has one page' })
  nextCursor!: string | null;
}

/** The arguments to fetch one page with keyset pagination over a field and the id. */
export interface Keyset {
  readonly where: Record<string, unknown>;
  readonly orderBy: Record<string, 'asc' | 'desc'>[];
  /** One more than the page shows, to find out whether there is a next page. */
  readonly take: number;
}

export interface ListOptions<Row> {
  /** Identifies the list and its tenant. A cursor is valid for one scope. */
  readonly scope: string;
  /** The default order, as in `sort`. */
  readonly defaultSort: string;
  readonly fetch: (keyset: Keyset) => Promise<Row[]>;
  readonly count: () => Promise<number>;
}

type Sortable = Readonly<Record<string, unknown>> & { readonly id: string };

const asText = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/** The first condition is where PostgreSQL begins to read the index: it uses no alternatives for that. */
function after(field: string, direction: 'asc' | 'desc', position: CursorPosition): Record<string, unknown> {
  const [from, beyond] = direction === 'asc' ? ['gte', 'gt'] : ['lte', 'lt'];
  const value = /(At|Date)$/.test(field) ? readTime(position.value) : position.value;
  return { [field]: { [from]: value }, OR: [{ [field]: { [beyond]: value } }, { id: { [beyond]: position.id } }] };
}

/** Fetches pages by keyset: every page costs the same, and no row is skipped or shown twice. */
@Injectable()
export class Pages {
  readonly #cursors: CursorCodec;

  constructor(config: AppConfig) {
    this.#cursors = new CursorCodec(config.appSecret);
  }

  /** @throws {MalformedRequestError} when the cursor does not belong to this list, order and filters */
  async list<Row extends Sortable>(request: PageRequest, options: ListOptions<Row>): Promise<Page<Row>> {
    const { limit = 20, cursor, sort = options.defaultSort, count = false, ...filters } = request;
    const scope = scopeOf(options.scope, { ...filters, sort });
    const direction = sort.startsWith('-') ? 'desc' : 'asc';
    const field = sort.replace(/^-/, '');
    const where = cursor === undefined ? {} : after(field, direction, this.#cursors.decode(cursor, scope));
    const rows = await options.fetch({ where, orderBy: [{ [field]: direction }, { id: direction }], take: limit + 1 });
    const data = rows.slice(0, limit);
    const last = data.at(-1);
    const nextCursor = rows.length > limit && last !== undefined ? this.#cursors.encode({ value: asText(last[field]), id: last.id }, scope) : null;
    return { data, nextCursor, ...(count ? { total: await options.count() } : {}) };
  }
}

/** Maps each row of a page to its DTO. */
export function mapPage<Row, Dto>(page: Page<Row>, toDto: (row: Row) => Dto): Page<Dto> {
  return { ...page, data: page.data.map(toDto) };
}
