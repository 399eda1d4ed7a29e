import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { TenantTransaction } from '../../database/tenant-db.js';
import type { PlatformTransaction } from '../../database/transactions.js';
import type { SecurityChange } from './mail.templates.js';
import { OutboxService } from './outbox.service.js';

/** The member who makes a change, or in whose name the holder of a set-up link makes it. */
export interface ChangeAuthor {
  readonly userId: string;
  readonly setupLink: { readonly name: string; readonly byOperator: boolean } | null;
}

type Document = Readonly<Record<string, unknown>>;

/** Returns the names of the fields that differ, in the order of the alphabet. */
export const changedFields = (before: Document, after: Document): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !isDeepStrictEqual(before[key], after[key])).toSorted();

/**
 * Notifies the owners of an organization by mail about the author of a change of how its people sign in: a stolen session, or a leaked set-up link, does not stay unnoticed.
 */
@Injectable()
export class SecurityNoticesService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the mails, in the transaction of the change.
   *
   * @param organizationId required on the platform's transaction; a tenant's transaction knows its own
   */
  async announce(tx: TenantTransaction | PlatformTransaction, { userId, setupLink }: ChangeAuthor, change: SecurityChange, organizationId?: string): Promise<void> {
    const owned = organizationId === undefined ? {} : { organizationId };
    const { userName, organization, user } = await (tx as PlatformTransaction).membership.findFirstOrThrow({
      where: { userId, ...owned },
      select: { userName: true, organization: { select: { name: true } }, user: { select: { name: true, email: true } } },
    });
    const by = {
      organization: organization.name,
      name: user.name,
      email: user.email ?? userName ?? '',
      setupLink: setupLink?.name ?? null,
      byOperator: setupLink?.byOperator ?? false,
      at: this.clock.now().toISOString(),
    };
    await this.outbox.addMailToOwners(tx, { template: 'security-changed', ...owned, data: { ...by, ...change } });
  }

  /**
   * Writes the mails about a person who becomes an owner, or is no longer one: to all owners, and so to the person. Call it after the grant of the role, and before its end.
   *
   * @param actorId the member who makes the change
   */
  async announceOwner(
    tx: TenantTransaction | PlatformTransaction,
    actorId: string,
    change: 'owner_granted' | 'owner_taken',
    userId: string,
    organizationId?: string,
  ): Promise<void> {
    const owned = organizationId === undefined ? {} : { organizationId };
    const { user } = await (tx as PlatformTransaction).membership.findFirstOrThrow({ where: { userId, ...owned }, select: { user: { select: { name: true, email: true } } } });
    await this.announce(tx, { userId: actorId, setupLink: null }, { change, member: user.name, address: user.email ?? '' }, organizationId);
  }

  /** Writes the mails about the settings that differ, if any do. @param isSecurity whether a setting decides about security */
  async announceSettings(tx: TenantTransaction, userId: string, before: Document, after: Document, isSecurity: (key: string) => boolean = () => true): Promise<void> {
    const fields = changedFields(before, after).filter(isSecurity);
    if (fields.length > 0) await this.announce(tx, { userId, setupLink: null }, { change: 'settings', fields });
  }
}
