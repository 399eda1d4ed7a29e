import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Entitlements } from '../../../access/organization/entitlements.js';
import { mergePatch } from '../../../common/http/merge-patch.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { FeatureListDto } from './features.dto.js';
import { SettingsDocumentsService, type JsonObject, type SettingsChange } from '../settings-documents.service.js';
import type { Versioned } from '../settings.service.js';
import { FeatureUnavailableError, UnknownFeatureToToggleError } from '../settings.errors.js';

/** The features of the plan, which an organization can switch off and on again. */
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

  /** Acts on the next request. @throws {UnknownFeatureToToggleError | FeatureUnavailableError | VersionConflictError} */
  async toggleFeature(change: Omit<SettingsChange, 'section'>, facts: OrganizationFacts, feature: string, enabled: boolean): Promise<Versioned<FeatureListDto>> {
    if (!this.catalog.features.has(feature)) throw new UnknownFeatureToToggleError(feature, [...this.catalog.features.keys()]);
    const { available } = this.#described(facts, {});
    if (!available.includes(feature)) throw new FeatureUnavailableError(feature, facts.plan, available);
    const { document, version } = await this.documents.changeDocument(
      { ...change, section: 'features' },
      (switched) => mergePatch(switched, { [feature]: enabled ? null : false }) as JsonObject,
    );
    return { value: this.#described(facts, document), version };
  }

  #described({ plan, overrides, addOns }: OrganizationFacts, switched: JsonObject): FeatureListDto {
    const disabledFeatures = new Set(Object.keys(switched).filter((feature) => switched[feature] === false));
    const { features } = this.entitlements.entitlementsFor({ plan, disabledFeatures, overrides, boughtSeats: null, addOns });
    const data = [...this.catalog.features.values()].map(({ key, name, description }) => {
      const { available = false, enabled = false } = features.get(key) ?? {};
      return { key, name, description: description ?? null, available, enabled };
    });
    const keysWhere = (holds: (feature: (typeof data)[number]) => boolean): string[] => data.filter(holds).map(({ key }) => key);
    return { plan, data, available: keysWhere(({ available }) => available), enabled: keysWhere(({ enabled }) => enabled) };
  }
}
