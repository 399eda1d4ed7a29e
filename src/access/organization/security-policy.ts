import { AddressList } from '../../common/http/addresses/address-list.js';
import type { AppConfig } from '../../config/app-config.js';
import type { Catalog, SettingValue } from '../../config/catalog/catalog.js';
import { offeredMethods, type SignInMethod } from '../sign-in-method.js';
import type { SecurityPolicy } from './organization-facts.js';

/** The values that an organization has stored, by key. */
type Document = Readonly<Record<string, unknown>>;

/** Returns every setting of the catalog with the value of the organization, or its default. */
export function settingsOf(catalog: Catalog, own: Document): ReadonlyMap<string, SettingValue> {
  return new Map([...catalog.settings.values()].map(({ key, default: initial }) => [key, (own[key] as SettingValue | undefined) ?? initial]));
}

/**
 * Returns the conditions of access that an organization has set.
 *
 * @param settings all settings, see {@link settingsOf}
 * @param security the organization's security document
 */
export function securityPolicyOf(config: AppConfig, settings: ReadonlyMap<string, SettingValue>, security: Document): SecurityPolicy {
  const { catalog } = config;
  const offered = offeredMethods(config);
  const enforced = <Value extends SettingValue>(key: string): Value | undefined =>
    catalog.settings.get(key)?.enforcedBy !== undefined ? (settings.get(key) as Value | undefined) : undefined;
  const scaled = (value: number | undefined, seconds: number): number | undefined => (value === undefined || value === 0 ? undefined : value * seconds);
  const ranges = (security['ipAllowList'] ?? []) as string[];
  const methods = (security['signInMethods'] ?? []) as SignInMethod[];
  return {
    addresses: ranges.length > 0 ? new AddressList(ranges) : undefined,
    sessionTimeout: scaled(enforced<number>('session_timeout_minutes'), 60),
    sessionMaxAge: scaled(enforced<number>('session_max_age_hours'), 3600),
    // Without passwords, nobody can change an old one.
    passwordMaxAge: catalog.signIn.password ? scaled(enforced<number>('password_expiry_days'), 24 * 3600) : undefined,
    maxLoginAttempts: enforced<number>('max_login_attempts'),
    secondFactorRequired: enforced<boolean>('enable_two_factor') === true || security['mfaRequired'] === true,
    secondFactorRoles: new Set(security['mfaRoles'] as string[] | undefined),
    ssoRequired: security['ssoRequired'] === true,
    // The installation can stop offering a way. A list without any that it offers would close the organization to everybody.
    signInMethods: methods.some((method) => offered.includes(method)) ? new Set(methods) : undefined,
    allowedEmailDomains: (security['allowedEmailDomains'] ?? []) as string[],
    consentRequired: enforced<boolean>('require_parental_consent') === true,
    guardiansAdmitted: enforced<boolean>('allow_parent_access') !== false,
    webOrigins: (security['webOrigins'] ?? []) as string[],
  };
}
