import { asciiDomain } from '../common/text/internet-names.js';

/** An identity provider with which users sign in (docs/social-sign-in.md). */
export interface AuthProvider {
  /** Its name in routes and in AUTH_PROVIDERS. */
  readonly name: string;
  /** Its name on a button. */
  readonly label: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** The domains of which it verifies addresses; `*` for all. Addresses of other domains count as unverified. */
  readonly trustedDomains: '*' | readonly string[];
  /** Whether a person without an account gets one. */
  readonly signUp: boolean;
  /** Whether `mfa` in the `amr` of its ID tokens counts as a second factor. */
  readonly secondFactor: boolean;
}

const presets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google: { LABEL: 'Google', ISSUER: 'https://accounts.google.com', TRUSTED_DOMAINS: 'gmail.com,googlemail.com' },
  // Any tenant of Microsoft writes what it likes into `email`, so that no domain is trusted.
  microsoft: { LABEL: 'Microsoft', ISSUER: 'https://login.microsoftonline.com/common/v2.0' },
};

const settings = ['LABEL', 'ISSUER', 'CLIENT_ID', 'CLIENT_SECRET', 'SCOPE', 'TRUSTED_DOMAINS', 'SIGNUP', 'SECOND_FACTOR'] as const;
type Setting = (typeof settings)[number];

const prefixOf = (name: string): string => `AUTH_PROVIDER_${name.toUpperCase().replaceAll('-', '_')}_`;
const listOf = (text: string): string[] => text.split(',').map((item) => item.trim());
const secureUrl = /^(https:\/\/[^\s?#@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/[^\s?#]*)?)$/;

/**
 * Reads AUTH_PROVIDERS and the variables of each provider.
 *
 * @param problems gets one message for each invalid variable
 */
export function readAuthProviders(variables: Readonly<Record<string, string | undefined>>, problems: string[]): AuthProvider[] {
  const names = variables['AUTH_PROVIDERS'] === undefined ? [] : listOf(variables['AUTH_PROVIDERS']);
  for (const name of names.filter((each) => !/^[a-z][a-z0-9-]{0,30}$/.test(each)))
    problems.push(`AUTH_PROVIDERS has the name "${name}". A name has lower-case letters, digits and hyphens, for example AUTH_PROVIDERS=google,microsoft`);
  if (new Set(names.map(prefixOf)).size < names.length) problems.push('AUTH_PROVIDERS names a provider twice');
  const known = new Set(names.flatMap((name) => settings.map((setting) => `${prefixOf(name)}${setting}`)));
  for (const variable of Object.keys(variables).filter((each) => each.startsWith('AUTH_PROVIDER_') && !known.has(each)))
    problems.push(`${variable} is no setting of a provider in AUTH_PROVIDERS. The settings are ${settings.join(', ')}`);
  return names.map((name) => readAuthProvider(name, variables, problems));
}

function readAuthProvider(name: string, variables: Readonly<Record<string, string | undefined>>, problems: string[]): AuthProvider {
  const prefix = prefixOf(name);
  const valueOf = (setting: Setting): string | undefined => variables[prefix + setting] ?? presets[name]?.[setting];
  const required = (setting: Setting): string => {
    const value = valueOf(setting);
    if (value === undefined) problems.push(`${prefix}${setting} is missing. AUTH_PROVIDERS has ${name}, which requires it`);
    return value ?? '';
  };
  const flag = (setting: Setting, standard: boolean): boolean => {
    const value = valueOf(setting) ?? String(standard);
    if (!['true', '1', 'false', '0'].includes(value)) problems.push(`${prefix}${setting} must be true or false`);
    return value === 'true' || value === '1';
  };
  const issuer = required('ISSUER');
  if (issuer !== '' && !secureUrl.test(issuer)) problems.push(`${prefix}ISSUER must be the https URL of an OpenID Connect issuer, for example https://accounts.example.com`);
  const scope = valueOf('SCOPE') ?? 'openid email profile';
  if (!scope.split(' ').includes('openid')) problems.push(`${prefix}SCOPE must contain openid`);
  const trusted = valueOf('TRUSTED_DOMAINS');
  const trustedDomains = trusted === '*' ? trusted : trusted === undefined ? [] : listOf(trusted).map((domain) => asciiDomain(domain) ?? '');
  if (trustedDomains.includes('')) problems.push(`${prefix}TRUSTED_DOMAINS must be * or domain names, separated by commas`);
  return {
    name,
    label: valueOf('LABEL') ?? name,
    issuer,
    clientId: required('CLIENT_ID'),
    clientSecret: required('CLIENT_SECRET'),
    scope,
    trustedDomains,
    signUp: flag('SIGNUP', true),
    secondFactor: flag('SECOND_FACTOR', false),
  };
}
