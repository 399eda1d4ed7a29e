import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import type { TenantTransaction } from '../../database/tenant-db.js';
import type { Invitation } from '../../generated/prisma/client.js';
import { OutboxService } from '../mail/outbox.service.js';

/** Sends the mail of an invitation. The link starts with APP_URL and never with the Host header of a request. */
@Injectable()
export class InvitationMailService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  invitationLink(token: string): string {
    return `${this.config.appUrl}/invitations/accept?token=${token}`;
  }

  async sendInvitation(tx: TenantTransaction, invitation: Invitation, token: string, actorId: string): Promise<void> {
    const organization = await tx.organization.findFirstOrThrow({ select: { name: true, displayName: true } });
    const inviter = await tx.membership.findFirst({ where: { userId: actorId }, select: { user: { select: { name: true } } } });
    const { email, role, message, expiresAt } = invitation;
    await this.outbox.addMail(tx, {
      template: 'invitation',
      to: email,
      data: {
        organization: organization.displayName ?? organization.name,
        inviter: inviter?.user.name ?? organization.name,
        role,
        message,
        link: this.invitationLink(token),
        expiresAt: `${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      },
    });
  }
}
