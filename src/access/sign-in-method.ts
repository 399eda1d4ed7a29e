import type { AppConfig } from '../config/app-config.js';

/** The ways in which a session begins: a password, a link or code in a mail, a passkey, an account at an identity provider of the installation, or single sign-on of an organization. */
export const signInMethods = ['password', 'mail', 'passkey', 'provider', 'sso'] as const;
export type SignInMethod = (typeof signInMethods)[number];

/** Returns the ways that the installation offers. Users can set up each of them themselves, except single sign-on, for which an organization needs a connection. */
export const offeredMethods = ({ catalog, authProviders }: AppConfig): SignInMethod[] =>
  signInMethods.filter((method) => (method === 'password' || method === 'mail' ? catalog.signIn[method] : method !== 'provider' || authProviders.length > 0));

/** Returns the way in which a session began; null for one that began with a new account without a password, for one of an earlier version that has not written it down, and for that of an operator who acts as the user. */
export function methodOf(session: { readonly signInMethod: string | null; readonly withPassword: boolean; readonly ssoOrganizationId: string | null }): SignInMethod | null {
  if (session.signInMethod !== null) return session.signInMethod as SignInMethod;
  if (session.withPassword) return 'password';
  return session.ssoOrganizationId === null ? null : 'sso';
}
