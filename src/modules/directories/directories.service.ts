import { Injectable } from '@nestjs/common';
import { futureTime } from '../../access/principal/key-terms.js';
import { directoryTokenFormat } from '../../access/principal/key-token.js';
import { Clock } from '../../common/clock.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { TenantDb } from '../../database/tenant-db.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { changedFields, SecurityNoticesService } from '../mail/security-notices.service.js';
import { MembershipsService } from '../members/memberships.service.js';
import {
  toDirectoryDto,
  toDirectoryTokenDto,
  toDirectoryUserDto,
  type CreateDirectoryDto,
  type CreateDirectoryTokenDto,
  type DirectoryDto,
  type DirectoryTokenSecretDto,
  type DirectoryUserDto,
  type ListDirectoriesQuery,
  type ListDirectoryUsersQuery,
  type UpdateDirectoryDto,
} from './directories.dto.js';
import { ScimReadsService } from './scim/scim-reads.service.js';
import { ScimStoreService } from './scim/scim-store.service.js';
import { DirectoryNameTakenError, TooManyDirectoriesError, TooManyDirectoryTokensError } from './directories.errors.js';

const maxDirectories = 20;
const maxTokens = 2;
const withTokens = { tokens: true } as const;

/** Manages the directories of an organization and their tokens, and shows the administrator what they have provisioned. */
@Injectable()
export class DirectoriesService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly catalog: Catalog,
    private readonly pages: Pages,
    private readonly memberships: MembershipsService,
    private readonly store: ScimStoreService,
    private readonly reads: ScimReadsService,
    private readonly notices: SecurityNoticesService,
    private readonly clock: Clock,
  ) {}

  async listDirectories(request: ListDirectoriesQuery): Promise<Page<DirectoryDto>> {
    const page = await this.pages.list(request, {
      scope: `directories ${this.context.organizationId}`,
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.db.directory.findMany({ where, orderBy, take, include: withTokens }),
      count: () => this.db.directory.count(),
    });
    return mapPage(page, (row) => toDirectoryDto(row, this.reads.baseUrl));
  }

  /** @throws {NotFoundError} */
  async getDirectory(id: string): Promise<DirectoryDto> {
    const directory = await this.db.directory.findFirst({ where: { id }, include: withTokens });
    if (directory === null) throw new NotFoundError();
    return toDirectoryDto(directory, this.reads.baseUrl);
  }

  /** @throws {UnknownRoleError | RoleTooHighError | DirectoryNameTakenError | TooManyDirectoriesError} */
  async createDirectory(actorId: string, { name, role = this.catalog.defaultRole }: CreateDirectoryDto): Promise<DirectoryDto> {
    const id = await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      this.memberships.assertMayGrantRole(actor, role, '/role');
      if ((await tx.directory.count()) >= maxDirectories) throw new TooManyDirectoriesError(maxDirectories);
      const [directory] = await withUniqueName(tx.directory.createManyAndReturn({ data: { name, role, grantedById: actorId }, select: { id: true } }));
      if (directory === undefined) throw new NotFoundError();
      return directory.id;
    });
    return this.getDirectory(id);
  }

  /** A change of the role, or of `enabled`, makes the actor the granter. @throws {NotFoundError | UnknownRoleError | RoleTooHighError | DirectoryNameTakenError} */
  async updateDirectory(actorId: string, id: string, { name, role, enabled }: UpdateDirectoryDto): Promise<DirectoryDto> {
    await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const directory = await tx.directory.findFirst({ where: { id } });
      if (directory === null) throw new NotFoundError();
      const grants = role !== undefined || enabled === true;
      if (grants) this.memberships.assertMayGrantRole(actor, role ?? directory.role, '/role');
      const data = { ...(name === undefined ? {} : { name }), ...(role === undefined ? {} : { role }), ...(enabled === undefined ? {} : { enabled }) };
      await withUniqueName(tx.directory.updateMany({ where: { id }, data: { ...data, ...(grants ? { grantedById: actorId } : {}) } }));
      const given = { role: role ?? directory.role, enabled: enabled ?? directory.enabled };
      const fields = changedFields({ role: directory.role, enabled: directory.enabled }, given);
      // A disabled directory gives nobody anything.
      if (given.enabled && fields.length > 0)
        await this.notices.announce(tx, { userId: actorId, setupLink: null }, { change: 'directory_changed', directory: name ?? directory.name, fields });
    });
    return this.getDirectory(id);
  }

  /** Deletes a directory with its users, groups and mappings. The memberships stay, as if they had been given by hand. @throws {NotFoundError} */
  async deleteDirectory(id: string): Promise<void> {
    const { count } = await this.db.directory.deleteMany({ where: { id } });
    if (count === 0) throw new NotFoundError();
  }

  /** Makes a token. Two are valid at a time, so that one can replace the other without an interruption. @throws {NotFoundError | TooManyDirectoryTokensError | ExpiryInThePastError} */
  async createDirectoryToken(actorId: string, directoryId: string, { expiresAt }: CreateDirectoryTokenDto): Promise<DirectoryTokenSecretDto> {
    const token = directoryTokenFormat.newKey(this.context.organizationId);
    const now = this.clock.now();
    const expiry = futureTime(expiresAt, now) ?? null;
    return this.memberships.withMembershipLock(actorId, async (tx) => {
      const directory = await tx.directory.findFirst({ where: { id: directoryId }, select: { name: true } });
      if (directory === null) throw new NotFoundError();
      if ((await tx.directoryToken.count({ where: { directoryId, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] } })) >= maxTokens) throw new TooManyDirectoryTokensError();
      await tx.directoryToken.deleteMany({ where: { directoryId, expiresAt: { lte: now } } });
      const data = { directoryId, ...directoryTokenFormat.secretColumns(token), expiresAt: expiry, createdById: actorId };
      const [row] = await tx.directoryToken.createManyAndReturn({ data });
      if (row === undefined) throw new NotFoundError();
      await this.notices.announce(tx, { userId: actorId, setupLink: null }, { change: 'directory_token', directory: directory.name });
      return { ...toDirectoryTokenDto(row), token };
    });
  }

  /** Revokes a token. It stops working immediately on every replica. @throws {NotFoundError} */
  async revokeDirectoryToken(directoryId: string, id: string): Promise<void> {
    const { count } = await this.db.directoryToken.deleteMany({ where: { directoryId, id } });
    if (count === 0) throw new NotFoundError();
  }

  /** @throws {NotFoundError} */
  async listDirectoryUsers(directoryId: string, request: ListDirectoryUsersQuery): Promise<Page<DirectoryUserDto>> {
    await this.#assertExists(directoryId);
    const { state } = request;
    const isMember = { user: { memberships: { some: { organizationId: this.context.organizationId } } } };
    const ofState = { member: { active: true, ...isMember }, inactive: { active: false }, pending: { active: true, NOT: isMember } };
    const filter = { directoryId, deletedAt: null, ...(state === undefined ? {} : ofState[state]) };
    const page = await this.pages.list(request, {
      scope: `directory users ${this.context.organizationId} ${directoryId}`,
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.db.directoryUser.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.directoryUser.count({ where: filter }),
    });
    const members = await this.#membersAmong(page.data);
    return mapPage(page, (user) => toDirectoryUserDto(user, members.has(user.userId)));
  }

  /** @throws {NotFoundError | AddressOutsideDomainsError | NoSeatLeftError} */
  async retryDirectoryUser(directoryId: string, id: string): Promise<DirectoryUserDto> {
    const user = await this.store.retryUser(this.context.organizationId, directoryId, id);
    return toDirectoryUserDto(user, (await this.#membersAmong([user])).has(user.userId));
  }

  async #membersAmong(users: readonly { readonly userId: string | null }[]): Promise<ReadonlySet<string | null>> {
    const members = await this.db.membership.findMany({ where: { userId: { in: users.flatMap(({ userId }) => userId ?? []) } }, select: { userId: true } });
    return new Set(members.map(({ userId }) => userId));
  }

  async #assertExists(id: string): Promise<void> {
    if ((await this.db.directory.findFirst({ where: { id }, select: { id: true } })) === null) throw new NotFoundError();
  }
}

async function withUniqueName<Result>(write: PromiseLike<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error, 'name')) throw new DirectoryNameTakenError();
    throw error;
  }
}
