import type { SettingValue } from '../../config/catalog/catalog.js';
import type { AddressList } from '../../common/http/address-list.js';
import type { AddOnQuantity, EntitlementOverrides, EntitlementSet } from './entitlements.js';

export interface CustomRoleFact {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly permissions: ReadonlySet<string>;
}

export interface TeamFact {
  readonly name: string;
  readonly roleIds: readonly string[];
}

/** What an organization asks of those who enter it. */
export interface SecurityPolicy {
  /** Undefined when every address may. */
  readonly addresses: AddressList | undefined;
  /** A session that was not used for so long is over. Seconds; undefined for never. */
  readonly sessionTimeout: number | undefined;
  /** Seconds; undefined for never. */
  readonly passwordMaxAge: number | undefined;
  readonly maxLoginAttempts: number | undefined;
  readonly secondFactorRequired: boolean;
  readonly ssoRequired: boolean;
  /** Domains that members' addresses must be at; empty for all. */
  readonly allowedEmailDomains: readonly string[];
}

/** What decides about access in an organization, and changes seldom: cached, and good for one version of it. */
export interface OrganizationFacts {
  readonly organizationId: string;
  /** `organizations.access_version`. */
  readonly version: number;
  readonly plan: string;
  /** The day of the month on which monthly counters begin anew. */
  readonly usageAnchorDay: number;
  readonly overrides: EntitlementOverrides;
  /** What was bought beside the plan. */
  readonly addOns: readonly AddOnQuantity[];
  readonly customRoles: ReadonlyMap<string, CustomRoleFact>;
  readonly teams: ReadonlyMap<string, TeamFact>;
  /** Each setting of the catalog with the organization's value. */
  readonly settings: ReadonlyMap<string, SettingValue>;
  readonly policy: SecurityPolicy;
  /** Whether every read leaves a record (compliance, FERPA). */
  readonly readsRecorded: boolean;
  readonly entitlements: EntitlementSet;
}
