import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AppConfig } from '../../config/app-config.js';
import { linkTo } from '../../config/front-end-pages.js';
import type { TenantTransaction } from '../../database/tenant-db.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import { hashInvitationToken, newInvitationToken } from '../invitations/invitation-token.js';
import { OutboxService } from '../mail/outbox.service.js';
import type { ConsentNames } from './consent-text.service.js';

const linkLifetime = 14 * 24 * 3600 * 1000;

/** The member whom a mail to a guardian is about. */
export interface ConsentSubject extends ConsentNames {
  readonly organizationId: string;
  readonly userId: string;
  readonly guardianEmail: string;
}

/** Mails links to guardians, in the transaction of the change. */
@Injectable()
export class ConsentMailsService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Mails the link of consent. It replaces the previous one. @returns when it expires */
  async sendConsentLink(tx: TenantTransaction, { organizationId, userId, guardianEmail, member, organization }: ConsentSubject, createdById: string): Promise<Date> {
    const now = this.clock.now();
    const [token, expiresAt] = [newInvitationToken(organizationId), new Date(now.getTime() + linkLifetime)];
    const link = { email: guardianEmail, tokenHash: hashInvitationToken(token), expiresAt, createdById, createdAt: now };
    await tx.guardianLink.deleteMany({ where: { userId, purpose: 'consent' } });
    await tx.guardianLink.create({ data: { userId, purpose: 'consent', ...link } });
    const data = { member, organization, link: linkTo(this.config, 'giveConsent', { token }), expiresAt: expiresAt.toISOString() };
    await this.outbox.addMail(tx, { template: 'guardian-consent', to: guardianEmail, data, linkExpiresAt: expiresAt });
    return expiresAt;
  }

  /** Confirms a consent to the guardian, with the link of withdrawal. */
  async sendConfirmation(tx: PlatformTransaction, { organizationId, userId, guardianEmail, member, organization }: ConsentSubject): Promise<void> {
    const token = newInvitationToken(organizationId);
    const subject = { organizationId, userId, purpose: 'withdrawal' } as const;
    await tx.guardianLink.deleteMany({ where: subject });
    await tx.guardianLink.create({ data: { ...subject, email: guardianEmail, tokenHash: hashInvitationToken(token), createdAt: this.clock.now() } });
    const data = { member, organization, link: linkTo(this.config, 'withdrawConsent', { token }) };
    await this.outbox.addMail(tx, { template: 'consent-given', to: guardianEmail, data, organizationId });
  }
}
