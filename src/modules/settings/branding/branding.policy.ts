import { featureRefusal } from '../../../access/access-decision.js';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import type { JsonObject } from '../settings-documents.service.js';
import { toBrandingDto, type BrandingDto } from './branding.dto.js';

/**
 * Returns the branding that pages show: that of the product, unless the organization is entitled to its own. The plan can have changed since
 * the branding was set.
 */
export const shownBranding = (facts: OrganizationFacts, document: JsonObject = {}): BrandingDto =>
  toBrandingDto(featureRefusal('custom_branding', facts) === undefined ? document : {});
