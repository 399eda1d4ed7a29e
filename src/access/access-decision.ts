import type { DedicatedKind } from './dedicated-kinds.js';
import type { AppError } from '../common/errors/app-error.js';
import {
  AccessDeniedError,
  AccountLoginRequiredError,
  AddressNotAllowedError,
  ApiKeyNeedsReviewError,
  AwaitingConsentError,
  DirectoryTokenRefusedError,
  FeatureDisabledError,
  FeatureNotInPlanError,
  GuardianAccessClosedError,
  OrganizationClosedError,
  PasswordExpiredError,
  PlanRequiredError,
  RecentLoginRequiredError,
  SecondFactorRequiredError,
  ServiceKeyRefusedError,
  SignInMethodNotAllowedError,
  SingleSignOnRequiredError,
  UserRequiredError,
} from './access.errors.js';
import type { ClosedState } from './access.decorators.js';
import { featureOf, type EntitlementSource } from './organization/entitlements.js';
import { customRolesEnabled } from './principal/effective-roles.js';
import type { OrganizationFacts, SecurityPolicy } from './organization/organization-facts.js';
import { closedState, mayAccess } from './organization/organization-state.policy.js';
import { barOf } from './organization/standing.policy.js';
import type { Principal, PrincipalMembership, ServicePrincipal } from './principal/principal.js';
import type { SignInMethod } from './sign-in-method.js';
import type { ServiceScope } from './service-scopes.js';

/** Units of a meter that the caller wants to use, and whether there is room for them. */
export interface QuotaQuestion {
  readonly meter: string;
  readonly quantity: number;
  /** Units that are used or held. */
  readonly taken: number;
  /** The limit, grants included; undefined for unlimited. */
  readonly limit: number | undefined;
  readonly hasRoom: boolean;
  /** The error when the limit does not suffice. */
  readonly refusal: AppError;
}

/** The conditions of an access decision. All that are present must be met. */
export interface AccessQuestion {
  /** Whether API keys are refused. True for routes that ask for a membership or a role, which a key does not have. */
  readonly usersOnly?: boolean;
  /** The scope with which service keys are accepted. They are refused without it. */
  readonly serviceScope?: ServiceScope;
  /** The kind of credential for which the route is made. The others of these kinds are refused. */
  readonly madeFor?: DedicatedKind;
  readonly minimumRank?: { readonly role: string; readonly rank: number };
  readonly permission?: string;
  readonly feature?: string;
  readonly plans?: readonly string[];
  readonly quota?: QuotaQuestion;
  readonly evenIf?: readonly ClosedState[];
  /** Whether the conditions are skipped that a member cannot meet on their own: the address and single sign-on. */
  readonly breakGlass?: boolean;
  /** Whether the request works for members who await the consent of a guardian. */
  readonly beforeConsent?: boolean;
  /** Whether the request only reads data. */
  readonly reads?: boolean;
  /** The IP address of the caller. */
  readonly address: string;
  /** The system's time, for the age of the password. */
  readonly now: Date;
}

/** The kinds of origins of a result. Those from `plan` on are sources of entitlements. */
export const accessSourceKinds = [
  'organization',
  'membership',
  'api_key',
  'service_key',
  'directory_token',
  'setup_link',
  'security_policy',
  'role',
  'custom_role',
  'team_role',
  'key_scopes',
  'no_role',
  'no_active_role',
  'plan',
  'subscription',
  'add_on',
  'override',
  'not_sold_separately',
] as const;

/** The origin of the result of a check. */
export interface AccessSource {
  readonly kind: (typeof accessSourceKinds)[number];
  /** The id of the organization, key, token or link, or the key of the role or plan; null for other kinds. */
  readonly key: string | null;
  /** The name of the team that has the role. */
  readonly team: string | null;
}

/** The result of one check of a decision. */
export interface AccessStep {
  readonly step: 'tenant' | 'membership' | 'policy' | 'roles' | 'permission' | 'feature' | 'plan' | 'quota';
  readonly passed: boolean;
  readonly sources: readonly AccessSource[];
  readonly detail: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** The checks in order, up to and including the one that failed. */
  readonly trace: readonly AccessStep[];
  /** The error of the failed check. */
  readonly refusal: AppError | undefined;
}

type CheckResult = AccessStep & { readonly refusal?: AppError };
type Member = Principal & { readonly membership: PrincipalMembership };
const from = (kind: AccessSource['kind'], key: string | null = null, team: string | null = null): AccessSource => ({ kind, key, team });

type Check = (member: Member, question: AccessQuestion) => CheckResult | undefined;

const checkTenantState: Check = ({ membership }, { evenIf = [], reads = false }) => {
  const state = closedState(membership.state);
  const passed = mayAccess(state, { role: membership.role, reads, evenIf });
  const result = { step: 'tenant', passed, sources: [from('organization', membership.organizationId)], detail: state ?? membership.state.status } as const;
  return passed || state === undefined ? result : { ...result, refusal: new OrganizationClosedError(state) };
};

const checkMembership: Check = (principal, question) => {
  const { refusal: unfit, sources } = membershipResult(principal, question);
  const refusal = unfit ?? standingRefusal(principal.membership, question);
  const result = { step: 'membership', passed: refusal === undefined, sources, detail: principal.membership.role ?? 'no base role' } as const;
  return refusal === undefined ? result : { ...result, refusal };
};

function standingRefusal({ standing, facts }: PrincipalMembership, { now, beforeConsent = false }: AccessQuestion): AppError | undefined {
  const bar = barOf(standing, facts.policy, now);
  if (bar === undefined || (bar === 'awaiting_consent' && beforeConsent)) return undefined;
  return bar === 'awaiting_consent' ? new AwaitingConsentError() : new GuardianAccessClosedError();
}

function membershipResult(
  principal: Member,
  { usersOnly = false, serviceScope, madeFor }: AccessQuestion,
): { readonly refusal: AppError | undefined; readonly sources: readonly AccessSource[] } {
  if (principal.kind === 'key') return { refusal: keyRefusal(principal.membership, usersOnly), sources: [from('api_key', principal.keyId)] };
  if (principal.kind === 'service') return { refusal: serviceRefusal(principal, serviceScope), sources: [from('service_key', principal.keyId)] };
  if (principal.kind === 'directory')
    return { refusal: madeFor === 'directory' ? undefined : new DirectoryTokenRefusedError(), sources: [from('directory_token', principal.keyId)] };
  if (principal.kind === 'setup')
    return { refusal: madeFor === 'setup' ? undefined : new AccessDeniedError('membership in the organization'), sources: [from('setup_link', principal.keyId)] };
  return { refusal: undefined, sources: [from('membership')] };
}

/** Service keys belong to the installation: they need no feature of the plan. */
function serviceRefusal({ scopes }: ServicePrincipal, needed: ServiceScope | undefined): AppError | undefined {
  if (needed === undefined) return new ServiceKeyRefusedError();
  return scopes.has(needed) ? undefined : new AccessDeniedError(`scope ${needed}`);
}

/** Returns the error when an organization cannot use a feature, or undefined when it can. */
export function featureRefusal(feature: string, { entitlements, plan }: Pick<OrganizationFacts, 'entitlements' | 'plan'>): AppError | undefined {
  const { available, enabled } = featureOf(entitlements, feature);
  if (enabled) return undefined;
  return available ? new FeatureDisabledError(feature) : new FeatureNotInPlanError(feature, plan);
}

/** API keys work only while the plan includes `api_access`. */
function keyRefusal({ facts }: PrincipalMembership, usersOnly: boolean): AppError | undefined {
  if (usersOnly) return new UserRequiredError();
  return featureRefusal('api_access', facts);
}

const checkSecurityPolicy: Check = (principal, question) => {
  const refusal = policyRefusal(principal, principal.membership.facts.policy, question);
  const result = { step: 'policy', passed: refusal === undefined, sources: [from('security_policy')], detail: refusal?.code ?? 'met' } as const;
  return refusal === undefined ? result : { ...result, refusal };
};

/** Returns the error with which a security policy refuses the caller, or undefined when the caller meets it. */
export function policyRefusal(
  principal: Principal,
  policy: SecurityPolicy,
  { address, now, breakGlass = false }: Pick<AccessQuestion, 'address' | 'now' | 'breakGlass'>,
): AppError | undefined {
  // The policy is about the people and the API keys of the organization. A service key has an allow-list of its own, which the operator sets.
  // The servers of a directory have addresses that its operator changes.
  if (principal.kind === 'service' || principal.kind === 'directory') return undefined;
  const { addresses, passwordMaxAge, sessionMaxAge } = policy;
  if (addresses !== undefined && !addresses.has(address) && !breakGlass) return new AddressNotAllowedError();
  if (principal.kind === 'key' || principal.kind === 'setup') return undefined;
  // Skipped for an impersonating operator, who cannot meet the conditions for the member's own session.
  if (principal.impersonation !== undefined) return undefined;
  const age = (since: Date): number => (now.getTime() - since.getTime()) / 1000;
  if (passwordMaxAge !== undefined && principal.passwordChangedAt !== null && age(principal.passwordChangedAt) > passwordMaxAge) return new PasswordExpiredError();
  if (sessionMaxAge !== undefined && age(principal.authenticatedAt) > sessionMaxAge) return new RecentLoginRequiredError(sessionMaxAge);
  const isSsoOfThis = principal.ssoOrganizationId === principal.membership?.organizationId;
  const fault = breakGlass ? undefined : signInFault(policy, { signInMethod: principal.signInMethod, isSsoOfThis });
  if (fault !== undefined) return fault === 'no_single_sign_on' ? new SingleSignOnRequiredError() : new SignInMethodNotAllowedError([...(policy.signInMethods ?? [])]);
  // The administrators of an organization control its identity provider: it proves nothing to another one.
  if (!isSsoOfThis && !principal.provesAccount) return new AccountLoginRequiredError();
  return !principal.secondFactor && needsSecondFactor(policy, principal.membership?.roles ?? []) ? new SecondFactorRequiredError() : undefined;
}

/** The way in which a session began. */
export interface SessionOrigin {
  /** A way that was not written down is null, and counts as none. */
  readonly signInMethod: SignInMethod | null;
  /** Whether it was single sign-on of the organization that asks. That of another one does not count. */
  readonly isSsoOfThis: boolean;
}

/** Returns why a policy refuses a session because of the way in which it began, or undefined when it accepts the way. */
export function signInFault(
  { ssoRequired, signInMethods }: Pick<SecurityPolicy, 'ssoRequired' | 'signInMethods'>,
  { signInMethod, isSsoOfThis }: SessionOrigin,
): 'no_single_sign_on' | 'other_method' | undefined {
  if (ssoRequired && !isSsoOfThis) return 'no_single_sign_on';
  if (signInMethods === undefined) return undefined;
  return signInMethod !== null && signInMethods.has(signInMethod) && (signInMethod !== 'sso' || isSsoOfThis) ? undefined : 'other_method';
}

/** Whether an organization requires a second factor of the holder of these roles. */
export const needsSecondFactor = ({ secondFactorRequired, secondFactorRoles }: SecurityPolicy, roles: readonly { readonly key: string }[]): boolean =>
  secondFactorRequired || (secondFactorRoles.size > 0 && roles.some(({ key }) => secondFactorRoles.has(key)));

const sourceOfRole = ({ key, via, team }: PrincipalMembership['roles'][number]): AccessSource => {
  if (via === 'team') return from('team_role', key, team ?? '');
  return via === 'key' || via === 'service' ? from('key_scopes') : from(via === 'direct' ? 'custom_role' : 'role', key);
};

const sourceOfEntitlement = (source: EntitlementSource, plan: string): AccessSource => from(source, source === 'plan' ? plan : null);

const checkRoles: Check = ({ membership }, { minimumRank }) => {
  const passed = minimumRank === undefined || membership.rank >= minimumRank.rank;
  const result = {
    step: 'roles',
    passed,
    sources: membership.roles.map(sourceOfRole),
    detail: minimumRank === undefined ? 'no minimum role' : `requires ${minimumRank.role}`,
  } as const;
  return passed ? result : { ...result, refusal: new AccessDeniedError(`role ${minimumRank.role}`) };
};

const checkPermission: Check = (principal, { permission }) => {
  if (permission === undefined) return undefined;
  const { membership } = principal;
  const granting = membership.roles.find(({ permissions }) => permissions.has(permission));
  const passed = membership.permissions.has(permission);
  const none = from(customRolesEnabled(membership.facts) ? 'no_role' : 'no_active_role');
  const result = { step: 'permission', passed, sources: [granting === undefined ? none : sourceOfRole(granting)], detail: permission } as const;
  if (passed) return result;
  const withheld = principal.kind === 'key' && principal.withheldPermissions.has(permission);
  return { ...result, refusal: withheld ? new ApiKeyNeedsReviewError(permission) : new AccessDeniedError(`permission ${permission}`) };
};

const checkFeature: Check = ({ membership: { facts } }, { feature }) => {
  if (feature === undefined) return undefined;
  const { enabled, source } = featureOf(facts.entitlements, feature);
  const result = { step: 'feature', passed: enabled, sources: [sourceOfEntitlement(source, facts.plan)], detail: feature } as const;
  const refusal = featureRefusal(feature, facts);
  return refusal === undefined ? result : { ...result, refusal };
};

const checkPlan: Check = ({ membership: { facts } }, { plans }) => {
  if (plans === undefined) return undefined;
  const passed = plans.includes(facts.plan);
  const result = { step: 'plan', passed, sources: [from('plan', facts.plan)], detail: `requires ${plans.join(' or ')}` } as const;
  return passed ? result : { ...result, refusal: new PlanRequiredError(plans, facts.plan) };
};

const checkQuota: Check = ({ membership: { facts } }, { quota }) => {
  if (quota === undefined) return undefined;
  const { source = 'plan' } = facts.entitlements.limits.get(quota.meter) ?? {};
  const passed = quota.hasRoom;
  const detail = `${quota.meter}: ${quota.taken} of ${quota.limit ?? 'unlimited'} used, ${quota.quantity} requested`;
  const result = { step: 'quota', passed, sources: [sourceOfEntitlement(source, facts.plan)], detail } as const;
  return passed ? result : { ...result, refusal: quota.refusal };
};

const checks: readonly Check[] = [checkTenantState, checkMembership, checkSecurityPolicy, checkRoles, checkPermission, checkFeature, checkPlan, checkQuota];

/**
 * Decides whether a member or API key may do something in an organization. The guards and POST /access/check both call
 * it. It runs the checks in order and stops at the first that fails.
 */
export function decideAccess(member: Member, question: AccessQuestion): AccessDecision {
  const trace: AccessStep[] = [];
  for (const check of checks) {
    const result = check(member, question);
    if (result === undefined) continue;
    const { step, passed, sources, detail, refusal } = result;
    trace.push({ step, passed, sources, detail });
    if (!passed) return { allowed: false, trace, refusal };
  }
  return { allowed: true, trace, refusal: undefined };
}
