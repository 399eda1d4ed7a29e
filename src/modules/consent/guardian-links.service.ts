import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { lockOrganization } from '../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../database/platform-db.js';
import type { GuardianLink } from '../../generated/prisma/client.js';
import type { Device } from '../auth/sessions/device.js';
import { readInvitationToken } from '../invitations/invitation-token.js';
import { AdmissionService } from '../members/admission.service.js';
import { ConsentMailsService } from './consent-mails.service.js';
import { ConsentTextService, hashOfText } from './consent-text.service.js';
import type { ConsentPreviewDto, GiveConsentDto } from './consent.dto.js';
import { ConsentTextChangedError, GuardianLinkNotFoundError } from './consent.errors.js';

type OpenLink = GuardianLink & {
  readonly membership: { readonly user: { readonly name: string }; readonly organization: { readonly name: string } };
};

/** Accepts the decisions of guardians, who have a mailed link. Uses the platform role, because a guardian is no member. */
@Injectable()
export class GuardianLinksService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly admission: AdmissionService,
    private readonly mails: ConsentMailsService,
    private readonly texts: ConsentTextService,
    private readonly clock: Clock,
  ) {}

  /** @throws {GuardianLinkNotFoundError} */
  async previewLink(token: string): Promise<ConsentPreviewDto> {
    const { purpose, expiresAt, membership } = await this.#findLink(this.platform, token);
    const names = namesOf(membership);
    return { purpose, expiresAt, ...names, text: this.texts.textFor(names) };
  }

  /**
   * Records the consent. Of several parallel calls only one does.
   *
   * @throws {GuardianLinkNotFoundError | ConsentTextChangedError}
   */
  async giveConsent({ token, guardianName, relation, textVersion }: GiveConsentDto, { ipAddress, userAgent }: Device): Promise<void> {
    await this.#useLink(token, 'consent', async (tx, { organizationId, userId, email, membership }) => {
      const names = namesOf(membership);
      const { version, text } = this.texts.textFor(names);
      if (version !== textVersion) throw new ConsentTextChangedError();
      const now = this.clock.now();
      await tx.membership.updateMany({ where: { organizationId, userId }, data: { consentedAt: now } });
      const by = { guardianName, relation, guardianEmail: email, textVersion, textHash: hashOfText(text), ip: ipAddress, userAgent };
      await tx.consent.create({ data: { organizationId, userId, action: 'given', method: 'link', ...by, createdAt: now } });
      await this.mails.sendConfirmation(tx, { organizationId, userId, guardianEmail: email, ...names });
    });
  }

  /** Records the withdrawal, and ends the membership. @throws {GuardianLinkNotFoundError} */
  async withdrawConsent(token: string, { ipAddress, userAgent }: Device): Promise<void> {
    await this.#useLink(token, 'withdrawal', async (tx, { organizationId, userId, email }) => {
      const given = await tx.consent.findFirst({
        where: { organizationId, userId, action: 'given', method: 'link', guardianEmail: email },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      if (given === null) throw new GuardianLinkNotFoundError();
      const { guardianName, relation, textVersion, textHash } = given;
      const by = { guardianName, relation, guardianEmail: email, textVersion, textHash, ip: ipAddress, userAgent };
      await tx.consent.create({ data: { organizationId, userId, action: 'withdrawn', method: 'link', ...by, createdAt: this.clock.now() } });
      await this.admission.endMembership(tx, organizationId, userId);
    });
  }

  /** Takes the link under the lock of the organization, so that it works once, and not for a membership that has ended. */
  async #useLink(token: string, purpose: GuardianLink['purpose'], use: (tx: PlatformTransaction, link: OpenLink) => Promise<void>): Promise<void> {
    const { organizationId } = await this.#findLink(this.platform, token, purpose);
    const take = async (tx: PlatformTransaction): Promise<void> => {
      await lockOrganization(tx, organizationId);
      const link = await this.#findLink(tx, token, purpose);
      await tx.guardianLink.deleteMany({ where: { organizationId, id: link.id } });
      await use(tx, link);
    };
    await this.platform.$transaction(take, { locksOrganizationLater: organizationId });
  }

  async #findLink(db: Pick<PlatformDb, 'guardianLink'>, token: string, purpose?: GuardianLink['purpose']): Promise<OpenLink> {
    const key = readInvitationToken(token);
    if (key === undefined) throw new GuardianLinkNotFoundError();
    const link = await db.guardianLink.findUnique({
      where: { organizationId_tokenHash: key },
      include: { membership: { select: { user: { select: { name: true } }, organization: { select: { name: true, deletedAt: true } } } } },
    });
    const expired = link?.expiresAt != null && link.expiresAt <= this.clock.now();
    if (link === null || expired || link.membership.organization.deletedAt !== null) throw new GuardianLinkNotFoundError();
    if (purpose !== undefined && link.purpose !== purpose) throw new GuardianLinkNotFoundError();
    return link;
  }
}

const namesOf = ({ user, organization }: OpenLink['membership']): { readonly member: string; readonly organization: string } => ({
  member: user.name,
  organization: organization.name,
});
