import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Entitlements } from '../../../access/organization/entitlements.js';
import { mergePatch } from '../../../common/http/merge-patch.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { FeatureListDto } from './features.dto.js';
import { SettingsDocumentsService, type JsonObject, type SettingsChange } from '../settings-documents.service.js';
import type { Versioned } from '../settings.service.js';
import { FeatureUnavailableError, UnknownFeatureToToggleError } from '../settings.errors.js';

/** Lists the features of an organization, and enables or disables those that its plan includes. */
@Injectable()
export class FeaturesService {
  constructor(
    private readonly documents: SettingsDocumentsService,
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
  ) {}

  async listFeatures(facts: OrganizationFacts): Promise<Versioned<FeatureListDto>> {
    const { document, version } = await this.documents.readDocument('features');
    return { value: this.#described(facts, document), version };
  }

  /** Enables or disables a feature from the next request on. @throws {UnknownFeatureToToggleError | FeatureUnavailableError | VersionConflictError} */
  async toggleFeature(change: Omit<SettingsChange, 'section'>, facts: OrganizationFacts, feature: string, enabled: boolean): Promise<Versioned<FeatureListDto>> {
    if (!this.catalog.features.has(feature)) throw new UnknownFeatureToToggleError(feature, [...this.catalog.features.keys()]);
    const { available } = this.#described(facts, {});
    if (!available.includes(feature)) throw new FeatureUnavailableError(feature, facts.plan, available);
    const { document, version } = await this.documents.changeDocument(
      { ...change, section: 'features' },
      (toggles) => mergePatch(toggles, { [feature]: enabled ? null : false }) as JsonObject,
    );
    return { value: this.#described(facts, document), version };
  }

  #described({ plan, overrides, addOns }: OrganizationFacts, toggles: JsonObject): FeatureListDto {
    const disabledFeatures = new Set(Object.keys(toggles).filter((feature) => toggles[feature] === false));
    const { features } = this.entitlements.entitlementsFor({ plan, disabledFeatures, overrides, boughtSeats: null, addOns });
    const data = [...this.catalog.features.values()].map(({ key, name, description }) => {
      const { available = false, enabled = false } = features.get(key) ?? {};
      return { key, name, description: description ?? null, available, enabled };
    });
    const keysWhere = (matches: (feature: (typeof data)[number]) => boolean): string[] => data.filter(matches).map(({ key }) => key);
    return { plan, data, available: keysWhere(({ available }) => available), enabled: keysWhere(({ enabled }) => enabled) };
  }
}
