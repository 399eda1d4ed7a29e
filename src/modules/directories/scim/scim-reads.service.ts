import { Injectable } from '@nestjs/common';
import type { DirectoryPrincipal } from '../../../access/principal/principal.js';
import { hashOf } from '../../../common/http/etag.js';
import { AppConfig } from '../../../config/app-config.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { DirectoryUser, Prisma } from '../../../generated/prisma/client.js';
import { ScimError } from './scim-error.js';
import { checkFilter, matches, parseFilter, type Filter } from './scim-filter.js';
import { validId } from './scim-id.js';
import { etagOf } from './scim-etag.js';
import { project, type Resource } from './scim-resource.js';
import { groupType, placeOf, userType, type ResourceType } from './scim-schema.js';
import { storedUser, type StoredGroup } from './scim-store.service.js';

/** The query of a read. Names are those of RFC 7644, section 3.4.2; values are text. */
export interface ScimQuery {
  readonly filter?: string;
  readonly sortBy?: string;
  readonly sortOrder?: string;
  readonly startIndex?: string;
  readonly count?: string;
  readonly attributes?: string;
  readonly excludedAttributes?: string;
}

/** The most resources on a page, and without `count`. */
const [maxPage, defaultPage] = [200, 100];
/** The most resources among which a filter or an order is evaluated that no index answers. */
const maxScanned = 10_000;
/** The resources that are in memory at a time while a filter is evaluated. */
const batch = 500;

type Row = DirectoryUser | StoredGroup;

/** The part of a resource that a caller asks for, and its ETag. */
export interface VersionedResource {
  readonly resource: Resource;
  readonly etag: string;
}

/** Reads users and groups of a directory. Comparisons with the columns that directories look for are left to the database. */
@Injectable()
export class ScimReadsService {
  constructor(
    private readonly db: TenantDb,
    private readonly config: AppConfig,
  ) {}

  /** @throws {ScimError} */
  async getUser(directory: DirectoryPrincipal, id: string, query: ScimQuery = {}): Promise<VersionedResource> {
    const row = await this.db.directoryUser.findFirst({ where: { directoryId: directory.directoryId, id: validId(id), deletedAt: null }, include: withGroups });
    if (row === null) throw ScimError.notFound(id);
    return this.#shown(this.userResource(row), row.version, query);
  }

  /** @throws {ScimError} */
  async getGroup(directory: DirectoryPrincipal, id: string, query: ScimQuery = {}): Promise<VersionedResource> {
    const [row] = await this.#groups({ directoryId: directory.directoryId, id: validId(id) }, query);
    if (row === undefined) throw ScimError.notFound(id);
    return this.#shown(this.groupResource(row), row.version, query);
  }

  /** @throws {ScimError} */
  listUsers({ directoryId }: DirectoryPrincipal, query: ScimQuery): Promise<Resource> {
    const own = { directoryId, deletedAt: null } as const;
    return this.#list(userType, query, {
      count: (where) => this.db.directoryUser.count({ where: { AND: [own, where] } }),
      fetch: (where, orderBy, skip, take) => this.db.directoryUser.findMany({ where: { AND: [own, where] }, orderBy, skip, take, include: withGroups }),
      toResource: (row) => this.userResource(row as DirectoryUser & WithGroups),
    });
  }

  /** @throws {ScimError} */
  listGroups({ directoryId }: DirectoryPrincipal, query: ScimQuery): Promise<Resource> {
    return this.#list(groupType, query, {
      count: (where) => this.db.directoryGroup.count({ where: { AND: [{ directoryId }, where as Prisma.DirectoryGroupWhereInput] } }),
      fetch: (where, orderBy, skip, take) => this.#groups({ AND: [{ directoryId }, where] }, query, { orderBy, skip, take }),
      toResource: (row) => this.groupResource(row as StoredGroup),
    });
  }

  userResource(row: DirectoryUser & Partial<WithGroups>): Resource {
    const { id, createdAt, updatedAt, groups = [] } = row;
    const stored = storedUser(row);
    const schemas = [userType.schema.id, ...userType.extensions.map((extension) => extension.id).filter((urn) => urn in stored)];
    const of = groups.map(({ group }) => ({ value: group.id, display: group.displayName, $ref: this.urlOf(groupType, group.id) }));
    return { schemas, id, ...stored, ...(of.length > 0 ? { groups: of } : {}), meta: this.#meta(userType, id, createdAt, updatedAt) };
  }

  groupResource({ id, displayName, externalId, createdAt, updatedAt, members }: StoredGroup): Resource {
    const of = members.map(({ directoryUserId, directoryUser: { attributes, userName } }) => {
      const { displayName: name, userName: written } = attributes as { displayName?: string; userName?: string };
      return { value: directoryUserId, display: name ?? written ?? userName ?? '', type: 'User', $ref: this.urlOf(userType, directoryUserId) };
    });
    return {
      schemas: [groupType.schema.id],
      id,
      ...(externalId === null ? {} : { externalId }),
      displayName,
      members: of,
      meta: this.#meta(groupType, id, createdAt, updatedAt),
    };
  }

  /** Returns the URL of a resource. */
  urlOf({ endpoint }: Pick<ResourceType, 'endpoint'>, id: string): string {
    return `${this.baseUrl}${endpoint}/${id}`;
  }

  get baseUrl(): string {
    return `${this.config.appUrl}/scim/v2`;
  }

  #meta(type: ResourceType, id: string, created: Date, lastModified: Date): Resource {
    return { resourceType: type.name, created: created.toISOString(), lastModified: lastModified.toISOString(), location: this.urlOf(type, id), version: '' };
  }

  /**
   * Returns what a caller sees of a resource, with its ETag. The ETag has the number of changes, which `If-Match` compares, and a hash of what is shown, because
   * that also changes with other resources: with the names of the user's groups, and of the group's members.
   */
  #shown(whole: Resource, version: number, { attributes, excludedAttributes }: ScimQuery): VersionedResource {
    const resource = project(whole, attributes, excludedAttributes);
    const etag = etagOf(version, hashOf(JSON.stringify(resource)));
    const meta = resource['meta'] as Resource | undefined;
    return { resource: meta?.['version'] === undefined ? resource : { ...resource, meta: { ...meta, version: etag } }, etag };
  }

  /** The members of a group can be very many: they are not read when the caller leaves them out. */
  async #groups(
    where: Prisma.DirectoryGroupWhereInput,
    { attributes, excludedAttributes, filter = '', sortBy = '' }: ScimQuery,
    { orderBy = [], skip = 0, take = 1 }: { orderBy?: object[]; skip?: number; take?: number } = {},
  ): Promise<StoredGroup[]> {
    const names = (list: string | undefined): string[] =>
      (list ?? '')
        .toLowerCase()
        .split(',')
        .map((name) => name.trim().replace(/^urn:.*:/, ''));
    const isWanted = names(excludedAttributes).every((name) => name !== 'members') && ((attributes ?? '') === '' || names(attributes).some((name) => name.startsWith('members')));
    const groups = await this.db.directoryGroup.findMany({ where, orderBy, skip, take });
    if (!isWanted && !/members/i.test(filter + sortBy)) return groups.map((group) => ({ ...group, members: [] }));
    const members = await this.db.directoryGroupMember.findMany({
      where: { groupId: { in: groups.map(({ id }) => id) } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      select: { groupId: true, directoryUserId: true, directoryUser: { select: { attributes: true, userName: true } } },
    });
    const byGroup = new Map<string, StoredGroup['members'][number][]>(groups.map(({ id }) => [id, []]));
    for (const member of members) byGroup.get(member.groupId)?.push(member);
    return groups.map((group) => ({ ...group, members: byGroup.get(group.id) ?? [] }));
  }

  async #list(
    type: ResourceType,
    query: ScimQuery,
    from: {
      readonly count: (where: object) => Promise<number>;
      readonly fetch: (where: object, orderBy: object[], skip: number, take: number) => Promise<readonly Row[]>;
      readonly toResource: (row: Row) => Resource;
    },
  ): Promise<Resource> {
    const filter = query.filter === undefined || query.filter.trim() === '' ? undefined : checkFilter(parseFilter(query.filter), type);
    const [startIndex, count] = [Math.max(1, integer(query.startIndex, 'startIndex') ?? 1), Math.min(maxPage, Math.max(0, integer(query.count, 'count') ?? defaultPage))];
    const condition = filter === undefined ? { where: {}, isWhole: true } : columnCondition(filter, type);
    const sortBy = query.sortBy === undefined || query.sortBy === '' ? undefined : query.sortBy;
    if (sortBy !== undefined && placeOf(type, sortBy) === undefined) throw new ScimError(400, 'invalidPath', `sortBy names the unknown attribute ${sortBy}.`);
    const inOrder = [{ createdAt: 'asc' }, { id: 'asc' }];
    const shown = (row: Row): Resource => this.#shown(from.toResource(row), row.version, query).resource;
    if (condition.isWhole && sortBy === undefined) {
      const total = await from.count(condition.where);
      const rows = count === 0 || total === 0 ? [] : await from.fetch(condition.where, inOrder, startIndex - 1, count);
      return listOf(rows.map(shown), total, startIndex);
    }
    const found: Found[] = [];
    let last: Row | undefined;
    for (let scanned = 0; ;) {
      const after = last === undefined ? {} : { OR: [{ createdAt: { gt: last.createdAt } }, { createdAt: last.createdAt, id: { gt: last.id } }] };
      const rows = await from.fetch({ AND: [condition.where, after] }, inOrder, 0, batch);
      scanned += rows.length;
      if (scanned > maxScanned)
        throw new ScimError(
          400,
          'tooMany',
          `The filter or the order concerns more than ${maxScanned} resources. Filter by id, userName, externalId or displayName, and do not sort.`,
        );
      for (const row of rows) {
        const resource = from.toResource(row);
        if (filter === undefined || matches(filter, resource, type)) found.push({ id: row.id, key: sortBy === undefined ? '' : keyOf(resource, sortBy, type) });
      }
      if (rows.length < batch) break;
      last = rows.at(-1);
    }
    if (sortBy !== undefined) sort(found, query.sortOrder?.toLowerCase() === 'descending');
    const ids = found.slice(startIndex - 1, startIndex - 1 + count).map(({ id }) => id);
    const page = new Map((ids.length === 0 ? [] : await from.fetch({ id: { in: ids } }, [], 0, ids.length)).map((row) => [row.id, row]));
    const rows = ids.flatMap((id) => page.get(id) ?? []);
    return listOf(rows.map(shown), found.length, startIndex);
  }
}

type WithGroups = { readonly groups: readonly { readonly group: { readonly id: string; readonly displayName: string } }[] };
const withGroups = { groups: { select: { group: { select: { id: true, displayName: true } } }, orderBy: { id: 'asc' } } } as const;

/** A resource that a filter has found, and what it is sorted by. */
interface Found {
  readonly id: string;
  readonly key: string;
}

/** The condition of the database for a filter, which finds at least what the filter finds. */
interface ColumnCondition {
  readonly where: object;
  /** Whether it finds nothing else. */
  readonly isWhole: boolean;
}

const everything: ColumnCondition = { where: {}, isWhole: false };
const exactly = (where: object): ColumnCondition => ({ where, isWhole: true });

/** Returns the condition for the parts of a filter that compare columns by `eq`, joined by `and`. */
function columnCondition(filter: Filter, type: ResourceType): ColumnCondition {
  if (filter.kind === 'and') {
    const parts = filter.of.map((each) => columnCondition(each, type));
    return { where: { AND: parts.map(({ where }) => where) }, isWhole: parts.every(({ isWhole }) => isWhole) };
  }
  if (filter.kind === 'element') {
    const { path, of } = filter;
    return of.kind === 'compare' && of.path.toLowerCase() === 'value' ? columnCondition({ ...of, path: `${path}.value` }, type) : everything;
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.value !== 'string') return everything;
  const { value } = filter;
  const place = placeOf(type, filter.path);
  if (place === undefined || place.extension !== undefined) return everything;
  const { attribute, sub } = place;
  if (attribute.name === 'members' && type === groupType && (sub === undefined || sub.name === 'value')) return exactly({ members: { some: { directoryUserId: validId(value) } } });
  if (sub !== undefined) return everything;
  if (attribute.name === 'id') return exactly({ id: validId(value) });
  if (attribute.name === 'externalId') return exactly({ externalId: value });
  if (attribute.name === 'userName' && type === userType) return exactly({ userName: value.toLowerCase() });
  return attribute.name === 'displayName' && type === groupType ? exactly({ nameKey: value.toLowerCase() }) : everything;
}

function sort(found: Found[], descending: boolean): void {
  const direction = descending ? -1 : 1;
  found.sort(({ key: left }, { key: right }) => {
    // Resources without the attribute come last in ascending order (RFC 7644, section 3.4.2.3).
    if (left === '' || right === '') return left === right ? 0 : (left === '' ? 1 : -1) * direction;
    return (left < right ? -1 : left > right ? 1 : 0) * direction;
  });
}

function keyOf(resource: Resource, path: string, type: ResourceType): string {
  const place = placeOf(type, path);
  const holder = (place?.extension === undefined ? resource : resource[place.extension]) as Resource | undefined;
  const value = holder?.[place?.attribute.name ?? ''];
  const one = (Array.isArray(value) ? (value.find((each: Resource) => each['primary'] === true) ?? value[0]) : value) as unknown;
  const key: unknown = typeof one === 'object' && one !== null ? (one as Resource)[place?.sub?.name ?? 'value'] : one;
  return typeof key === 'string' || typeof key === 'boolean' ? String(key).toLowerCase() : '';
}

function integer(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw new ScimError(400, 'invalidValue', `${name} must be an integer.`);
  return Number(text);
}

/** Returns the message of a list (RFC 7644, section 3.4.2). */
export const listOf = (resources: readonly object[], totalResults: number, startIndex = 1): Resource => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults,
  itemsPerPage: resources.length,
  startIndex,
  Resources: resources,
});
