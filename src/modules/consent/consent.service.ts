import { Injectable } from '@nestjs/common';
import { barOf } from '../../access/organization/standing.policy.js';
import { membershipOf, type UserPrincipal } from '../../access/principal/principal.js';
import { membershipOfRequest } from '../../access/principal/request-authority.js';
import { Roles } from '../../access/roles.js';
import { Clock } from '../../common/clock.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { deleteMembership } from '../members/ended-memberships.js';
import { assertMayRemove } from '../members/members.policy.js';
import { MembershipsService } from '../members/memberships.service.js';
import { adultFromOf } from './age.policy.js';
import { ConsentMailsService } from './consent-mails.service.js';
import { ConsentTextService } from './consent-text.service.js';
import { toConsentDto, type ConsentDto, type ConsentStateDto, type RecordConsentDto, type WithdrawConsentDto } from './consent.dto.js';
import { AgeNotAskedError, BirthMonthInTheFutureError, ConsentNotNeededError, NoConsentError, OwnAddressError } from './consent.errors.js';

interface Minor {
  readonly userId: string;
  readonly consentedAt: Date | null;
  readonly name: string;
  /** Null for a managed account. */
  readonly email: string | null;
  readonly organization: string;
  readonly awaits: boolean;
}

/** The consent of guardians, for the member and for those who manage members. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly memberships: MembershipsService,
    private readonly mails: ConsentMailsService,
    private readonly texts: ConsentTextService,
    private readonly roles: Roles,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /** Returns the state of the caller's own membership. */
  async describeState(principal: UserPrincipal): Promise<ConsentStateDto> {
    const { standing, facts } = membershipOf(principal);
    const now = this.clock.now();
    const [organization, link] = await Promise.all([
      this.db.organization.findFirstOrThrow({ select: { name: true } }),
      this.db.guardianLink.findFirst({ where: { userId: principal.userId, purpose: 'consent', expiresAt: { gt: now } }, select: { expiresAt: true } }),
    ]);
    const status = barOf(standing, facts.policy, now) ?? 'active';
    return {
      status,
      consentedAt: standing?.consentedAt ?? null,
      linkExpiresAt: link?.expiresAt ?? null,
      asksForAge: status === 'awaiting_consent' && this.catalog.consent.age !== undefined && standing?.adultFrom === null,
      text: this.texts.textFor({ member: principal.name, organization: organization.name }),
    };
  }

  /**
   * Decides by the month of birth whether the caller needs a guardian. Stores the beginning of the month from which they do not, and for somebody of age only that they are.
   *
   * @throws {AgeNotAskedError | BirthMonthInTheFutureError}
   */
  async stateAge(userId: string, birthMonth: string): Promise<void> {
    const { age } = this.catalog.consent;
    if (age === undefined) throw new AgeNotAskedError();
    const now = this.clock.now();
    const adultFrom = adultFromOf(birthMonth, age, now);
    if (adultFrom === undefined) throw new BirthMonthInTheFutureError();
    const minors = this.roles.list().filter(({ holders }) => holders === 'minors');
    const { count } = await this.db.membership.updateMany({ where: { userId, adultFrom: null, role: { in: minors.map(({ key }) => key) } }, data: { adultFrom } });
    if (count === 0) throw new AgeNotAskedError();
  }

  /** Mails a guardian of a member, or another link. @throws {NotFoundError | ConsentNotNeededError | OwnAddressError} */
  async requestConsent(actorId: string, userId: string, guardianEmail: string): Promise<{ readonly expiresAt: Date }> {
    return this.memberships.withMembershipLock(actorId, async (tx) => {
      const minor = await this.#getMinor(tx, userId);
      if (!minor.awaits) throw new ConsentNotNeededError();
      if (guardianEmail === minor.email) throw new OwnAddressError();
      const { organizationId } = membershipOfRequest(this.context);
      const subject = { organizationId, userId, guardianEmail, member: minor.name, organization: minor.organization };
      return { expiresAt: await this.mails.sendConsentLink(tx, subject, actorId) };
    });
  }

  /** Records a consent that a guardian has signed. @throws {NotFoundError | ConsentNotNeededError} */
  async recordConsent(actorId: string, userId: string, { guardianName, relation, textVersion }: RecordConsentDto): Promise<ConsentDto> {
    return this.memberships.withMembershipLock(actorId, async (tx) => {
      const minor = await this.#getMinor(tx, userId);
      // Nobody consents for themselves, and a member who awaits consent reaches no route that could.
      if (!minor.awaits || userId === actorId) throw new ConsentNotNeededError();
      const now = this.clock.now();
      await tx.membership.updateMany({ where: { userId }, data: { consentedAt: now } });
      await tx.guardianLink.deleteMany({ where: { userId, purpose: 'consent' } });
      const data = { userId, action: 'given', method: 'paper', guardianName, relation, textVersion, recordedById: actorId, createdAt: now } as const;
      return toConsentDto(await tx.consent.create({ data }));
    });
  }

  /** Records a withdrawal, and ends the membership. @throws {NotFoundError | NoConsentError} or why the actor cannot remove the member */
  async withdrawConsent(actorId: string, userId: string, { guardianName, relation }: WithdrawConsentDto): Promise<void> {
    await this.memberships.withMembershipLock(actorId, async (tx, actor) => {
      const minor = await this.#getMinor(tx, userId);
      if (minor.consentedAt === null) throw new NoConsentError();
      assertMayRemove(actor, await this.memberships.getMemberPermissions(tx, userId));
      const now = this.clock.now();
      const last = await tx.consent.findFirst({ where: { userId, action: 'given' }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
      const textVersion = last?.textVersion ?? this.catalog.consent.version;
      await tx.consent.create({ data: { userId, action: 'withdrawn', method: 'paper', guardianName, relation, textVersion, recordedById: actorId, createdAt: now } });
      await deleteMembership(tx, userId, now);
    });
  }

  /** Returns what guardians have declared about a person, oldest first, also after the membership has ended. */
  async listConsents(userId: string): Promise<ConsentDto[]> {
    const rows = await this.db.consent.findMany({ where: { userId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], take: 1000 });
    return rows.map(toConsentDto);
  }

  async #getMinor(tx: TenantTransaction, userId: string): Promise<Minor> {
    const row = await tx.membership.findFirst({
      where: { userId },
      select: { role: true, consentedAt: true, adultFrom: true, user: { select: { name: true, email: true } }, organization: { select: { name: true } } },
    });
    if (row === null) throw new NotFoundError();
    const { role, consentedAt, adultFrom, user, organization } = row;
    const { policy } = membershipOfRequest(this.context).facts;
    const awaits = barOf({ holders: this.roles.find(role)?.holders, consentedAt, adultFrom }, policy, this.clock.now()) === 'awaiting_consent';
    return { userId, consentedAt, name: user.name, email: user.email, organization: organization.name, awaits };
  }
}
