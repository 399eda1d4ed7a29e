import { Injectable } from '@nestjs/common';
import type { DirectoryPrincipal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { emailAddressOf, emailDomainOf } from '../../../common/text/internet-names.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { isUniqueViolation } from '../../../database/database-errors.js';
import type { Directory, DirectoryUser, Prisma, User } from '../../../generated/prisma/client.js';
import { MailboxesService } from '../../auth/accounts/mailboxes.service.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { AdmissionService } from '../../members/admission.service.js';
import type { PendingReason } from '../directories.dto.js';
import { DirectoryAccessService, timeout } from './directory-access.service.js';
import { ScimError } from './scim-error.js';
import { assertVersion } from './scim-etag.js';
import { validId } from './scim-id.js';
import { patchResource, readResource, type Resource } from './scim-resource.js';
import { groupType, userType } from './scim-schema.js';

/** A group with the ids and names of its users. */
export interface StoredGroup {
  readonly id: string;
  readonly displayName: string;
  readonly externalId: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly members: readonly { readonly directoryUserId: string; readonly directoryUser: { readonly attributes: Prisma.JsonValue; readonly userName: string | null } }[];
}

/** The change of a resource: computes its new form from the present one. */
type Change = (before: Resource) => Resource;

const attempts = 20;
/** Characters of the names and ids that have an index: PostgreSQL limits its entries to 2,700 bytes. */
const maxIndexed = 500;
/** Characters of a user in JSON, so that many changes do not make one that no answer can have. */
const maxResource = 100_000;

/** The address of a resource must be locked first, and was another one when the transaction began. */
class AddressChangedError extends Error {}

/**
 * Writes what a directory sends, and makes members of its users. Everything that a request changes is one transaction of the platform's client, because an
 * account belongs to no organization; each statement names the organization of the directory. The address is locked before the organization.
 */
@Injectable()
export class ScimStoreService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly mailboxes: MailboxesService,
    private readonly admission: AdmissionService,
    private readonly access: DirectoryAccessService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  /** @throws {ScimError | FeatureNotInPlanError | FeatureDisabledError} `uniqueness` when the directory has a user with the name or the externalId */
  async createUser(directory: DirectoryPrincipal, body: unknown): Promise<DirectoryUser> {
    const resource = readResource(userType, body);
    const email = addressIn(resource);
    return this.#write(ofPrincipal(directory), email, async (tx, of) => {
      const { organizationId, id: directoryId } = of;
      await this.access.assertMayProvision(tx, organizationId);
      const externalId = textIn(resource, 'externalId');
      // A user that was deleted comes back by its externalId, and with the same account; never by its address.
      const before = externalId === null ? null : await tx.directoryUser.findFirst({ where: { organizationId, directoryId, externalId, deletedAt: { not: null } } });
      if (before?.userId && (await this.#hasOtherUser(tx, of, before, before.userId)))
        throw new ScimError(409, 'uniqueness', 'The account of this user belongs to another user of a directory of the organization. Delete that user first.');
      const data = { ...columnsOf(resource), deletedAt: null };
      const row =
        before === null
          ? await unique(tx.directoryUser.create({ data: { ...data, organizationId, directoryId } }))
          : await unique(tx.directoryUser.update({ where: { organizationId_id: { organizationId, id: before.id } }, data: { ...data, version: { increment: 1 } } }));
      return this.#provision(tx, of, row, false);
    });
  }

  /** @throws {ScimError} */
  replaceUser(directory: DirectoryPrincipal, id: string, body: unknown, ifMatch: string | undefined): Promise<DirectoryUser> {
    const resource = readResource(userType, body);
    return this.#changeUser(directory, id, () => resource, ifMatch);
  }

  /** @throws {ScimError} */
  patchUser(directory: DirectoryPrincipal, id: string, body: unknown, ifMatch: string | undefined): Promise<DirectoryUser> {
    return this.#changeUser(directory, id, (before) => patchResource(userType, before, body), ifMatch);
  }

  /** Ends the membership. The row stays without attributes, for the case that the directory creates the user again. @throws {ScimError | LastOwnerError} */
  async deleteUser(directory: DirectoryPrincipal, id: string, ifMatch: string | undefined): Promise<void> {
    await this.#write(ofPrincipal(directory), undefined, async (tx, of) => {
      const row = await this.#getUser(tx, of, id);
      assertVersion(ifMatch, row.version);
      const { organizationId } = of;
      await this.#endMembership(tx, of, row);
      await tx.directoryGroup.updateMany({ where: { organizationId, members: { some: { directoryUserId: row.id } } }, data: { version: { increment: 1 } } });
      await tx.directoryGroupMember.deleteMany({ where: { organizationId, directoryUserId: row.id } });
      const emptied = { userName: null, email: null, attributes: {}, active: false, pendingReason: null, deletedAt: this.clock.now(), version: { increment: 1 } };
      // Without an externalId and an account there is nothing to find again.
      if (row.externalId === null || row.userId === null) await tx.directoryUser.deleteMany({ where: { organizationId, id: row.id } });
      else await tx.directoryUser.updateMany({ where: { organizationId, id: row.id }, data: emptied });
    });
  }

  /** Tries again to make an active user a member who is not one. @throws {NotFoundError | AddressOutsideDomainsError | NoSeatLeftError} */
  async retryUser(organizationId: string, directoryId: string, id: string): Promise<DirectoryUser> {
    const known = await this.platform.directoryUser.findFirst({ where: { organizationId, directoryId, id, deletedAt: null } });
    if (known === null) throw new NotFoundError();
    try {
      return await this.#write({ directoryId, organizationId }, known.active ? known.email : undefined, async (tx, of) =>
        this.#provision(tx, of, await this.#getUser(tx, of, id), false),
      );
    } catch (error) {
      if (error instanceof ScimError) throw new NotFoundError();
      throw error;
    }
  }

  async #changeUser(directory: DirectoryPrincipal, id: string, change: Change, ifMatch: string | undefined): Promise<DirectoryUser> {
    const { organizationId } = directory.membership;
    for (let attempt = 1; ; attempt += 1) {
      const known = await this.platform.directoryUser.findFirst({ where: { organizationId, directoryId: directory.directoryId, id: validId(id), deletedAt: null } });
      if (known === null) throw ScimError.notFound(id);
      const after = change(storedUser(known));
      const email = addressIn(after);
      // Only a user who becomes a member needs the lock of the address.
      const locked = after['active'] !== false && (known.pendingReason !== null || !known.active) ? email : undefined;
      try {
        return await this.#write(ofPrincipal(directory), locked, async (tx, of) => {
          const row = await this.#getUser(tx, of, id);
          assertVersion(ifMatch, row.version);
          if (row.version !== known.version) throw new AddressChangedError('The user has changed.');
          const changed = await unique(
            tx.directoryUser.update({
              where: { organizationId_id: { organizationId, id: row.id } },
              data: { ...columnsOf(after), ...(after['active'] === false ? { pendingReason: null } : {}), version: { increment: 1 } },
            }),
          );
          return this.#provision(tx, of, changed, row.active && row.pendingReason === null);
        });
      } catch (error) {
        if (!(error instanceof AddressChangedError)) throw error;
        if (attempt === attempts) throw new ScimError(409, undefined, 'The user is changed by other requests at the same time. Try again.');
      }
    }
  }

  /** Makes the user a member, or ends the membership, as `active` says. @param isProvisioned whether the user was made a member before, and may have been removed by hand */
  async #provision(tx: PlatformTransaction, of: Directory, row: DirectoryUser, isProvisioned: boolean): Promise<DirectoryUser> {
    if (!row.active) {
      await this.#endMembership(tx, of, row);
      return this.#update(tx, row, { pendingReason: null });
    }
    return isProvisioned ? row : this.#admit(tx, of, row);
  }

  async #admit(tx: PlatformTransaction, of: Directory, row: DirectoryUser): Promise<DirectoryUser> {
    const { organizationId, grantedById } = of;
    await this.access.assertMayProvision(tx, organizationId);
    const pending = (pendingReason: PendingReason): Promise<DirectoryUser> => this.#update(tx, row, { pendingReason });
    if (!(await this.admission.mayStillAdmit(tx, { organizationId, invitedById: grantedById, role: of.role }, 'joinPolicy'))) return pending('granter_lost');
    const linked = row.userId === null ? null : await tx.user.findUnique({ where: { id: row.userId } });
    const email = linked?.email ?? row.email;
    if (email === null) return pending('no_address');
    if (!(await this.#provesDomain(tx, organizationId, email))) return pending('domain_not_proved');
    const user = linked ?? (await this.#accountOf(tx, of, row, email));
    if (user === undefined) return pending('account_linked');
    if (user.disabledAt !== null) return pending('account_disabled');
    const { role } = of;
    const joined = await this.admission.admitUser(tx, { organizationId, userId: user.id, email, role, invitedById: grantedById });
    if (joined) {
      await tx.user.updateMany({ where: { id: user.id, defaultOrganizationId: null }, data: { defaultOrganizationId: organizationId } });
      const { name } = await tx.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { name: true } });
      await this.outbox.addMail(tx, { template: 'member-added', to: email, organizationId, data: { name: user.name, organization: name, role } });
    }
    // A role that was given by hand before the directory came is not the directory's to change.
    const admitted = await this.#update(tx, row, { userId: user.id, pendingReason: null, ...(joined ? { givenRole: role } : {}) });
    await this.access.apply(tx, organizationId, of, [row.id]);
    return admitted;
  }

  /** Whether the organization owns the domain of an address, so that every address there is its own. Locked, because the daily check or another organization can end the proof. */
  async #provesDomain(tx: PlatformTransaction, organizationId: string, email: string): Promise<boolean> {
    const domains = await tx.$queryRaw<unknown[]>`
      select id from domains where organization_id = ${organizationId}::uuid and kind = 'email' and name = ${emailDomainOf(email)} and grade = 'ownership' and failing_since is null for share`;
    return domains.length > 0;
  }

  /**
   * Returns the account for a user who was never linked: the one that has verified the address, or a new one.
   *
   * @returns undefined when the account belongs to another user
   */
  async #accountOf(tx: PlatformTransaction, of: Directory, row: DirectoryUser, email: string): Promise<User | undefined> {
    const user = await tx.user.findFirst({ where: { email, emailVerifiedAt: { not: null } } });
    if (user !== null) return (await this.#hasOtherUser(tx, of, row, user.id)) ? undefined : user;
    const { id } = await tx.user.create({ data: { email, name: nameIn(row) } });
    return this.mailboxes.verifyAddress(tx, id, email);
  }

  /** Whether another user has the account: one of any directory of the organization, or one that this directory has deleted and can create again. */
  async #hasOtherUser(tx: PlatformTransaction, { organizationId, id: directoryId }: Directory, { id }: DirectoryUser, userId: string): Promise<boolean> {
    return (await tx.directoryUser.count({ where: { organizationId, userId, id: { not: id }, OR: [{ deletedAt: null }, { directoryId }] } })) > 0;
  }

  /** Ends the membership of a linked user. @throws {LastOwnerError} */
  async #endMembership(tx: PlatformTransaction, { organizationId }: Directory, { id, userId }: DirectoryUser): Promise<void> {
    if (userId === null) return;
    await this.admission.endMembership(tx, organizationId, userId);
    await tx.directoryGrant.deleteMany({ where: { organizationId, directoryUserId: id } });
  }

  /** @throws {ScimError} `uniqueness` when the directory has a group with the name or the externalId */
  async createGroup(directory: DirectoryPrincipal, body: unknown): Promise<string> {
    const resource = readResource(groupType, body);
    return this.#write(ofPrincipal(directory), undefined, async (tx, of) => {
      const { organizationId, id: directoryId } = of;
      await this.access.assertMayProvision(tx, organizationId);
      const { id } = await unique(tx.directoryGroup.create({ data: { ...groupColumns(resource), organizationId, directoryId } }));
      await this.#setMembers(tx, of, id, [], memberIds(resource));
      return id;
    });
  }

  /** @throws {ScimError} */
  async replaceGroup(directory: DirectoryPrincipal, id: string, body: unknown, ifMatch: string | undefined): Promise<void> {
    const resource = readResource(groupType, body);
    await this.#changeGroup(directory, id, () => resource, ifMatch);
  }

  /** @throws {ScimError} */
  async patchGroup(directory: DirectoryPrincipal, id: string, body: unknown, ifMatch: string | undefined): Promise<void> {
    await this.#changeGroup(directory, id, (before) => patchResource(groupType, before, body), ifMatch);
  }

  /** Its members lose what they have only by the group. @throws {ScimError} */
  async deleteGroup(directory: DirectoryPrincipal, id: string, ifMatch: string | undefined): Promise<void> {
    await this.#write(ofPrincipal(directory), undefined, async (tx, of) => {
      const { organizationId } = of;
      const group = await this.#getGroup(tx, of, id);
      assertVersion(ifMatch, group.version);
      await tx.directoryGroup.deleteMany({ where: { organizationId, id: group.id } });
      await this.access.apply(tx, organizationId, of, group.members);
    });
  }

  async #changeGroup(directory: DirectoryPrincipal, id: string, change: Change, ifMatch: string | undefined): Promise<void> {
    await this.#write(ofPrincipal(directory), undefined, async (tx, of) => {
      const { organizationId } = of;
      const group = await this.#getGroup(tx, of, id);
      assertVersion(ifMatch, group.version);
      const { displayName, externalId, members } = group;
      const before = { displayName, ...(externalId === null ? {} : { externalId }), members: members.map((value) => ({ value })) };
      const after = change(before);
      await unique(tx.directoryGroup.update({ where: { organizationId_id: { organizationId, id: group.id } }, data: { ...groupColumns(after), version: { increment: 1 } } }));
      await this.#setMembers(tx, of, group.id, members, memberIds(after));
    });
  }

  async #setMembers(tx: PlatformTransaction, of: Directory, groupId: string, before: readonly string[], after: readonly string[]): Promise<void> {
    const { organizationId, id: directoryId } = of;
    const [was, is] = [new Set(before), new Set(after)];
    const [added, removed] = [[...is].filter((id) => !was.has(id)), [...was].filter((id) => !is.has(id))];
    if (added.length > 0) {
      await this.access.assertMayProvision(tx, organizationId);
      const known = await tx.directoryUser.findMany({ where: { organizationId, directoryId, deletedAt: null, id: { in: added.map(validId) } }, select: { id: true } });
      const ids = new Set(known.map((each) => each.id));
      const unknown = added.find((id) => !ids.has(id));
      if (unknown !== undefined) throw new ScimError(400, 'invalidValue', `The member ${unknown} is not a user of this directory.`);
      await tx.directoryGroupMember.createMany({ data: added.map((directoryUserId) => ({ organizationId, groupId, directoryUserId })) });
    }
    if (removed.length > 0) await tx.directoryGroupMember.deleteMany({ where: { organizationId, groupId, directoryUserId: { in: removed } } });
    await this.access.apply(tx, organizationId, of, [...added, ...removed]);
  }

  /** Under the lock of the organization, which every write of a directory takes, so that parallel changes of a group run one after another. */
  async #getGroup(
    tx: PlatformTransaction,
    { organizationId, id: directoryId }: Directory,
    id: string,
  ): Promise<{ id: string; displayName: string; externalId: string | null; version: number; members: string[] }> {
    const group = await tx.directoryGroup.findFirst({ where: { organizationId, directoryId, id: validId(id) } });
    if (group === null) throw ScimError.notFound(id);
    const members = await tx.directoryGroupMember.findMany({ where: { organizationId, groupId: group.id }, select: { directoryUserId: true } });
    return { ...group, members: members.map(({ directoryUserId }) => directoryUserId) };
  }

  async #getUser(tx: PlatformTransaction, { organizationId, id: directoryId }: Directory, id: string): Promise<DirectoryUser> {
    const row = await tx.directoryUser.findFirst({ where: { organizationId, directoryId, id: validId(id), deletedAt: null } });
    if (row === null) throw ScimError.notFound(id);
    return row;
  }

  async #update(
    tx: PlatformTransaction,
    { organizationId, id }: DirectoryUser,
    data: { readonly userId?: string; readonly pendingReason: PendingReason | null; readonly givenRole?: string },
  ): Promise<DirectoryUser> {
    return tx.directoryUser.update({ where: { organizationId_id: { organizationId, id } }, data });
  }

  /** Runs a change under the locks of the address, if one is given, and of the organization. */
  async #write<Result>(
    { organizationId, directoryId }: { readonly organizationId: string; readonly directoryId: string },
    email: string | null | undefined,
    work: (tx: PlatformTransaction, of: Directory) => Promise<Result>,
  ): Promise<Result> {
    const withDirectory = async (tx: PlatformTransaction): Promise<Result> => {
      const of = await tx.directory.findFirst({ where: { organizationId, id: directoryId } });
      if (of === null) throw ScimError.notFound(directoryId);
      return work(tx, of);
    };
    if (email === null || email === undefined) return this.platform.$transaction(withDirectory, { timeout, locksOrganization: organizationId });
    return this.mailboxes.proveMailbox(email, { organizationId }, withDirectory);
  }
}

const ofPrincipal = ({ directoryId, membership: { organizationId } }: DirectoryPrincipal): { organizationId: string; directoryId: string } => ({ organizationId, directoryId });

async function unique<Result>(write: PromiseLike<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error, 'user_name')) throw new ScimError(409, 'uniqueness', 'The directory has a user with this userName.');
    if (isUniqueViolation(error, 'external_id')) throw new ScimError(409, 'uniqueness', 'The directory has a resource with this externalId.');
    if (isUniqueViolation(error, 'name_key')) throw new ScimError(409, 'uniqueness', 'The directory has a group with this displayName.');
    throw error;
  }
}

function textIn(resource: Resource, name: string): string | null {
  const value = resource[name];
  if (typeof value !== 'string' || value === '') return null;
  if (value.length > maxIndexed) throw new ScimError(400, 'invalidValue', `The attribute ${name} can have at most ${maxIndexed} characters.`);
  return value;
}

/** The address by which a user is provisioned: the primary one, then that for work, then the first one, then a `userName` that is one. */
function addressIn(resource: Resource): string | null {
  const emails = (Array.isArray(resource['emails']) ? resource['emails'] : []) as { value?: string; type?: string; primary?: boolean }[];
  const email = emails.find(({ primary }) => primary === true) ?? emails.find(({ type }) => type?.toLowerCase() === 'work') ?? emails[0];
  return emailAddressOf(email?.value ?? textIn(resource, 'userName') ?? '') ?? null;
}

function columnsOf(resource: Resource): Pick<DirectoryUser, 'userName' | 'externalId' | 'email' | 'active'> & { attributes: Prisma.InputJsonObject } {
  const userName = textIn(resource, 'userName');
  if (userName === null || userName.trim() === '') throw new ScimError(400, 'invalidValue', 'The attribute userName is required.');
  const { active = true, externalId: _externalId, ...attributes } = resource;
  if (JSON.stringify(attributes).length > maxResource) throw new ScimError(400, 'invalidValue', `A user can have at most ${maxResource} characters.`);
  return {
    userName: userName.toLowerCase(),
    externalId: textIn(resource, 'externalId'),
    email: addressIn(resource),
    active: active === true,
    attributes: attributes as Prisma.InputJsonObject,
  };
}

function groupColumns(resource: Resource): { displayName: string; nameKey: string; externalId: string | null } {
  const displayName = textIn(resource, 'displayName');
  if (displayName === null || displayName.trim() === '') throw new ScimError(400, 'invalidValue', 'The attribute displayName is required.');
  return { displayName, nameKey: displayName.toLowerCase(), externalId: textIn(resource, 'externalId') };
}

function memberIds(resource: Resource): string[] {
  const members = (Array.isArray(resource['members']) ? resource['members'] : []) as { value?: string }[];
  return members.flatMap(({ value }) => value ?? []);
}

/** Returns the resource that a row describes, without what the server adds. */
export function storedUser({ attributes, externalId, active }: DirectoryUser): Resource {
  return { ...(attributes as Resource), ...(externalId === null ? {} : { externalId }), active };
}

function nameIn({ attributes, userName }: DirectoryUser): string {
  const { displayName, name = {} } = attributes as { displayName?: string; name?: { formatted?: string; givenName?: string; familyName?: string } };
  const full = [name.givenName, name.familyName].filter((part) => part !== undefined && part !== '').join(' ');
  return (
    (displayName ?? name.formatted ?? (full === '' ? (userName ?? '') : full))
      .replaceAll(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, 100) || 'Member'
  );
}
