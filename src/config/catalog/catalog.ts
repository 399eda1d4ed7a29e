/** The role that every catalog has: it may do everything, and an organization always has at least one. */
export const ownerRole = 'owner';

export interface RoleDefinition {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
  /** Higher may do more; nobody grants a role of a higher rank than their own. */
  readonly rank: number;
  readonly permissions: ReadonlySet<string>;
}

export interface PermissionDefinition {
  /** Namespaced: `<resource>:<action>`. */
  readonly key: string;
  readonly description: string;
  /** Whether tenantry's own routes ask for it; else the product's do. */
  readonly builtIn: boolean;
  readonly grantableToKeys: boolean;
}

export interface FeatureDefinition {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
}

export type MeterKind = 'gauge' | 'counter' | 'concurrent';

export interface MeterDefinition {
  readonly key: string;
  readonly name: string;
  readonly kind: MeterKind;
  /** What one of it is called, e.g. `call`. */
  readonly unit: string;
  /** When a counter begins anew; undefined for the other kinds. */
  readonly period: 'day' | 'month' | undefined;
  readonly aggregation: 'sum' | 'count' | 'unique' | 'max';
  /** Whether its total is charged for. */
  readonly billed: boolean;
  /** What its total costs, where the catalog says so. */
  readonly prices: readonly UsagePrice[];
  /** What the system counts itself: a gauge of the members, or a counter of the requests that members and keys make. */
  readonly tracks: 'members' | 'requests' | undefined;
}

/** How long usage is taken and kept. */
export interface UsageTerms {
  /** Days by which an event may come late; and by which a period stays open to corrections after its end. */
  readonly lateDays: number;
  /** Days for which single events are kept; sums stay. */
  readonly keepDays: number;
  /** Months for which single requests are kept, the current one not counted; sums stay. */
  readonly keepRequestMonths: number;
}

/** What happens when nobody pays. */
export interface BillingTerms {
  /** The plan of an organization whose subscription has ended. */
  readonly fallbackPlan: string;
  /** When a trial ends that nobody pays for: on with the fallback plan, or suspended. */
  readonly trialEnds: 'fallback' | 'suspend';
  /** Whether an organization whose subscription was cancelled stays open. */
  readonly canceledOrganizations: 'open' | 'closed';
  /** Days within which an invoice is to be paid. */
  readonly dueDays: number;
  /** Days from when something is owed until the organization is suspended. */
  readonly graceDays: number;
  /** Whether a pending invitation takes a seat. */
  readonly invitationsTakeSeats: boolean;
}

/** A number of units, or undefined for no limit. */
export type Limit = number | undefined;

export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** What one of something costs. */
export interface UnitPrice {
  readonly interval: 'month' | 'year';
  /** ISO 4217 code. */
  readonly currency: string;
  /** In minor units. */
  readonly amount: number;
}

export interface Price extends UnitPrice {
  /** Whether it is charged for each seat. */
  readonly perSeat: boolean;
}

/** What is used costs so much, beside what a plan costs. */
export interface UsagePrice {
  /** As that of the plan that it is charged beside. */
  readonly interval: 'month' | 'year';
  /** ISO 4217 code. */
  readonly currency: string;
  /** In minor units, for {@link per} units. */
  readonly amount: number;
  /** Units that the amount buys; those that were begun count whole. */
  readonly per: number;
}

export interface PlanDefinition {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly prices: readonly Price[];
  readonly trialDays: number;
  readonly seats: Limit;
  readonly features: ReadonlySet<string>;
  /** One entry for each meter of the catalog. */
  readonly limits: ReadonlyMap<string, Limit>;
  readonly rateLimit: RateLimit;
}

/** What is bought beside a plan, one or several of it. */
export interface AddOnDefinition {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
  /** The plans with which it can be bought. */
  readonly plans: ReadonlySet<string>;
  /** For one of it. */
  readonly prices: readonly UnitPrice[];
  /** How many of it can be bought. */
  readonly max: number;
  /** What one of it adds to the plan's limits, by meter. */
  readonly limits: ReadonlyMap<string, number>;
  /** Seats that one of it adds where the plan includes them. */
  readonly seats: number;
  readonly features: ReadonlySet<string>;
}

export type SettingValue = boolean | number | string;

export interface SettingDefinition {
  readonly key: string;
  readonly type: 'boolean' | 'integer' | 'string';
  readonly default: SettingValue;
  readonly description: string | undefined;
  readonly allowed: readonly SettingValue[] | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Whether signing in and sessions obey it, or it is only kept for the product. */
  readonly enforcedBy: 'auth' | undefined;
}

/** The settings that auth knows how to enforce, with the type that each must have. */
export const authSettings = {
  session_timeout_minutes: 'integer',
  password_expiry_days: 'integer',
  max_login_attempts: 'integer',
  enable_two_factor: 'boolean',
} as const satisfies Record<string, SettingDefinition['type']>;

/** What can be limited before, or beside, the plan's own limit. */
export const limitedActions = [
  'signup',
  'login',
  'passwordForgot',
  'emailResend',
  'invitationAccept',
  'invitationCreate',
  'organizationCreate',
  'memberAdd',
  'joinRequest',
] as const;
export type LimitedAction = (typeof limitedActions)[number];

export interface ActionLimit extends RateLimit {
  /** What is counted apart: the address of the caller, the account that is named, or the signed-in user. */
  readonly per: 'address' | 'account' | 'user';
}

/** A catalog's content, checked and complete. */
export interface CatalogContent {
  readonly product: string;
  readonly defaultPlan: string;
  readonly defaultRole: string;
  readonly permissions: readonly PermissionDefinition[];
  readonly roles: readonly RoleDefinition[];
  readonly features: readonly FeatureDefinition[];
  readonly meters: readonly MeterDefinition[];
  readonly usage: UsageTerms;
  readonly billing: BillingTerms;
  readonly plans: readonly PlanDefinition[];
  readonly addOns: readonly AddOnDefinition[];
  readonly settings: readonly SettingDefinition[];
  readonly rateLimits: ReadonlyMap<LimitedAction, readonly ActionLimit[]>;
}

const byKey = <Item extends { readonly key: string }>(items: readonly Item[]): ReadonlyMap<string, Item> => new Map(items.map((item) => [item.key, item]));

/** What one product is made of: its roles, permissions, plans, add-ons, features, meters and settings. Read once, at boot. */
export class Catalog {
  readonly product: string;
  /** The plan of a new organization. */
  readonly defaultPlan: string;
  /** The role of somebody who joins without one being named. */
  readonly defaultRole: string;
  readonly permissions: ReadonlyMap<string, PermissionDefinition>;
  /** Highest first. */
  readonly roles: ReadonlyMap<string, RoleDefinition>;
  readonly features: ReadonlyMap<string, FeatureDefinition>;
  readonly meters: ReadonlyMap<string, MeterDefinition>;
  readonly usage: UsageTerms;
  readonly billing: BillingTerms;
  readonly plans: ReadonlyMap<string, PlanDefinition>;
  readonly addOns: ReadonlyMap<string, AddOnDefinition>;
  readonly settings: ReadonlyMap<string, SettingDefinition>;
  readonly rateLimits: ReadonlyMap<LimitedAction, readonly ActionLimit[]>;

  constructor(
    content: CatalogContent,
    /** SHA-256 of what the file says, spelling aside: equal catalogs have equal fingerprints. */
    readonly fingerprint: string,
    /** The file as data, as it is recorded when it is put to use. */
    readonly source: Readonly<Record<string, unknown>>,
  ) {
    this.product = content.product;
    this.defaultPlan = content.defaultPlan;
    this.defaultRole = content.defaultRole;
    this.permissions = byKey(content.permissions);
    this.roles = byKey([...content.roles].sort((a, b) => b.rank - a.rank));
    this.features = byKey(content.features);
    this.meters = byKey(content.meters);
    this.usage = content.usage;
    this.billing = content.billing;
    this.plans = byKey(content.plans);
    this.addOns = byKey(content.addOns);
    this.settings = byKey(content.settings);
    this.rateLimits = content.rateLimits;
  }

  /** The role right below owner, which an owner becomes who hands ownership over. */
  get successorRole(): string {
    return [...this.roles.keys()][1] ?? ownerRole;
  }
}
