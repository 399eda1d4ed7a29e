import { describe, expect, it } from '@jest/globals';
import { readAuthProviders } from './auth-providers.js';

const google = { AUTH_PROVIDER_GOOGLE_CLIENT_ID: 'id', AUTH_PROVIDER_GOOGLE_CLIENT_SECRET: 'secret' };
const acme = { AUTH_PROVIDER_ACME_ISSUER: 'https://id.acme.example', AUTH_PROVIDER_ACME_CLIENT_ID: 'id', AUTH_PROVIDER_ACME_CLIENT_SECRET: 'secret' };

const read = (variables: Record<string, string>) => {
  const problems: string[] = [];
  return { providers: readAuthProviders(variables, problems), problems };
};

describe('AUTH_PROVIDERS', () => {
  it('a preset needs its client alone, and no domain of Microsoft is trusted', () => {
    const microsoft = { AUTH_PROVIDER_MICROSOFT_CLIENT_ID: 'id', AUTH_PROVIDER_MICROSOFT_CLIENT_SECRET: 'secret' };
    const { providers, problems } = read({ AUTH_PROVIDERS: 'google, microsoft', ...google, ...microsoft });
    expect(problems).toEqual([]);
    expect(providers.map(({ label, issuer, trustedDomains, signUp, secondFactor }) => ({ label, issuer, trustedDomains, signUp, secondFactor }))).toEqual([
      { label: 'Google', issuer: 'https://accounts.google.com', trustedDomains: ['gmail.com', 'googlemail.com'], signUp: true, secondFactor: false },
      { label: 'Microsoft', issuer: 'https://login.microsoftonline.com/common/v2.0', trustedDomains: [], signUp: true, secondFactor: false },
    ]);
  });

  it.each([
    ['a missing client', { AUTH_PROVIDERS: 'google' }, ['AUTH_PROVIDER_GOOGLE_CLIENT_ID is missing', 'AUTH_PROVIDER_GOOGLE_CLIENT_SECRET is missing']],
    ['an issuer over http', { AUTH_PROVIDERS: 'acme', ...acme, AUTH_PROVIDER_ACME_ISSUER: 'http://id.acme.example' }, ['AUTH_PROVIDER_ACME_ISSUER must be the https URL']],
    ['an unknown setting', { AUTH_PROVIDERS: 'acme', ...acme, AUTH_PROVIDER_ACME_CLIENTID: 'id' }, ['AUTH_PROVIDER_ACME_CLIENTID is no setting']],
    ['an unlisted provider', acme, Object.keys(acme).map((name) => `${name} is no setting`)],
    ['a name', { AUTH_PROVIDERS: 'google,Foo Bar', ...google }, ['AUTH_PROVIDERS has the name "Foo Bar"']],
    ['a name twice', { AUTH_PROVIDERS: 'google,google', ...google }, ['AUTH_PROVIDERS names a provider twice']],
    ['a flag', { AUTH_PROVIDERS: 'acme', ...acme, AUTH_PROVIDER_ACME_SIGNUP: 'maybe' }, ['AUTH_PROVIDER_ACME_SIGNUP must be true or false']],
    ['a domain', { AUTH_PROVIDERS: 'acme', ...acme, AUTH_PROVIDER_ACME_TRUSTED_DOMAINS: 'a b' }, ['AUTH_PROVIDER_ACME_TRUSTED_DOMAINS must be']],
    ['a scope without openid', { AUTH_PROVIDERS: 'acme', ...acme, AUTH_PROVIDER_ACME_SCOPE: 'email' }, ['AUTH_PROVIDER_ACME_SCOPE must contain openid']],
  ])('%s is refused in one line', (_, variables, expected) => {
    const { problems } = read(variables);
    for (const beginning of expected) expect(problems).toContainEqual(expect.stringContaining(beginning));
    expect(problems.join('')).not.toContain('\n');
  });
});
