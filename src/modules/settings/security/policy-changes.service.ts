import { Injectable } from '@nestjs/common';
import { policyRefusal } from '../../../access/access-decision.js';
import { securityPolicyOf, settingsOf } from '../../../access/organization/security-policy.js';
import { membershipOf, type UserPrincipal } from '../../../access/principal/principal.js';
import { ownerRole } from '../../../access/roles.js';
import { needsConnection, waysIn } from '../../../access/ways-in.js';
import { SystemClock } from '../../../common/clock.js';
import { AddressList } from '../../../common/http/addresses/address-list.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { TenantDb, TenantTransaction } from '../../../database/tenant-db.js';
import { NoWayInError, OwnerRequiredError, PolicyRefusesYouError } from '../settings.errors.js';
import { SettingsDocumentsService, type JsonObject } from '../settings-documents.service.js';
import type { SecurityDto } from './security.dto.js';

/** The user who changes the policy, and the IP address of the request. */
export interface PolicyAuthor {
  readonly user: UserPrincipal;
  readonly address: string;
}

/** The documents from which a policy is computed. The stored one is used for one that is left out. */
export interface PolicyDocuments {
  readonly settings?: JsonObject;
  readonly security?: JsonObject;
}

/**
 * Decides who may set which security policy, without looking at other people: the author of a policy must meet it in the
 * same request, and only an owner can take addresses away. Therefore an owner who restricts access keeps access, and nobody
 * else can take it from the owners. A missing second factor, an old password and an idle session lock nobody out: everybody
 * can set up a factor, change the password and sign in again.
 */
@Injectable()
export class PolicyChangesService {
  constructor(
    private readonly documents: SettingsDocumentsService,
    private readonly catalog: Catalog,
    private readonly clock: SystemClock,
    private readonly config: AppConfig,
  ) {}

  /** @throws {PolicyRefusesYouError} when the new policy would refuse the author's next request */
  async assertAuthorMeets(db: TenantDb | TenantTransaction, { user, address }: PolicyAuthor, next: PolicyDocuments): Promise<void> {
    const { settings = (await this.documents.readDocument('settings', db)).document, security = (await this.documents.readDocument('security', db)).document } = next;
    const now = this.clock.now();
    // This request is a use of the session.
    const caller = { ...user, sessionLastUsedAt: now };
    const refusal = policyRefusal(caller, securityPolicyOf(this.config, settingsOf(this.catalog, settings), security), { address, now });
    if (refusal !== undefined) throw new PolicyRefusesYouError(refusal.code, address);
  }

  /**
   * Checks that members can still get in. Call it with the organization locked, as changes of its connections lock it.
   *
   * @throws {NoWayInError}
   */
  async assertWayIn(db: TenantDb | TenantTransaction, { ssoRequired, signInMethods: methods }: SecurityDto): Promise<void> {
    const rules = { ssoRequired, signInMethods: methods.length > 0 ? new Set(methods) : undefined };
    if (!needsConnection(this.config, rules)) return;
    const connected = (await db.ssoConnection.count({ where: { enabled: true } })) > 0;
    if (waysIn(this.config, rules, connected).length === 0) throw new NoWayInError();
  }

  /**
   * Counts the members without a way to sign in that a policy accepts: they have no linked account at an enabled connection, and the policy accepts no way that everybody
   * can set up. Owners are not counted, because they can regain access. The count leaves out what a person has set up in their account, such as a passkey:
   * an administrator could remove one member, count again, and learn it from the difference.
   */
  async countWithoutSignIn(db: TenantDb, security: JsonObject): Promise<number> {
    const policy = securityPolicyOf(this.config, settingsOf(this.catalog, {}), security);
    if (!needsConnection(this.config, policy)) return 0;
    const unknown = waysIn(this.config, policy, true).includes('sso') ? { ssoIdentities: { none: { connection: { enabled: true } } } } : {};
    return db.membership.count({ where: { role: { not: ownerRole }, ...unknown } });
  }

  /** @throws {OwnerRequiredError} when somebody who is not an owner takes addresses away */
  assertMayNarrowAddresses({ user }: PolicyAuthor, current: readonly string[], next: readonly string[]): void {
    if (next.length === 0 || membershipOf(user).role === ownerRole) return;
    const list = new AddressList(next);
    if (current.length === 0 || current.some((range) => !list.includes(range))) throw new OwnerRequiredError();
  }
}
