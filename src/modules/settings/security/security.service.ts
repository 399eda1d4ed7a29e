import { Injectable } from '@nestjs/common';
import { featureRefusal } from '../../../access/access-decision.js';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { mergePatch } from '../../../common/http/merge-patch.js';
import { LockOutsService, type Changer } from './lock-outs.service.js';
import { toSecurityDto, type SecurityDto, type SecurityPreviewDto, type UpdateSecurityDto } from './security.dto.js';
import { OwnerLockedOutError } from '../settings.errors.js';
import { SettingsDocumentsService, type JsonObject } from '../settings-documents.service.js';
import type { Versioned } from '../settings.service.js';

const maxListedMembers = 200;

/** Reads and updates the security policy of an organization. No change can lock out the last owner. */
@Injectable()
export class SecurityService {
  constructor(
    private readonly documents: SettingsDocumentsService,
    private readonly lockOuts: LockOutsService,
  ) {}

  async getPolicy(): Promise<Versioned<SecurityDto>> {
    const { document, version } = await this.documents.readDocument('security');
    return { value: toSecurityDto(document), version };
  }

  /** Returns the members and API keys that a change would lock out. Changes nothing. @throws {FeatureNotInPlanError | FeatureDisabledError} */
  async previewPolicy(patch: UpdateSecurityDto, changer: Changer, facts: OrganizationFacts): Promise<SecurityPreviewDto> {
    assertFeaturesIncluded(patch, facts);
    const { document } = await this.documents.readDocument('security');
    const next = toSecurityDto(mergePatch(document, { ...patch }) as JsonObject);
    const members = await this.lockOuts.findLockedOutMembers(next, changer);
    const refused = await this.lockOuts.assertOwnerRemains(next, changer).then(
      () => false,
      (error: unknown) => {
        if (error instanceof OwnerLockedOutError) return true;
        throw error;
      },
    );
    return { refused, memberCount: members.length, members: members.slice(0, maxListedMembers), keys: await this.lockOuts.findLockedOutKeys(next) };
  }

  /** @throws {OwnerLockedOutError | VersionConflictError | FeatureNotInPlanError | FeatureDisabledError} */
  async updatePolicy(patch: UpdateSecurityDto, expectedVersion: number | undefined, changer: Changer, facts: OrganizationFacts): Promise<Versioned<SecurityDto>> {
    assertFeaturesIncluded(patch, facts);
    const change = { section: 'security', expectedVersion, actorId: changer.userId } as const;
    const { document, version } = await this.documents.changeDocument(change, async (current) => {
      const next = mergePatch(current, { ...patch }) as JsonObject;
      const narrows = (patch.ipAllowList ?? []).length > 0 || patch.mfaRequired === true || patch.ssoRequired === true;
      if (narrows) await this.lockOuts.assertOwnerRemains(toSecurityDto(next), changer);
      return next;
    });
    return { value: toSecurityDto(document), version };
  }
}

/** Checks that the plan includes the features that the patch uses. Removing an allow list is always possible. */
function assertFeaturesIncluded({ ipAllowList = [], ssoRequired = false }: UpdateSecurityDto, facts: OrganizationFacts): void {
  const refusal = (ipAllowList.length > 0 ? featureRefusal('advanced_security', facts) : undefined) ?? (ssoRequired ? featureRefusal('sso', facts) : undefined);
  if (refusal !== undefined) throw refusal;
}
