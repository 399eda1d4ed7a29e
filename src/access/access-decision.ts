import type { AppError } from '../common/errors/app-error.js';
import {
  AccessDeniedError,
  AddressNotAllowedError,
  FeatureDisabledError,
  FeatureNotInPlanError,
  OrganizationClosedError,
  PasswordExpiredError,
  PlanRequiredError,
  SecondFactorRequiredError,
  SessionTimedOutError,
  SingleSignOnRequiredError,
  UserRequiredError,
} from './access.errors.js';
import type { ClosedState } from './access.decorators.js';
import { featureOf } from './organization/entitlements.js';
import { customRolesEnabled } from './principal/effective-roles.js';
import type { OrganizationFacts } from './organization/organization-facts.js';
import { closedState, mayAccess } from './organization/organization-state.policy.js';
import type { Principal, PrincipalMembership } from './principal/principal.js';

/** Units of a meter, and how it stands. */
export interface QuotaQuestion {
  readonly meter: string;
  readonly quantity: number;
  readonly used: number;
  /** What grants allow beside the plan. */
  readonly granted: number;
  /** What to answer when there is no room. */
  readonly refusal: AppError;
}

/** What is asked for. Everything that is named must be granted. */
export interface AccessQuestion {
  /** Whether a key may do it that has no permission to show; routes for any member say so. */
  readonly usersOnly?: boolean;
  readonly minimumRank?: { readonly role: string; readonly rank: number };
  readonly permission?: string;
  readonly feature?: string;
  readonly plans?: readonly string[];
  readonly quota?: QuotaQuestion;
  readonly evenIf?: readonly ClosedState[];
  /** Whether it only reads. */
  readonly reads?: boolean;
  /** The IP address of the caller. */
  readonly address: string;
  /** The system's time, for the age of the session and of the password. */
  readonly now: Date;
}

/** One step of a decision, in the order in which they are taken. */
export interface AccessStep {
  readonly step: 'tenant' | 'membership' | 'policy' | 'roles' | 'permission' | 'feature' | 'plan' | 'quota';
  readonly passed: boolean;
  /** Where the answer comes from: `role admin`, `team Graders (role grader)`, `plan pro`. */
  readonly source: string;
  readonly detail: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** Up to and including the step that refused. */
  readonly trace: readonly AccessStep[];
  /** Why not. */
  readonly refusal: AppError | undefined;
}

type Verdict = AccessStep & { readonly refusal?: AppError };
type Member = Principal & { readonly membership: PrincipalMembership };
type Judge = (member: Member, question: AccessQuestion) => Verdict | undefined;

const tenantIsOpen: Judge = ({ membership }, { evenIf = [], reads = false }) => {
  const state = closedState(membership.state);
  const passed = mayAccess(state, { role: membership.role, reads, evenIf });
  const verdict = { step: 'tenant', passed, source: `organization ${membership.organizationId}`, detail: state ?? membership.state.status } as const;
  return passed || state === undefined ? verdict : { ...verdict, refusal: new OrganizationClosedError(state) };
};

const hasPart: Judge = (principal, { usersOnly = false }) => {
  const refusal = principal.kind === 'key' ? keyRefusal(principal.membership, usersOnly) : undefined;
  const source = principal.kind === 'key' ? `API key ${principal.keyId}` : 'membership';
  const verdict = { step: 'membership', passed: refusal === undefined, source, detail: principal.membership.role ?? 'no base role' } as const;
  return refusal === undefined ? verdict : { ...verdict, refusal };
};

/** Why an organization does not have a feature; undefined when it does. */
export function featureRefusal(feature: string, { entitlements, plan }: OrganizationFacts): AppError | undefined {
  const { available, enabled } = featureOf(entitlements, feature);
  if (enabled) return undefined;
  return available ? new FeatureDisabledError(feature) : new FeatureNotInPlanError(feature, plan);
}

/** Keys work while the plan has them. */
function keyRefusal({ facts }: PrincipalMembership, usersOnly: boolean): AppError | undefined {
  if (usersOnly) return new UserRequiredError();
  return featureRefusal('api_access', facts);
}

const meetsPolicy: Judge = (principal, { address, now }) => {
  const refusal = policyRefusal(principal, address, now.getTime());
  const verdict = { step: 'policy', passed: refusal === undefined, source: 'security policy', detail: refusal?.code ?? 'met' } as const;
  return refusal === undefined ? verdict : { ...verdict, refusal };
};

function policyRefusal(principal: Member, address: string, now: number): AppError | undefined {
  const { addresses, sessionTimeout, passwordMaxAge, secondFactorRequired, ssoRequired } = principal.membership.facts.policy;
  if (addresses !== undefined && !addresses.has(address)) return new AddressNotAllowedError();
  if (principal.kind === 'key') return undefined;
  // An operator acts by their own leave; what the member must show of themselves is not theirs to show.
  if (principal.impersonation !== undefined) return undefined;
  const age = (since: Date): number => (now - since.getTime()) / 1000;
  if (sessionTimeout !== undefined && age(principal.sessionLastUsedAt) > sessionTimeout) return new SessionTimedOutError();
  if (passwordMaxAge !== undefined && age(principal.passwordChangedAt) > passwordMaxAge) return new PasswordExpiredError();
  if (ssoRequired) return new SingleSignOnRequiredError();
  return secondFactorRequired && !principal.secondFactor ? new SecondFactorRequiredError() : undefined;
}

const sourceOfRole = ({ key, via, team }: PrincipalMembership['roles'][number]): string => {
  if (via === 'team') return `team ${team ?? ''} (role ${key})`;
  return via === 'key' ? 'scopes of the key' : `${via === 'direct' ? 'custom role' : 'role'} ${key}`;
};

const holdsRoles: Judge = ({ membership }, { minimumRank }) => {
  const passed = minimumRank === undefined || membership.rank >= minimumRank.rank;
  const verdict = {
    step: 'roles',
    passed,
    source: membership.roles.map(sourceOfRole).join(', '),
    detail: minimumRank === undefined ? 'held' : `needs ${minimumRank.role}`,
  } as const;
  return passed ? verdict : { ...verdict, refusal: new AccessDeniedError(`role ${minimumRank.role}`) };
};

const hasPermission: Judge = ({ membership }, { permission }) => {
  if (permission === undefined) return undefined;
  const granting = membership.roles.find(({ permissions }) => permissions.has(permission));
  const passed = membership.permissions.has(permission);
  const none = customRolesEnabled(membership.facts) ? 'none of the roles' : 'none of the roles; custom roles have no effect without the feature custom_roles';
  const verdict = { step: 'permission', passed, source: granting === undefined ? none : sourceOfRole(granting), detail: permission } as const;
  return passed ? verdict : { ...verdict, refusal: new AccessDeniedError(`permission ${permission}`) };
};

const hasFeature: Judge = ({ membership: { facts } }, { feature }) => {
  if (feature === undefined) return undefined;
  const { enabled, source } = featureOf(facts.entitlements, feature);
  const verdict = { step: 'feature', passed: enabled, source: source === 'plan' ? `plan ${facts.plan}` : source, detail: feature } as const;
  const refusal = featureRefusal(feature, facts);
  return refusal === undefined ? verdict : { ...verdict, refusal };
};

const isOnPlan: Judge = ({ membership: { facts } }, { plans }) => {
  if (plans === undefined) return undefined;
  const passed = plans.includes(facts.plan);
  const verdict = { step: 'plan', passed, source: `plan ${facts.plan}`, detail: `needs ${plans.join(' or ')}` } as const;
  return passed ? verdict : { ...verdict, refusal: new PlanRequiredError(plans, facts.plan) };
};

const isWithinQuota: Judge = ({ membership: { facts } }, { quota }) => {
  if (quota === undefined) return undefined;
  const { limit, source } = facts.entitlements.limits.get(quota.meter) ?? { limit: 0, source: 'plan' };
  const room = limit === undefined ? undefined : limit + quota.granted;
  const passed = room === undefined || quota.used + quota.quantity <= room;
  const detail = `${quota.meter}: ${quota.used} of ${room ?? 'unlimited'} used, ${quota.quantity} asked for`;
  const verdict = { step: 'quota', passed, source: source === 'plan' ? `plan ${facts.plan}` : source, detail } as const;
  return passed ? verdict : { ...verdict, refusal: quota.refusal };
};

const judges: readonly Judge[] = [tenantIsOpen, hasPart, meetsPolicy, holdsRoles, hasPermission, hasFeature, isOnPlan, isWithinQuota];

/**
 * The one function that decides about access in an organization, for the guards and for POST /access/check alike. It
 * takes its steps in order and stops at the first that refuses.
 */
export function decideAccess(member: Member, question: AccessQuestion): AccessDecision {
  const trace: AccessStep[] = [];
  for (const judge of judges) {
    const verdict = judge(member, question);
    if (verdict === undefined) continue;
    const { step, passed, source, detail, refusal } = verdict;
    trace.push({ step, passed, source, detail });
    if (!passed) return { allowed: false, trace, refusal };
  }
  return { allowed: true, trace, refusal: undefined };
}
