import type { AppConfig } from '../config/app-config.js';
import { signInFault } from './access-decision.js';
import type { SecurityPolicy } from './organization/organization-facts.js';
import { offeredMethods, type SignInMethod } from './sign-in-method.js';

/** The parts of a policy that decide how members sign in. */
export type SignInRules = Pick<SecurityPolicy, 'ssoRequired' | 'signInMethods'>;

/**
 * Returns the ways in which members get into an organization: those that the installation offers and the policy accepts, and single sign-on with a connection alone. Whatever closes a way asks this
 * first, so that one stays open.
 *
 * @param connected whether the organization has an enabled connection
 */
export const waysIn = (config: AppConfig, rules: SignInRules, connected: boolean): SignInMethod[] =>
  offeredMethods(config).filter((signInMethod) => (connected || signInMethod !== 'sso') && signInFault(rules, { signInMethod, isSsoOfThis: signInMethod === 'sso' }) === undefined);

/** Whether members get in by single sign-on alone, so that its connections must stay. */
export const needsConnection = (config: AppConfig, rules: SignInRules): boolean => waysIn(config, rules, false).length === 0;
