import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { lockOrganization } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { TenantNotFoundError } from '../tenants.errors.js';

/** Helps organizations that cannot help themselves, for the operator. */
@Injectable()
export class TenantRecoveryService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends the conditions with which a security policy can lock out members: the allow-list, single sign-on and the second
   * factor. The idle time of sessions and the age of passwords stay, so that no ended session works again. Every owner is
   * notified.
   *
   * @param reason recorded in the audit log and sent to the owners
   * @throws {TenantNotFoundError}
   */
  async resetSecurity(id: string, reason: string): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      if (!(await lockOrganization(tx, id))) throw new TenantNotFoundError();
      const { ipAllowList: _list, mfaRequired: _factor, mfaRoles: _roles, ssoRequired: _sso, signInMethods: _methods, ...security } = await this.#read(tx, id, 'security');
      await this.#write(tx, id, 'security', { ...security, reset: { at: this.clock.now().toISOString(), reason } });
      const { enable_two_factor: secondFactor, ...settings } = await this.#read(tx, id, 'settings');
      if (secondFactor !== undefined) await this.#write(tx, id, 'settings', settings);
      const { name } = await tx.organization.findUniqueOrThrow({ where: { id }, select: { name: true } });
      await this.outbox.addMailToOwners(tx, { template: 'security-reset', organizationId: id, data: { organization: name, reason } });
    });
  }

  async #read(tx: PlatformTransaction, organizationId: string, section: string): Promise<Readonly<Record<string, unknown>>> {
    const row = await tx.settingsDocument.findUnique({ where: { organizationId_section: { organizationId, section } }, select: { document: true } });
    return (row?.document ?? {}) as Readonly<Record<string, unknown>>;
  }

  async #write(tx: PlatformTransaction, organizationId: string, section: string, next: Readonly<Record<string, unknown>>): Promise<void> {
    const document = next as Prisma.InputJsonObject;
    const where = { organizationId_section: { organizationId, section } };
    await tx.settingsDocument.upsert({ where, create: { organizationId, section, document }, update: { document, version: { increment: 1 }, updatedById: null } });
  }
}
