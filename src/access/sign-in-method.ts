/** The ways in which a session begins: a password, a link or code in a mail, a passkey, an account at an identity provider of the installation, or single sign-on of an organization. */
export const signInMethods = ['password', 'mail', 'passkey', 'provider', 'sso'] as const;
export type SignInMethod = (typeof signInMethods)[number];
