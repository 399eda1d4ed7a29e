import { Injectable } from '@nestjs/common';
import { defaultOverlap, endOfOverlap, futureTime, overlapWithin } from '../../access/principal/key-terms.js';
import { serviceKeyFormat } from '../../access/principal/key-token.js';
import { Clock } from '../../common/clock.js';
import { timeOrderedId } from '../../common/crypto/time-ordered-id.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { PlatformDb } from '../../database/platform-db.js';
import type { ServiceKey } from '../../generated/prisma/client.js';
import {
  toServiceKeyDto,
  type CreateServiceKeyDto,
  type ListServiceKeysQuery,
  type RotateServiceKeyDto,
  type ServiceKeyDto,
  type ServiceKeySecretDto,
  type UpdateServiceKeyDto,
} from './service-keys.dto.js';
import { ServiceKeyNotFoundError } from './service-keys.errors.js';

const noPrevious = { previousHash: null, previousExpiresAt: null } as const;

/**
 * Manages the service keys of the installation, for operators. It uses the platform's client: the keys belong to no organization. A change that
 * takes something from a key waits for the writes that the key has begun, in the database.
 */
@Injectable()
export class ServiceKeysService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  async listServiceKeys(request: ListServiceKeysQuery): Promise<Page<ServiceKeyDto>> {
    const page = await this.pages.list(request, {
      scope: 'service-keys',
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.serviceKey.findMany({ where, orderBy, take }),
      count: () => this.platform.serviceKey.count(),
    });
    return mapPage(page, (row) => this.#describe(row));
  }

  /** @throws {ServiceKeyNotFoundError} */
  async getServiceKey(id: string): Promise<ServiceKeyDto> {
    return this.#describe(await this.platform.serviceKey.findUnique({ where: { id } }));
  }

  /** Returns the names of those of the keys that exist, by their ids: the organizations whose usage a key reports see its name. */
  async findNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const keys = await this.platform.serviceKey.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
    return new Map(keys.map(({ id, name }) => [id, name]));
  }

  /**
   * @param operatorId undefined for the command line
   * @throws {ExpiryInThePastError}
   */
  async createServiceKey(operatorId: string | undefined, { expiresAt, ...wanted }: CreateServiceKeyDto): Promise<ServiceKeySecretDto> {
    const id = timeOrderedId(this.clock.now());
    const secret = serviceKeyFormat.newKey(id);
    const expiry = futureTime(expiresAt, this.clock.now()) ?? null;
    const data = { id, ...wanted, ...serviceKeyFormat.secretColumns(secret), expiresAt: expiry, createdById: operatorId ?? null };
    return { ...this.#describe(await this.platform.serviceKey.create({ data })), key: secret };
  }

  /** @throws {ServiceKeyNotFoundError | ExpiryInThePastError} */
  async updateServiceKey(id: string, { expiresAt, ...changes }: UpdateServiceKeyDto): Promise<ServiceKeyDto> {
    const expiry = futureTime(expiresAt, this.clock.now());
    return this.platform.$transaction(async (tx) => {
      const key = await tx.serviceKey.findUnique({ where: { id } });
      if (key === null) throw new ServiceKeyNotFoundError();
      const data = { ...changes, ...(expiry === undefined ? {} : { expiresAt: expiry, ...overlapWithin(key, expiry) }) };
      const [updated = null] = await tx.serviceKey.updateManyAndReturn({ where: { id }, data });
      return this.#describe(updated);
    });
  }

  /**
   * Replaces the secret of a key. The previous secret works during the overlap, at most until the key's expiry. A secret from an
   * earlier rotation stops working.
   *
   * @throws {ServiceKeyNotFoundError | ExpiryInThePastError}
   */
  async rotateServiceKey(id: string, { overlapSeconds = defaultOverlap, expiresAt }: RotateServiceKeyDto): Promise<ServiceKeySecretDto> {
    const secret = serviceKeyFormat.newKey(id);
    const expiry = futureTime(expiresAt, this.clock.now());
    return this.platform.$transaction(async (tx) => {
      // Of two rotations at once the second one must see the secret of the first one as the previous one.
      await tx.$queryRaw`select id from service_keys where id = ${id}::uuid for update`;
      const key = await tx.serviceKey.findUnique({ where: { id } });
      if (key === null) throw new ServiceKeyNotFoundError();
      const ends = endOfOverlap(this.clock.now(), overlapSeconds, key, expiry);
      const previous = overlapSeconds > 0 ? { previousHash: key.tokenHash, previousExpiresAt: ends } : noPrevious;
      const data = { ...serviceKeyFormat.secretColumns(secret), ...previous, ...(expiry === undefined ? {} : { expiresAt: expiry }) };
      const [rotated = null] = await tx.serviceKey.updateManyAndReturn({ where: { id }, data });
      return { ...this.#describe(rotated), key: secret };
    });
  }

  /** Deletes the key. It stops working immediately on every replica. @throws {ServiceKeyNotFoundError} */
  async revokeServiceKey(id: string): Promise<void> {
    const { count } = await this.platform.serviceKey.deleteMany({ where: { id } });
    if (count === 0) throw new ServiceKeyNotFoundError();
  }

  /** @throws {ServiceKeyNotFoundError} when there is no key */
  #describe(row: ServiceKey | null): ServiceKeyDto {
    if (row === null) throw new ServiceKeyNotFoundError();
    return toServiceKeyDto(row, this.clock.now());
  }
}
