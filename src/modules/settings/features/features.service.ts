import { Injectable } from '@nestjs/common';
import type { ExpectedVersions } from '../../../common/http/etag.js';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Entitlements } from '../../../access/organization/entitlements.js';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { RecentLogins } from '../../../access/recent-logins.js';
import { mergePatch } from '../../../common/http/bodies/merge-patch.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { SecurityNoticesService } from '../../mail/security-notices.service.js';
import type { FeatureListDto } from './features.dto.js';
import { assertMayChange } from '../security/security-settings.policy.js';
import { SettingsDocumentsService, type JsonObject } from '../settings-documents.service.js';
import type { Versioned } from '../settings.service.js';
import { FeatureUnavailableError, UnknownFeatureToToggleError } from '../settings.errors.js';

/** Lists the features of an organization, and enables or disables those that its plan includes. */
@Injectable()
export class FeaturesService {
  constructor(
    private readonly documents: SettingsDocumentsService,
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
    private readonly recentLogins: RecentLogins,
    private readonly notices: SecurityNoticesService,
  ) {}

  async listFeatures(facts: OrganizationFacts): Promise<Versioned<FeatureListDto>> {
    const { document, version } = await this.documents.readDocument('features');
    return { value: this.#described(facts, document), version };
  }

  /** Enables or disables a feature from the next request on. @throws {UnknownFeatureToToggleError | SecuritySettingError | FeatureUnavailableError | VersionConflictError} */
  async toggleFeature(caller: Principal, expectedVersions: ExpectedVersions, feature: string, enabled: boolean): Promise<Versioned<FeatureListDto>> {
    const definition = this.catalog.features.get(feature);
    if (definition === undefined) throw new UnknownFeatureToToggleError(feature, [...this.catalog.features.keys()]);
    assertMayChange(caller, [definition], this.recentLogins);
    const { facts } = membershipOf(caller);
    const { available } = this.#described(facts, {});
    if (!available.includes(feature)) throw new FeatureUnavailableError(feature, facts.plan, available);
    const { document, version } = await this.documents.changeDocument({ section: 'features', expectedVersions, actorId: caller.userId }, async (toggles, tx) => {
      const next = mergePatch(toggles, { [feature]: enabled ? null : false }) as JsonObject;
      if (definition.security && caller.userId !== null) await this.notices.announceSettings(tx, caller.userId, toggles, next);
      return next;
    });
    return { value: this.#described(facts, document), version };
  }

  #described({ plan, overrides, addOns }: OrganizationFacts, toggles: JsonObject): FeatureListDto {
    const disabledFeatures = new Set(Object.keys(toggles).filter((feature) => toggles[feature] === false));
    const { features } = this.entitlements.entitlementsFor({ plan, disabledFeatures, overrides, boughtSeats: null, addOns });
    const data = [...this.catalog.features.values()].map(({ key, name, description, security }) => {
      const { available = false, enabled = false } = features.get(key) ?? {};
      return { key, name, description: description ?? null, available, enabled, security };
    });
    const keysWhere = (matches: (feature: (typeof data)[number]) => boolean): string[] => data.filter(matches).map(({ key }) => key);
    return { plan, data, nextCursor: null, available: keysWhere(({ available }) => available), enabled: keysWhere(({ enabled }) => enabled) };
  }
}
