import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { ExpectedVersions } from '../../../common/http/etag.js';
import { emailDomainOf } from '../../../common/text/internet-names.js';
import { UnknownRoleError } from '../../../access/access.errors.js';
import { featureRefusal } from '../../../access/access-decision.js';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Roles } from '../../../access/roles.js';
import { membershipOf } from '../../../access/principal/principal.js';
import { AppError } from '../../../common/errors/app-error.js';
import { mergePatch } from '../../../common/http/bodies/merge-patch.js';
import { TenantDb, type TenantTransaction } from '../../../database/tenant-db.js';
import { SecurityNoticesService } from '../../mail/security-notices.service.js';
import { SettingsDocumentsService, type JsonObject } from '../settings-documents.service.js';
import type { Versioned } from '../settings.service.js';
import { PolicyChangesService, type PolicyAuthor } from './policy-changes.service.js';
import { toSecurityDto, type SecurityDto, type SecurityPreviewDto, type UpdateSecurityDto } from './security.dto.js';

const maxListedMembers = 200;

/** Reads and updates the security policy of an organization. */
@Injectable()
export class SecurityService {
  constructor(
    private readonly db: TenantDb,
    private readonly documents: SettingsDocumentsService,
    private readonly policyChanges: PolicyChangesService,
    private readonly roles: Roles,
    private readonly notices: SecurityNoticesService,
  ) {}

  async getPolicy(): Promise<Versioned<SecurityDto>> {
    const { document, version } = await this.documents.readDocument('security');
    return { value: toSecurityDto(document), version };
  }

  /**
   * Returns whether a change would be refused, and what it means for members and API keys of the organization. Changes
   * nothing. It answers nothing about addresses, sessions, second factors, passwords and passkeys of other people, so that nobody can find them
   * out by trying policies.
   *
   * @throws {FeatureNotInPlanError | FeatureDisabledError | UnknownRoleError}
   */
  async previewPolicy(patch: UpdateSecurityDto, author: PolicyAuthor): Promise<SecurityPreviewDto> {
    this.#assertPossible(patch, author);
    const { document } = await this.documents.readDocument('security');
    const next = mergePatch(document, { ...patch }) as JsonObject;
    const refusal = await this.#assertMayChange(this.db, author, document, next).then(
      () => null,
      (error: unknown) => {
        if (error instanceof AppError) return error;
        throw error;
      },
    );
    const members = await this.#membersAtOtherDomains(toSecurityDto(next).allowedEmailDomains);
    const keyCount = toSecurityDto(next).ipAllowList.length === 0 ? 0 : await this.db.apiKey.count({ where: { enabled: true } });
    return {
      refused: refusal !== null,
      refusal: refusal === null ? null : { code: refusal.code, detail: refusal.message },
      memberCount: members.length,
      members: members.slice(0, maxListedMembers),
      keyCount,
      withoutSignInCount: await this.policyChanges.countWithoutSignIn(this.db, next),
    };
  }

  /** @throws {PolicyRefusesYouError | NoWayInError | OwnerRequiredError | VersionConflictError | FeatureNotInPlanError | FeatureDisabledError | UnknownRoleError} */
  async updatePolicy(patch: UpdateSecurityDto, expectedVersions: ExpectedVersions, author: PolicyAuthor): Promise<Versioned<SecurityDto>> {
    this.#assertPossible(patch, author);
    const change = { section: 'security', expectedVersions, actorId: author.user.userId } as const;
    const { document, version } = await this.documents.changeDocument(change, async (current, tx) => {
      const next = mergePatch(current, { ...patch }) as JsonObject;
      await this.#assertMayChange(tx, author, current, next);
      await this.notices.announceSettings(tx, author.user.userId, toDocument(current), toDocument(next));
      return next;
    });
    return { value: toSecurityDto(document), version };
  }

  #assertPossible(patch: UpdateSecurityDto, { user }: PolicyAuthor): void {
    const { facts } = membershipOf(user);
    assertFeaturesIncluded(patch, facts);
    const custom = new Set([...facts.customRoles.values()].map(({ key }) => key));
    patch.mfaRoles?.forEach((key, index) => {
      if (this.roles.find(key) === undefined && !custom.has(key)) throw new UnknownRoleError(key, `/mfaRoles/${index}`);
    });
  }

  async #assertMayChange(db: TenantDb | TenantTransaction, author: PolicyAuthor, current: JsonObject, next: JsonObject): Promise<void> {
    this.policyChanges.assertMayNarrowAddresses(author, toSecurityDto(current).ipAllowList, toSecurityDto(next).ipAllowList);
    await this.policyChanges.assertAuthorMeets(db, author, { security: next });
    const [before, after] = [current, next].map((document) => waysOf(toSecurityDto(document)));
    if (!isDeepStrictEqual(before, after)) await this.policyChanges.assertWayIn(db, toSecurityDto(next));
  }

  async #membersAtOtherDomains(domains: readonly string[]): Promise<SecurityPreviewDto['members']> {
    if (domains.length === 0) return [];
    const members = await this.db.membership.findMany({ select: { userId: true, role: true, user: { select: { email: true } } }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
    // Managed accounts have no address, and are those of the organization.
    return members.flatMap(({ userId, role, user: { email } }) => (email === null || domains.includes(emailDomainOf(email)) ? [] : [{ userId, role, email }]));
  }
}

/** Returns what decides about the ways to sign in. */
const waysOf = ({ ssoRequired, signInMethods }: SecurityDto): object => ({ ssoRequired, signInMethods });

/** A value that is not stored is its default. */
const toDocument = (security: JsonObject): JsonObject => ({ ...toSecurityDto(security) });

/** Checks that the plan includes the features that the patch uses. Removing an allow list, and allowing all ways to sign in, is always possible. */
function assertFeaturesIncluded({ ipAllowList = [], signInMethods = [], ssoRequired = false }: UpdateSecurityDto, facts: OrganizationFacts): void {
  const refusal =
    (ipAllowList.length + signInMethods.length > 0 ? featureRefusal('advanced_security', facts) : undefined) ?? (ssoRequired ? featureRefusal('sso', facts) : undefined);
  if (refusal !== undefined) throw refusal;
}
