import { Injectable } from '@nestjs/common';
import { addressOf } from '../../../access/managed-accounts.js';
import { AddressNotVerifiedError } from '../../../access/access.errors.js';
import type { UserPrincipal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { hashOpaqueToken, newOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { AddressList, isAddressRange } from '../../../common/http/addresses/address-list.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { linkTo } from '../../../config/front-end-pages.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { SettingsDocumentsService, type JsonObject } from '../settings-documents.service.js';
import { BreakGlassMailedRecentlyError, InvalidBreakGlassLinkError } from '../settings.errors.js';
import type { PolicyAuthor } from './policy-changes.service.js';
import { toSecurityDto, type SecurityDto } from './security.dto.js';

const minInterval = 5 * 60 * 1000;

/**
 * Restores the access of an owner whom the security policy refuses: the owner proves the mailbox with a link and the account
 * with a session. The policy then admits the address of the owner and nothing else, so that it keeps protecting the organization
 * from everybody else.
 */
@Injectable()
export class BreakGlassService {
  constructor(
    private readonly db: TenantDb,
    private readonly documents: SettingsDocumentsService,
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Mails a link to the owner. It replaces the previous one. Only a verified address gets it: anybody can create
   * organizations with the address of another person, each of which could mail links.
   *
   * @throws {ManagedAccountError | AddressNotVerifiedError | BreakGlassMailedRecentlyError}
   */
  async requestLink(user: UserPrincipal): Promise<void> {
    const { userId, emailVerified, name } = user;
    const email = addressOf(user);
    if (!emailVerified) throw new AddressNotVerifiedError();
    const now = this.clock.now();
    const token = newOpaqueToken();
    await this.db.$transaction(async (tx) => {
      await tx.breakGlassLink.deleteMany({ where: { userId, createdAt: { lte: new Date(now.getTime() - minInterval) } } });
      const data = { userId, tokenHash: hashOpaqueToken(token), createdAt: now, expiresAt: new Date(now.getTime() + 1000 * lifetimes.breakGlass) };
      // The unique key decides, so that parallel requests send only one mail.
      const { count } = await tx.breakGlassLink.createMany({ data, skipDuplicates: true });
      if (count === 0) throw new BreakGlassMailedRecentlyError(minInterval / 1000);
      const organization = await tx.organization.findFirstOrThrow({ select: { id: true, name: true } });
      const link = linkTo(this.config, 'breakGlass', { organization: organization.id, token });
      await this.outbox.addMail(tx, { template: 'break-glass', to: email, data: { name, organization: organization.name, link }, linkExpiresAt: data.expiresAt });
    });
  }

  /**
   * Admits the address of the owner, ends the requirement of single sign-on, and notifies every owner.
   *
   * @throws {InvalidBreakGlassLinkError}
   */
  async useLink({ user, address }: PolicyAuthor, token: string): Promise<SecurityDto> {
    const { userId, name } = user;
    const email = addressOf(user);
    const change = { section: 'security', expectedVersions: undefined, actorId: userId } as const;
    const { document } = await this.documents.changeDocument(change, async (current, tx) => {
      const { count } = await tx.breakGlassLink.deleteMany({ where: { userId, tokenHash: hashOpaqueToken(token), expiresAt: { gt: this.clock.now() } } });
      if (count === 0) throw new InvalidBreakGlassLinkError();
      const organization = await tx.organization.findFirstOrThrow({ select: { name: true } });
      await this.outbox.addMailToOwners(tx, { template: 'security-relaxed', data: { organization: organization.name, name, email, address } });
      return opened(current, address);
    });
    return toSecurityDto(document);
  }
}

/** Returns the policy with the address admitted and without single sign-on. */
function opened(security: JsonObject, address: string): JsonObject {
  const { ssoRequired: _sso, signInMethods: _methods, ...kept } = security;
  const { ipAllowList } = toSecurityDto(security);
  if (ipAllowList.length === 0 || !isAddressRange(address) || new AddressList(ipAllowList).has(address)) return kept;
  return { ...kept, ipAllowList: [...ipAllowList, address] };
}
