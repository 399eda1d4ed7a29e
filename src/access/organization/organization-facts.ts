import type { SignInMethod } from '../sign-in-method.js';
import type { SettingValue } from '../../config/catalog/catalog.js';
import type { AddressList } from '../../common/http/addresses/address-list.js';
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

/** The conditions that an organization sets for access to it. */
export interface SecurityPolicy {
  /** The allowed IP addresses; undefined for all. */
  readonly addresses: AddressList | undefined;
  /** The idle time in seconds after which a session ends; undefined for never. */
  readonly sessionTimeout: number | undefined;
  /** The seconds after a login after which a member must prove who they are again; undefined for never. */
  readonly sessionMaxAge: number | undefined;
  /** The age in seconds after which a password must be changed; undefined for never. */
  readonly passwordMaxAge: number | undefined;
  readonly maxLoginAttempts: number | undefined;
  /** Whether all members need a second factor. */
  readonly secondFactorRequired: boolean;
  /** The roles whose holders need one. */
  readonly secondFactorRoles: ReadonlySet<string>;
  readonly ssoRequired: boolean;
  /** The ways in which members must sign in; undefined for all. */
  readonly signInMethods: ReadonlySet<SignInMethod> | undefined;
  /** The domains that members' email addresses must have; empty for all. */
  readonly allowedEmailDomains: readonly string[];
  /** Whether a member in a role for minors waits for the consent of a guardian. */
  readonly consentRequired: boolean;
  /** Whether members in a role for guardians have access. */
  readonly guardiansAdmitted: boolean;
  /** The origins of other hosts whose pages may call the API for the organization. */
  readonly webOrigins: readonly string[];
}

/** A day of the month on which monthly counters reset, and since when. */
export interface UsageAnchor {
  readonly day: number;
  /** Undefined for always. */
  readonly since: Date | undefined;
}

/** The data of an organization that access decisions depend on. It changes rarely and is cached for one version of the organization. */
export interface OrganizationFacts {
  readonly organizationId: string;
  /** `organizations.access_version`. */
  readonly version: number;
  readonly plan: string;
  /** The days of the month on which monthly counters reset: the current one, and earlier ones, latest first. */
  readonly usageAnchors: readonly UsageAnchor[];
  readonly overrides: EntitlementOverrides;
  /** The add-ons of the subscription. */
  readonly addOns: readonly AddOnQuantity[];
  readonly customRoles: ReadonlyMap<string, CustomRoleFact>;
  readonly teams: ReadonlyMap<string, TeamFact>;
  /** The organization's value of each setting in the catalog. */
  readonly settings: ReadonlyMap<string, SettingValue>;
  readonly policy: SecurityPolicy;
  /** Whether every read is recorded in the access log (compliance settings `ferpa` and `gdpr`). */
  readonly readsRecorded: boolean;
  readonly entitlements: EntitlementSet;
}
