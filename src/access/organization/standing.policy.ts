import type { RoleDefinition } from '../../config/catalog/catalog.js';
import type { SecurityPolicy } from './organization-facts.js';

/** The columns of a membership that decide, in addition to the roles, whether the member has access. */
export interface ConsentColumns {
  /** When a guardian consented; null when nobody did. */
  readonly consentedAt: Date | null;
  /** The time from which the member decides alone; null when the age is not known. */
  readonly adultFrom: Date | null;
}

/** The standing of a member: whom the base role is for, and the consent. */
export interface Standing extends ConsentColumns {
  readonly holders: RoleDefinition['holders'];
}

/** Why a member has no access to the organization. */
export type Bar = 'awaiting_consent' | 'guardian_access_closed';

/** `active`, or the bar. */
export const memberStatuses = ['active', 'awaiting_consent', 'guardian_access_closed'] as const satisfies readonly (Bar | 'active')[];
export type MemberStatus = (typeof memberStatuses)[number];

/**
 * Returns what keeps a member out of the organization, or undefined. It is decided for every request from the role, the settings and the membership, and stored nowhere:
 * so it holds in whatever way the member got the role.
 */
export function barOf(
  standing: Standing | undefined,
  { consentRequired, guardiansAdmitted }: Pick<SecurityPolicy, 'consentRequired' | 'guardiansAdmitted'>,
  now: Date,
): Bar | undefined {
  if (standing === undefined) return undefined;
  const { holders, consentedAt, adultFrom } = standing;
  if (holders === 'guardians') return guardiansAdmitted ? undefined : 'guardian_access_closed';
  if (holders !== 'minors' || !consentRequired || consentedAt !== null) return undefined;
  return adultFrom !== null && adultFrom <= now ? undefined : 'awaiting_consent';
}
