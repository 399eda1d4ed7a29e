import { Injectable } from '@nestjs/common';
import type { DirectoryPrincipal } from '../../../access/principal/principal.js';
import { hashOf } from '../../../common/http/etag.js';
import { AppConfig } from '../../../config/app-config.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { DirectoryGroup, DirectoryUser, Prisma } from '../../../generated/prisma/client.js';
import { ScimError } from './scim-error.js';
import { checkFilter, matches, parseFilter, Work, type Filter } from './scim-filter.js';
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

/** Reads the query of a SearchRequest (RFC 7644, section 3.4.3). @throws {ScimError} `invalidSyntax` | `invalidValue` */
export function queryIn(body: unknown): ScimQuery {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new ScimError(400, 'invalidSyntax', 'The body must be a JSON object.');
  const given = body as Record<string, unknown>;
  const names = ['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'attributes', 'excludedAttributes'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = given[name] ?? [];
      const isList = name === 'attributes' || name === 'excludedAttributes';
      const texts = [value].flat().filter((each) => typeof each === 'string' || typeof each === 'number');
      if ([value].flat().length !== texts.length || (texts.length > 1 && !isList)) throw new ScimError(400, 'invalidValue', `${name} has a value of another type.`);
      return texts.length === 0 ? [] : [[name, texts.join(',')]];
    }),
  );
}

/** The most resources on a page, and without `count`. */
const [maxPage, defaultPage] = [200, 100];
/** The most resources, and the most members of groups, among which a filter or an order is evaluated that no index answers. */
const [maxScanned, maxScannedMembers] = [10_000, 200_000];
/** The resources that are in memory at a time while a filter is evaluated. */
const batch = 500;
/** The members that the groups of a page have together, and that are in memory at a time while a filter is evaluated. A larger group is alone. */
const maxListedMembers = 20_000;

type Row = DirectoryUser | DirectoryGroup | StoredGroup;

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
    const found = await this.db.directoryGroup.findFirst({ where: { directoryId: directory.directoryId, id: validId(id) } });
    const [row] = found === null ? [] : await this.#withMembers([found], wantsMembers(query));
    if (row === undefined) throw ScimError.notFound(id);
    return this.#shown(this.groupResource(row), row.version, query);
  }

  /** @throws {ScimError} */
  listUsers({ directoryId }: DirectoryPrincipal, query: ScimQuery): Promise<Resource> {
    const own = { directoryId, deletedAt: null } as const;
    return this.#list(userType, query, {
      count: (where) => this.db.directoryUser.count({ where: { AND: [own, where] } }),
      fetch: (where, orderBy, skip, take) => this.db.directoryUser.findMany({ where: { AND: [own, where] }, orderBy, skip, take, include: withGroups }),
      complete: (rows) => Promise.resolve(rows),
      toResource: (row) => this.userResource(row as DirectoryUser & WithGroups),
    });
  }

  /** @throws {ScimError} */
  listGroups({ directoryId }: DirectoryPrincipal, query: ScimQuery): Promise<Resource> {
    return this.#list(groupType, query, {
      count: (where) => this.db.directoryGroup.count({ where: { AND: [{ directoryId }, where as Prisma.DirectoryGroupWhereInput] } }),
      fetch: (where, orderBy, skip, take) => this.db.directoryGroup.findMany({ where: { AND: [{ directoryId }, where] }, orderBy, skip, take }),
      complete: (rows, isNeeded) => this.#withMembers(rows as readonly DirectoryGroup[], isNeeded),
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

  /**
   * Returns the first of the groups with their members: as many groups as have {@link maxListedMembers} together, and at least one.
   *
   * @param isNeeded whether the members are read. If not, all groups are returned, without members
   */
  async #withMembers(groups: readonly DirectoryGroup[], isNeeded: boolean): Promise<StoredGroup[]> {
    if (!isNeeded || groups.length === 0) return groups.map((group) => ({ ...group, members: [] }));
    const counts = await this.db.directoryGroupMember.groupBy({ by: ['groupId'], where: { groupId: { in: groups.map(({ id }) => id) } }, _count: { id: true } });
    const sizes = new Map(counts.map(({ groupId, _count }) => [groupId, _count.id]));
    let total = 0;
    const end = groups.findIndex(({ id }, index) => (total += sizes.get(id) ?? 0) > maxListedMembers && index > 0);
    const shown = end === -1 ? groups : groups.slice(0, end);
    const members = await this.db.directoryGroupMember.findMany({
      where: { groupId: { in: shown.map(({ id }) => id) } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      select: { groupId: true, directoryUserId: true, directoryUser: { select: { attributes: true, userName: true } } },
    });
    const byGroup = new Map<string, StoredGroup['members'][number][]>(shown.map(({ id }) => [id, []]));
    for (const member of members) byGroup.get(member.groupId)?.push(member);
    return shown.map((group) => ({ ...group, members: byGroup.get(group.id) ?? [] }));
  }

  async #list(
    type: ResourceType,
    query: ScimQuery,
    from: {
      readonly count: (where: object) => Promise<number>;
      /** Without the members of groups. */
      readonly fetch: (where: object, orderBy: object[], skip: number, take: number) => Promise<readonly Row[]>;
      /** Adds the members of groups: to all, or to the first ones if they are very many. */
      readonly complete: (rows: readonly Row[], needsMembers: boolean) => Promise<readonly Row[]>;
      readonly toResource: (row: Row) => Resource;
    },
  ): Promise<Resource> {
    const filter = query.filter === undefined || query.filter.trim() === '' ? undefined : checkFilter(parseFilter(query.filter), type);
    const [startIndex, count] = [Math.max(1, integer(query.startIndex, 'startIndex') ?? 1), Math.min(maxPage, Math.max(0, integer(query.count, 'count') ?? defaultPage))];
    const condition = filter === undefined ? { where: {}, isWhole: true } : columnCondition(filter, type);
    const sortBy = query.sortBy === undefined || query.sortBy === '' ? undefined : query.sortBy;
    if (sortBy !== undefined && placeOf(type, sortBy) === undefined) throw new ScimError(400, 'invalidPath', `sortBy names the unknown attribute ${sortBy}.`);
    const { sortOrder = 'ascending' } = query;
    if (!/^(ascending|descending)$/i.test(sortOrder)) throw new ScimError(400, 'invalidValue', 'sortOrder must be ascending or descending.');
    const inOrder = [{ createdAt: 'asc' }, { id: 'asc' }];
    const shown = (row: Row): Resource => this.#shown(from.toResource(row), row.version, query).resource;
    if (condition.isWhole && sortBy === undefined) {
      const total = await from.count(condition.where);
      const rows = count === 0 || total === 0 ? [] : await from.fetch(condition.where, inOrder, startIndex - 1, count);
      return listOf((await from.complete(rows, wantsMembers(query))).map(shown), total, startIndex);
    }
    const readsMembers = /members/i.test(`${query.filter ?? ''} ${sortBy ?? ''}`);
    const tooMany = (what: string): ScimError =>
      new ScimError(400, 'tooMany', `The filter or the order concerns more than ${what}. Filter by id, userName, externalId or displayName, and do not sort.`);
    const found: Found[] = [];
    const work = new Work();
    let last: Row | undefined;
    let scannedMembers = 0;
    for (let scanned = 0; ;) {
      const after = last === undefined ? {} : { OR: [{ createdAt: { gt: last.createdAt } }, { createdAt: last.createdAt, id: { gt: last.id } }] };
      const rows = await from.fetch({ AND: [condition.where, after] }, inOrder, 0, batch);
      scanned += rows.length;
      if (scanned > maxScanned) throw tooMany(`${maxScanned} resources`);
      for (let rest = rows; rest.length > 0;) {
        const part = await from.complete(rest, readsMembers);
        for (const row of part) {
          scannedMembers += 'members' in row ? row.members.length : 0;
          const resource = from.toResource(row);
          if (filter === undefined || matches(filter, resource, work)) found.push({ id: row.id, key: sortBy === undefined ? '' : keyOf(resource, sortBy, type) });
        }
        if (scannedMembers > maxScannedMembers) throw tooMany(`${maxScannedMembers} members of groups`);
        rest = rest.slice(part.length);
      }
      if (rows.length < batch) break;
      last = rows.at(-1);
    }
    if (sortBy !== undefined) sort(found, sortOrder.toLowerCase() === 'descending');
    const ids = found.slice(startIndex - 1, startIndex - 1 + count).map(({ id }) => id);
    const page = new Map((ids.length === 0 ? [] : await from.fetch({ id: { in: ids } }, [], 0, ids.length)).map((row) => [row.id, row]));
    const rows = ids.flatMap((id) => page.get(id) ?? []);
    return listOf((await from.complete(rows, wantsMembers(query))).map(shown), found.length, startIndex);
  }
}

/** Whether a caller sees the members of groups. They can be very many, and are not read for others. */
function wantsMembers({ attributes, excludedAttributes }: ScimQuery): boolean {
  const names = (list: string | undefined): string[] =>
    (list ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim().replace(/^urn:.*:/, ''))
      .filter((name) => name !== '');
  const wanted = names(attributes);
  return wanted.length > 0 ? wanted.some((name) => name.startsWith('members')) : names(excludedAttributes).every((name) => name !== 'members');
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
  if (typeof key !== 'string' && typeof key !== 'boolean') return '';
  return (place?.sub ?? place?.attribute)?.caseExact === true ? String(key) : String(key).toLowerCase();
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
