import { Injectable } from '@nestjs/common';
import { ManagedAccountError, SessionEndedError } from '../../access/access.errors.js';
import { ownerRole } from '../../access/roles.js';
import { Clock } from '../../common/clock.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { attempt } from '../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { Organization } from '../../generated/prisma/client.js';
import { SubscriptionOpeningService } from '../billing/subscriptions/subscription-opening.service.js';
import { assertNotReserved, withRandomNumber, slugFromName } from './slug.policy.js';
import { SlugTakenError } from './organizations.errors.js';

/** The slugs that are generated for an organization at most. */
const maxGenerated = 5;

export interface NewOrganization {
  readonly name: string;
  /** Default: generated from the name. */
  readonly slug?: string | undefined;
}

/** An organization and the user's base role in it. */
export interface OrganizationOfUser {
  readonly organization: Organization;
  readonly role: string;
}

/** Lists the organizations of a user and creates organizations. Works across tenants with the platform role. */
@Injectable()
export class OrganizationDirectoryService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly subscriptionOpening: SubscriptionOpeningService,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates an organization and its first owner in the caller's transaction. Locks the owner, so that the account is not
   * deleted meanwhile, which would leave the organization without a member.
   *
   * @throws {ManagedAccountError}
   * @throws {SessionEndedError} when the owner's account was deleted or disabled in the meantime
   * @throws {SlugTakenError | ReservedSlugError} when the requested slug is not available
   */
  async createOrganization(tx: PlatformTransaction, ownerId: string, wanted: NewOrganization): Promise<Organization> {
    const owner = await tx.$queryRaw<
      { managed: boolean }[]
    >`select managed_by_id is not null as managed from users where id = ${ownerId}::uuid and disabled_at is null for no key update`;
    if (owner.length === 0) throw new SessionEndedError();
    if (owner[0]?.managed === true) throw new ManagedAccountError();
    return this.withNewSlug(tx, wanted, async (slug) => {
      const now = this.clock.now();
      const { defaultPlan: plan, locale } = this.catalog;
      const trialEndsAt = this.subscriptionOpening.trialEndOf(plan, now);
      const trial = trialEndsAt === undefined ? {} : { status: 'trial' as const, trialStartsAt: now, trialEndsAt };
      const organization = await tx.organization.create({ data: { name: wanted.name, slug, plan, locale, ...trial, createdById: ownerId, updatedById: ownerId } });
      await this.subscriptionOpening.openSubscription(tx, organization, now);
      await tx.membership.create({ data: { organizationId: organization.id, userId: ownerId, role: ownerRole } });
      return organization;
    });
  }

  /**
   * Runs a write that sets a slug.
   *
   * @param slug undefined when the write sets none
   * @throws {SlugTakenError | ReservedSlugError} when the slug is not available
   */
  async withUniqueSlug<Result>(slug: string | undefined, write: () => Promise<Result>): Promise<Result> {
    if (slug !== undefined) assertNotReserved(slug);
    try {
      return await write();
    } catch (error) {
      if (isUniqueViolation(error, 'slug')) throw new SlugTakenError();
      throw error;
    }
  }

  /** Creates an organization in its own transaction. */
  async createOrganizationFor(ownerId: string, wanted: NewOrganization): Promise<Organization> {
    return this.platform.$transaction((tx) => this.createOrganization(tx, ownerId, wanted));
  }

  /**
   * Returns the organizations that a user is a member of, oldest membership first.
   *
   * @param restorable includes deleted organizations that the user, as an owner, can restore
   */
  async listOrganizationsOf(userId: string, { restorable = false } = {}): Promise<OrganizationOfUser[]> {
    const listed = [{ organization: { deletedAt: null } }, ...(restorable ? [{ role: ownerRole }] : [])];
    const memberships = await this.platform.membership.findMany({
      where: { userId, OR: listed },
      include: { organization: true },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return memberships.map(({ organization, role }) => ({ organization, role }));
  }

  /**
   * Creates an organization with the wanted slug, or with an unused one generated from the name.
   *
   * A slug that a transaction is about to use is not visible to others until it commits. The transaction therefore locks the slug, and another one that
   * generates the same slug at that time adds a number to it. A slug that somebody else has taken nevertheless, for their organization or by chance, is
   * generated again: nobody has asked for it.
   *
   * @throws {SlugTakenError | ReservedSlugError} when the wanted slug is not available
   */
  async withNewSlug<Result>(tx: PlatformTransaction, { name, slug: wanted }: NewOrganization, create: (slug: string) => Promise<Result>): Promise<Result> {
    const plain = wanted ?? slugFromName(name);
    const [lock] = await tx.$queryRaw<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(hashtextextended('tenantry:slug:' || ${plain}, 0)) as mine`;
    if (wanted !== undefined) return this.withUniqueSlug(wanted, () => create(wanted));
    let slug = lock?.mine === true && (await tx.organization.count({ where: { slug: plain } })) === 0 ? plain : withRandomNumber(plain);
    for (let left = maxGenerated; left > 1; left -= 1) {
      try {
        return await attempt(tx, () => create(slug));
      } catch (error) {
        if (!isUniqueViolation(error, 'slug')) throw error;
        slug = withRandomNumber(plain);
      }
    }
    return this.withUniqueSlug(slug, () => create(slug));
  }
}
