import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { defaultOverlap, endOfOverlap, futureTime, overlapWithin } from '../../access/principal/key-terms.js';
import { apiKeyFormat } from '../../access/principal/key-token.js';
import { beyondCeiling } from '../../access/permission-ceiling.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { AddressList } from '../../common/http/addresses/address-list.js';
import { Pages, type Page } from '../../common/http/pages/page.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { ApiKey, Prisma } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { MemberCeilingsService, type CeilingTables } from '../members/member-ceilings.service.js';
import type { MemberPermissions } from '../members/members.policy.js';
import { MembershipsService } from '../members/memberships.service.js';
import {
  granterOf,
  toApiKeyDto,
  type ApiKeyDto,
  type ApiKeySecretDto,
  type CreateApiKeyDto,
  type ListApiKeysQuery,
  type RotateApiKeyDto,
  type UpdateApiKeyDto,
} from './api-keys.dto.js';
import { OwnKeysOnlyError, PermissionNotForKeysError, PersonalKeyError, RotationRequiredError, UnknownKeyPermissionError } from './api-keys.errors.js';

/** The caller, with the permissions that decide which keys they can see and change. */
export interface CallingMember {
  readonly userId: string;
  readonly permissions: ReadonlySet<string>;
}

/**
 * Manages the API keys of an organization. Every change takes the organization's lock and reads the actor's current
 * permissions: a key cannot get permissions that the actor does not hold, and none that manage access. Only the owner of a
 * personal key receives its secret. The granter of a key is always the member who received its secret: it has no other authority.
 */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly catalog: Catalog,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly ceilings: MemberCeilingsService,
    private readonly clock: Clock,
  ) {}

  async listApiKeys(caller: CallingMember, request: ListApiKeysQuery): Promise<Page<ApiKeyDto>> {
    const { status, needsReview, grantedById } = request;
    const now = this.clock.now();
    const filter = {
      AND: [
        visibleTo(caller),
        status === undefined ? {} : inState(status, now),
        grantedById === undefined ? {} : grantedBy(grantedById),
        needsReview === undefined ? {} : await this.#needingReview(needsReview),
      ],
    };
    const page = await this.pages.list(request, {
      scope: `api-keys ${this.context.organizationId} ${caller.userId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.apiKey.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.apiKey.count({ where: filter }),
    });
    return { ...page, data: await this.#describe(this.db, page.data) };
  }

  /** @throws {NotFoundError} */
  async getApiKey(caller: CallingMember, id: string): Promise<ApiKeyDto> {
    const key = await this.db.apiKey.findFirst({ where: { AND: [{ id }, visibleTo(caller)] } });
    return this.#describeOne(this.db, key ?? undefined);
  }

  /** @throws {OwnKeysOnlyError | RoleTooHighError | UnknownKeyPermissionError | PermissionNotForKeysError | ExpiryInThePastError} */
  async createApiKey(caller: CallingMember, { belongsTo = 'organization', expiresAt, ...wanted }: CreateApiKeyDto): Promise<ApiKeySecretDto> {
    if (belongsTo === 'organization' && !caller.permissions.has('api_keys:write')) throw new OwnKeysOnlyError();
    this.#assertGrantable(wanted.permissions);
    const secret = apiKeyFormat.newKey(this.context.organizationId);
    const { userId } = caller;
    return this.memberships.withMembershipLock(userId, async (tx, actor) => {
      this.memberships.assertWithinCeiling(actor, wanted);
      const expiry = futureTime(expiresAt, this.clock.now()) ?? null;
      const owner = belongsTo === 'me' ? userId : null;
      const data = { ...wanted, ...apiKeyFormat.secretColumns(secret), expiresAt: expiry, ownerId: owner, createdById: userId, grantedById: userId };
      const [key] = await tx.apiKey.createManyAndReturn({ data });
      return { ...(await this.#describeOne(tx, key)), key: secret };
    });
  }

  /**
   * Updates a key. Only the member who received its secret can widen it; a previous secret of another member then ends.
   *
   * @throws {NotFoundError | PersonalKeyError | RotationRequiredError | RoleTooHighError | UnknownKeyPermissionError | PermissionNotForKeysError | ExpiryInThePastError}
   */
  async updateApiKey(caller: CallingMember, id: string, { expiresAt, ...changes }: UpdateApiKeyDto): Promise<ApiKeyDto> {
    this.#assertGrantable(changes.permissions ?? []);
    return this.#change(caller, id, async (tx, actor, key) => {
      if (!onlyDisables(expiresAt, changes)) {
        assertOwner(actor, key);
        this.memberships.assertWithinCeiling(actor, { permissions: [...key.permissions, ...(changes.permissions ?? [])] });
      }
      const expiry = futureTime(expiresAt, this.clock.now());
      const wider = widens(key, changes, expiry);
      if (wider && granterOf(key) !== actor.userId) throw new RotationRequiredError();
      const previous = wider && key.previousHash !== null && key.previousGrantedById !== actor.userId ? noPrevious : {};
      const data = { ...changes, ...(expiry === undefined ? {} : { expiresAt: expiry, ...overlapWithin(key, expiry) }), ...previous };
      const [updated] = await tx.apiKey.updateManyAndReturn({ where: { id }, data });
      return this.#describeOne(tx, updated);
    });
  }

  /**
   * Replaces the secret of a key. The previous secret works during the overlap, at most until the key's expiry, and keeps
   * its granter. A secret from an earlier rotation stops working.
   *
   * @throws {NotFoundError | PersonalKeyError | RoleTooHighError | ExpiryInThePastError}
   */
  async rotateApiKey(caller: CallingMember, id: string, { overlapSeconds = defaultOverlap, expiresAt }: RotateApiKeyDto): Promise<ApiKeySecretDto> {
    const secret = apiKeyFormat.newKey(this.context.organizationId);
    return this.#change(caller, id, async (tx, actor, key) => {
      assertOwner(actor, key);
      this.memberships.assertWithinCeiling(actor, key);
      const expiry = futureTime(expiresAt, this.clock.now());
      const ends = endOfOverlap(this.clock.now(), overlapSeconds, key, expiry);
      const previous = overlapSeconds > 0 ? { previousHash: key.tokenHash, previousExpiresAt: ends, previousGrantedById: key.grantedById } : noPrevious;
      const data = { ...apiKeyFormat.secretColumns(secret), ...previous, grantedById: actor.userId, ...(expiry === undefined ? {} : { expiresAt: expiry }) };
      const [rotated] = await tx.apiKey.updateManyAndReturn({ where: { id }, data });
      return { ...(await this.#describeOne(tx, rotated)), key: secret };
    });
  }

  /** Deletes the key. It stops working immediately on every replica. @throws {NotFoundError} */
  async revokeApiKey(caller: CallingMember, id: string): Promise<void> {
    const { count } = await this.db.apiKey.deleteMany({ where: { AND: [{ id }, changeableBy(caller)] } });
    if (count === 0) throw new NotFoundError();
  }

  async #change<Result>(caller: CallingMember, id: string, change: (tx: TenantTransaction, actor: MemberPermissions, key: ApiKey) => Promise<Result>): Promise<Result> {
    return this.memberships.withMembershipLock(caller.userId, async (tx, actor) => {
      const key = await tx.apiKey.findFirst({ where: { AND: [{ id }, changeableBy(caller)] } });
      if (key === null) throw new NotFoundError();
      return change(tx, actor, key);
    });
  }

  /** @throws {NotFoundError} when there is no key */
  async #describeOne(db: CeilingTables, key: ApiKey | undefined): Promise<ApiKeyDto> {
    const [described] = await this.#describe(db, key === undefined ? [] : [key]);
    if (described === undefined) throw new NotFoundError();
    return described;
  }

  async #describe(db: CeilingTables, keys: readonly ApiKey[]): Promise<ApiKeyDto[]> {
    const ofOrganization = keys.filter(({ ownerId }) => ownerId === null);
    const granters = ofOrganization.flatMap((key) => granterOf(key) ?? []);
    const ceilings = await this.ceilings.readCeilings(db, granters);
    const withheldOf = (key: ApiKey): string[] => (key.ownerId === null ? beyondCeiling(ceilings.get(granterOf(key) ?? ''), { permissions: this.#usable(key.permissions) }) : []);
    return keys.map((key) => toApiKeyDto(key, this.clock.now(), withheldOf(key)));
  }

  /** Matches the keys of the organization that have a permission which their granter no longer holds, or all other keys. */
  async #needingReview(needed: boolean): Promise<Prisma.ApiKeyWhereInput> {
    const granted = await this.db.apiKey.findMany({
      where: { ownerId: null },
      distinct: ['grantedById', 'createdById'],
      select: { ownerId: true, grantedById: true, createdById: true },
    });
    const granters = [...new Set(granted.flatMap((key) => granterOf(key) ?? []))];
    const ceilings = await this.ceilings.readCeilings(this.db, granters);
    const all = this.#usable(this.catalog.permissions.keys());
    const matching = (granter: Prisma.ApiKeyWhereInput, beyond: string[]): Prisma.ApiKeyWhereInput => {
      const exceeds = { permissions: { hasSome: beyond } };
      return { AND: [{ ownerId: null }, granter, needed ? exceeds : { NOT: exceeds }] };
    };
    const ofGranters = granters.map((granter) => matching(grantedBy(granter), beyondCeiling(ceilings.get(granter), { permissions: all })));
    const withoutGranter = matching({ grantedById: null, createdById: null }, all);
    return { OR: [...ofGranters, withoutGranter, ...(needed ? [] : [{ ownerId: { not: null } }])] };
  }

  /** Permissions that the catalog no longer defines, or no longer allows for keys, have no effect in any case. */
  #usable(permissions: Iterable<string>): string[] {
    return [...permissions].filter((permission) => this.catalog.permissions.get(permission)?.grantableToKeys === true);
  }

  #assertGrantable(permissions: readonly string[]): void {
    for (const permission of permissions) {
      const known = this.catalog.permissions.get(permission);
      if (known === undefined) throw new UnknownKeyPermissionError(permission);
      if (!known.grantableToKeys) throw new PermissionNotForKeysError(permission);
    }
  }
}

const grantedBy = (userId: string): Prisma.ApiKeyWhereInput => ({ OR: [{ grantedById: userId }, { grantedById: null, createdById: userId }] });
const ownedBy = ({ userId }: CallingMember): Prisma.ApiKeyWhereInput => ({ ownerId: userId });
const visibleTo = (caller: CallingMember): Prisma.ApiKeyWhereInput => (caller.permissions.has('api_keys:read') ? {} : ownedBy(caller));
const changeableBy = (caller: CallingMember): Prisma.ApiKeyWhereInput => (caller.permissions.has('api_keys:write') ? {} : ownedBy(caller));

function inState(status: ApiKeyDto['status'], now: Date): Prisma.ApiKeyWhereInput {
  if (status === 'disabled') return { enabled: false };
  return status === 'expired' ? { enabled: true, expiresAt: { lte: now } } : { enabled: true, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
}

const noPrevious = { previousHash: null, previousExpiresAt: null, previousGrantedById: null } as const;

/** Whether a change lets the key do more, be used from more addresses, more often or for longer. */
function widens(key: ApiKey, { permissions = [], allowedIps, rateLimit }: Omit<UpdateApiKeyDto, 'expiresAt'>, expiry: Date | null | undefined): boolean {
  const reachable = new AddressList(key.allowedIps);
  return (
    permissions.some((permission) => !key.permissions.includes(permission)) ||
    (allowedIps !== undefined && key.allowedIps.length > 0 && (allowedIps.length === 0 || !allowedIps.every((range) => reachable.includes(range)))) ||
    raises(key.expiresAt, expiry) ||
    raises(key.rateLimit, rateLimit)
  );
}

/** Whether a limit is raised or removed. Null is no limit; undefined leaves it unchanged. */
const raises = <Limit extends number | Date>(limit: Limit | null, wanted: Limit | null | undefined): boolean =>
  limit !== null && wanted !== undefined && (wanted === null || wanted > limit);

/** Another member's personal key, and a key that exceeds the actor's permissions, can only be disabled. Every other change could give it to the actor. */
const onlyDisables = (expiresAt: string | null | undefined, changes: Omit<UpdateApiKeyDto, 'expiresAt'>): boolean =>
  changes.enabled === false && expiresAt === undefined && Object.keys(changes).length === 1;

/** @throws {PersonalKeyError} */
function assertOwner({ userId }: MemberPermissions, { ownerId }: ApiKey): void {
  if (ownerId !== null && ownerId !== userId) throw new PersonalKeyError();
}
