import type { CatalogProblem } from '../catalog-problem.js';
import { maxClaimBytes, type ClaimSource } from '../catalog.js';
import type { Rule } from './catalog-rule.js';

/** The claims with a meaning of their own: those of RFC 7519 and RFC 9068, those of OpenID Connect and RFC 8693 that verifiers read, and those of tenantry. */
const reserved: ReadonlySet<string> = new Set(
  [
    'iss sub aud exp nbf iat jti',
    'client_id auth_time acr amr scope roles groups entitlements',
    'azp nonce cnf act may_act active token_type username',
    'sid org platform_admin key_hash',
  ].flatMap((names) => names.split(' ')),
);

const namesAreFree: Rule = ({ tokenClaims }) =>
  Object.keys(tokenClaims ?? {})
    .filter((name) => reserved.has(name))
    .map((name) => ({
      path: ['tokenClaims', name],
      atKey: true,
      message: `the claim "${name}" has a meaning of its own in access tokens.`,
      hint: 'choose another name, such as one with the name of your product before it.',
    }));

/** Returns the most bytes of a claim: keys and slugs have at most 63 characters. */
function bytesOf(name: string, source: ClaimSource): number {
  const value = typeof source === 'string' ? 'x'.repeat(63) : source.value;
  return Buffer.byteLength(JSON.stringify({ [name]: value }));
}

const claimsAreSmall: Rule = ({ tokenClaims }): CatalogProblem[] => {
  const bytes = Object.entries(tokenClaims ?? {}).reduce((sum, [name, source]) => sum + bytesOf(name, source), 0);
  if (bytes <= maxClaimBytes) return [];
  return [
    {
      path: ['tokenClaims'],
      atKey: true,
      message: `the claims take up to ${bytes} bytes of each access token.`,
      hint: `use at most ${maxClaimBytes} bytes: fewer claims, shorter names and shorter constants.`,
    },
  ];
};

/** The rules for the claims of access tokens. */
export const claimRules: readonly Rule[] = [namesAreFree, claimsAreSmall];
