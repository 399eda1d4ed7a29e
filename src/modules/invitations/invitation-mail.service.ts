import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { linkTo } from '../../config/front-end-pages.js';
import type { TenantTransaction } from '../../database/tenant-db.js';
import type { Invitation } from '../../generated/prisma/client.js';
import { OutboxService } from '../mail/outbox.service.js';
import { readInvitationNames } from './invitations.queries.js';

/** Sends the mail of an invitation. The link starts with APP_URL and never with the Host header of a request. */
@Injectable()
export class InvitationMailService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  invitationLink(token: string): string {
    return linkTo(this.config, 'acceptInvitation', { token });
  }

  /** Mails several invitations of one sender. The number of statements does not depend on their number: the organization is locked meanwhile. */
  async sendInvitations(tx: TenantTransaction, actorId: string, invitations: readonly { readonly invitation: Invitation; readonly token: string }[]): Promise<void> {
    if (invitations.length === 0) return;
    const names = await readInvitationNames(tx, actorId);
    await this.outbox.addMails(
      tx,
      invitations.map(({ invitation: { id, email, role, message, expiresAt }, token }) => ({
        template: 'invitation' as const,
        to: email,
        data: { ...names, role, message, link: this.invitationLink(token), expiresAt: expiresAt.toISOString() },
        linkExpiresAt: expiresAt,
        about: { subject: 'invitation' as const, id },
      })),
    );
  }
}
