import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { apiKeyPrefix, hashApiKey, newApiKey } from '../../access/principal/api-key-token.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/page.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { ApiKey, Prisma } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { MembershipsService } from '../members/memberships.service.js';
import { toApiKeyDto, type ApiKeyDto, type ApiKeySecretDto, type CreateApiKeyDto, type ListApiKeysQuery, type RotateApiKeyDto, type UpdateApiKeyDto } from './api-keys.dto.js';
import { ExpiryInThePastError, OwnKeysOnlyError, PermissionNotForKeysError, UnknownKeyPermissionError } from './api-keys.errors.js';

const defaultOverlap = 24 * 3600;

/** The caller, with the permissions that decide which keys they can see and change. */
export interface KeyManager {
  readonly userId: string;
  readonly permissions: ReadonlySet<string>;
}

/**
 * Manages the API keys of an organization. Every change takes the organization's lock and reads the actor's current
 * permissions: a key cannot get permissions that the actor does not hold, and none that manage access.
 */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly catalog: Catalog,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly clock: Clock,
  ) {}

  async listApiKeys(manager: KeyManager, { status, ...request }: ListApiKeysQuery): Promise<Page<ApiKeyDto>> {
    const now = this.clock.now();
    const filter = { AND: [visibleTo(manager), status === undefined ? {} : inState(status, now)] };
    const page = await this.pages.list(request, {
      scope: `api-keys ${this.context.organizationId} ${manager.userId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.apiKey.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.apiKey.count({ where: filter }),
    });
    return mapPage(page, (row) => toApiKeyDto(row, now));
  }

  /** @throws {NotFoundError} */
  async getApiKey(manager: KeyManager, id: string): Promise<ApiKeyDto> {
    const key = await this.db.apiKey.findFirst({ where: { AND: [{ id }, visibleTo(manager)] } });
    if (key === null) throw new NotFoundError();
    return toApiKeyDto(key, this.clock.now());
  }

  /** @throws {OwnKeysOnlyError | RoleTooHighError | UnknownKeyPermissionError | PermissionNotForKeysError | ExpiryInThePastError} */
  async createApiKey(manager: KeyManager, { belongsTo = 'organization', expiresAt, ...wanted }: CreateApiKeyDto): Promise<ApiKeySecretDto> {
    if (belongsTo === 'organization' && !manager.permissions.has('api_keys:write')) throw new OwnKeysOnlyError();
    this.#assertGrantable(wanted.permissions);
    const secret = newApiKey(this.context.organizationId);
    const owner = belongsTo === 'me' ? manager.userId : null;
    return this.memberships.withMembershipLock(manager.userId, async (tx, actor) => {
      this.memberships.assertWithinCeiling(actor, wanted);
      const data = { ...wanted, ...secretColumns(secret), expiresAt: futureTime(expiresAt, this.clock.now()) ?? null, ownerId: owner, createdById: manager.userId };
      const [key] = await tx.apiKey.createManyAndReturn({ data });
      if (key === undefined) throw new NotFoundError();
      return { ...toApiKeyDto(key, this.clock.now()), key: secret };
    });
  }

  /** @throws {NotFoundError | RoleTooHighError | UnknownKeyPermissionError | PermissionNotForKeysError | ExpiryInThePastError} */
  async updateApiKey(manager: KeyManager, id: string, { expiresAt, ...changes }: UpdateApiKeyDto): Promise<ApiKeyDto> {
    this.#assertGrantable(changes.permissions ?? []);
    return this.#change(manager, id, async (tx, actor, key) => {
      const affected = onlyDisables(expiresAt, changes) ? [] : [...key.permissions, ...(changes.permissions ?? [])];
      this.memberships.assertWithinCeiling(actor, { permissions: affected });
      const expiry = futureTime(expiresAt, this.clock.now());
      const data = { ...changes, ...(expiry === undefined ? {} : { expiresAt: expiry, ...overlapWithin(key, expiry) }) };
      const [updated] = await tx.apiKey.updateManyAndReturn({ where: { id }, data });
      if (updated === undefined) throw new NotFoundError();
      return toApiKeyDto(updated, this.clock.now());
    });
  }

  /**
   * Replaces the secret of a key. The previous secret works during the overlap, at most until the key's expiry. A secret
   * from an earlier rotation stops working.
   *
   * @throws {NotFoundError | RoleTooHighError | ExpiryInThePastError}
   */
  async rotateApiKey(manager: KeyManager, id: string, { overlapSeconds = defaultOverlap, expiresAt }: RotateApiKeyDto): Promise<ApiKeySecretDto> {
    const secret = newApiKey(this.context.organizationId);
    return this.#change(manager, id, async (tx, actor, key) => {
      this.memberships.assertWithinCeiling(actor, key);
      const expiry = futureTime(expiresAt, this.clock.now());
      const ends = new Date(Math.min(this.clock.now().getTime() + 1000 * overlapSeconds, key.expiresAt?.getTime() ?? Infinity, (expiry ?? null)?.getTime() ?? Infinity));
      const previous = overlapSeconds > 0 ? { previousHash: key.tokenHash, previousExpiresAt: ends } : { previousHash: null, previousExpiresAt: null };
      const data = { ...secretColumns(secret), ...previous, ...(expiry === undefined ? {} : { expiresAt: expiry }) };
      const [rotated] = await tx.apiKey.updateManyAndReturn({ where: { id }, data });
      if (rotated === undefined) throw new NotFoundError();
      return { ...toApiKeyDto(rotated, this.clock.now()), key: secret };
    });
  }

  /** Deletes the key. It stops working immediately on every replica. @throws {NotFoundError} */
  async revokeApiKey(manager: KeyManager, id: string): Promise<void> {
    const { count } = await this.db.apiKey.deleteMany({ where: { AND: [{ id }, changeableBy(manager)] } });
    if (count === 0) throw new NotFoundError();
  }

  async #change<Result>(
    manager: KeyManager,
    id: string,
    change: (tx: TenantTransaction, actor: Parameters<MembershipsService['assertWithinCeiling']>[0], key: ApiKey) => Promise<Result>,
  ): Promise<Result> {
    return this.memberships.withMembershipLock(manager.userId, async (tx, actor) => {
      const key = await tx.apiKey.findFirst({ where: { AND: [{ id }, changeableBy(manager)] } });
      if (key === null) throw new NotFoundError();
      return change(tx, actor, key);
    });
  }

  #assertGrantable(permissions: readonly string[]): void {
    for (const permission of permissions) {
      const known = this.catalog.permissions.get(permission);
      if (known === undefined) throw new UnknownKeyPermissionError(permission);
      if (!known.grantableToKeys) throw new PermissionNotForKeysError(permission);
    }
  }
}

const ownedBy = ({ userId }: KeyManager): Prisma.ApiKeyWhereInput => ({ ownerId: userId });
const visibleTo = (manager: KeyManager): Prisma.ApiKeyWhereInput => (manager.permissions.has('api_keys:read') ? {} : ownedBy(manager));
const changeableBy = (manager: KeyManager): Prisma.ApiKeyWhereInput => (manager.permissions.has('api_keys:write') ? {} : ownedBy(manager));

function inState(status: ApiKeyDto['status'], now: Date): Prisma.ApiKeyWhereInput {
  if (status === 'disabled') return { enabled: false };
  return status === 'expired' ? { enabled: true, expiresAt: { lte: now } } : { enabled: true, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
}

const secretColumns = (secret: string): { tokenHash: Uint8Array<ArrayBuffer>; hint: string } => ({ tokenHash: hashApiKey(secret), hint: `${apiKeyPrefix}…${secret.slice(-4)}` });

/** A key that exceeds the actor's permissions can only be disabled. Every other change could give it to the actor. */
const onlyDisables = (expiresAt: string | null | undefined, changes: Omit<UpdateApiKeyDto, 'expiresAt'>): boolean =>
  changes.enabled === false && expiresAt === undefined && Object.keys(changes).length === 1;

/** @throws {ExpiryInThePastError} */
function futureTime(text: string | null | undefined, now: Date): Date | null | undefined {
  if (text === undefined || text === null) return text;
  const time = new Date(text);
  if (time <= now) throw new ExpiryInThePastError();
  return time;
}

/** Ends the overlap of the previous secret when the key expires earlier. */
function overlapWithin({ previousExpiresAt }: ApiKey, expiry: Date | null): { previousExpiresAt?: Date } {
  return previousExpiresAt !== null && expiry !== null && previousExpiresAt > expiry ? { previousExpiresAt: expiry } : {};
}
