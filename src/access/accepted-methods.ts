import type { AppConfig } from '../config/app-config.js';
import { signInFault } from './access-decision.js';
import type { SecurityPolicy } from './organization/organization-facts.js';
import { offeredMethods, type SignInMethod } from './sign-in-method.js';

/** Returns the ways to sign in that the installation offers and a policy accepts. */
export const acceptedMethods = (config: AppConfig, policy: Pick<SecurityPolicy, 'ssoRequired' | 'signInMethods'>): SignInMethod[] =>
  offeredMethods(config).filter((signInMethod) => signInFault(policy, { signInMethod, isSsoOfThis: signInMethod === 'sso' }) === undefined);
