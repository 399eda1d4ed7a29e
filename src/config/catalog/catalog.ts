/** The role that every catalog defines. It has every permission, and an organization always has at least one owner. */
export const ownerRole = 'owner';

export interface RoleDefinition {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
  /** The order of roles. A member can grant only roles up to the rank of their own. */
  readonly rank: number;
  readonly permissions: ReadonlySet<string>;
  /** `minors` when its holders need the consent of a guardian; `guardians` when its holders are the guardians of minors. */
  readonly holders: 'minors' | 'guardians' | undefined;
}

/** The terms to which a guardian consents, and the age until which one must. */
export interface ConsentTerms {
  /** The age in years from which a member decides alone; undefined when every holder of a role for minors needs consent. */
  readonly age: number | undefined;
  /** The text that a guardian consents to. */
  readonly text: string;
  /** The version of the text, which every consent records. */
  readonly version: string;
}

export interface PermissionDefinition {
  /** `<resource>:<action>` */
  readonly key: string;
  readonly description: string;
  /** True when tenantry's own routes require it, false when it is the product's: of a resource, or defined by the catalog. */
  readonly builtIn: boolean;
  readonly grantableToKeys: boolean;
}

export interface FeatureDefinition {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
  /** Whether switching it decides about security: only users with the permission security:write can do it. */
  readonly security: boolean;
}

export type MeterKind = 'gauge' | 'counter' | 'concurrent';

export interface MeterDefinition {
  readonly key: string;
  readonly name: string;
  readonly kind: MeterKind;
  /** The name of one unit, e.g. `call`. */
  readonly unit: string;
  /** The period after which a counter resets; undefined for the other kinds. */
  readonly period: 'day' | 'month' | undefined;
  readonly aggregation: 'sum' | 'count' | 'unique' | 'max';
  /** The decimals of its quantities. Limits, totals and events have whole parts of a unit: see `quantities.ts`. */
  readonly decimals: number;
  /** Whether its total is billed. */
  readonly billed: boolean;
  /** The prices of its usage; empty when the catalog has none. */
  readonly prices: readonly UsagePrice[];
  /** Set when the application measures it: a gauge of the members, or a counter of the requests of members and API keys. */
  readonly tracks: 'members' | 'requests' | undefined;
}

/** How long usage is accepted and stored. */
export interface UsageTerms {
  /** Days by which an event may be late, and for which a period accepts corrections after its end. */
  readonly lateDays: number;
  /** Days for which usage events are stored. Totals are kept. */
  readonly keepDays: number;
  /** Months for which the request log is stored, in addition to the current month. Totals are kept. */
  readonly keepRequestMonths: number;
}

/** How trials, unpaid invoices and ended subscriptions are handled. */
export interface BillingTerms {
  /** The plan of an organization whose subscription has ended. */
  readonly fallbackPlan: string;
  /** At the end of a trial without payment: `fallback` changes to the fallback plan, `suspend` suspends the organization. */
  readonly trialEnds: 'fallback' | 'suspend';
  /** Whether an organization stays open after its subscription was canceled. */
  readonly canceledOrganizations: 'open' | 'closed';
  /** Days from the issue of an invoice to its due date. */
  readonly dueDays: number;
  /** Days from the first reminder of an overdue invoice to the suspension of the organization. */
  readonly graceDays: number;
  /** Whether a pending invitation occupies a seat. */
  readonly invitationsTakeSeats: boolean;
  /** When a purchase begins that tenantry invoices: at once, once the operator approves it, or once its invoice is paid. */
  readonly upgrades: 'immediate' | 'approval' | 'payment';
  /** How tenantry numbers the documents that it issues. */
  readonly invoices: InvoiceNumbers;
  /** How an invoice is paid, as printed on it. */
  readonly paymentInstructions?: string;
}

/** The seller, as printed on documents. */
export interface Seller {
  readonly name: string;
  readonly email?: string;
  readonly taxId?: string;
  readonly address: PostalAddress;
}

/** An address, as printed on documents. */
export interface PostalAddress {
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
  readonly postalCode?: string;
  readonly region?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

export interface TaxRate {
  readonly name: string;
  /** With at most three decimals. */
  readonly percent: number;
}

/** The taxes that are added to prices. */
export interface TaxRates {
  /** By country. */
  readonly rates: ReadonlyMap<string, TaxRate>;
  /** The countries whose customers owe the tax when they have a tax id. */
  readonly reverseCharge: ReadonlySet<string>;
}

/** The prefixes of the numbers of invoices and credit notes. Each has a series of the installation, without gaps. */
export interface InvoiceNumbers {
  readonly prefix: string;
  readonly creditNotePrefix: string;
}

/** A number of parts of a unit, or undefined for no limit. */
export type Limit = number | undefined;

export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** Limits the work of an organization on one replica. */
export interface LoadLimits {
  /** The requests that run at the same time. */
  readonly requests: Limit;
  /** The milliseconds in each second for which its work holds connections of the database, on average. */
  readonly databaseTime: Limit;
}

/** The limits of a plan that states none. */
export const defaultLoad: LoadLimits = { requests: 50, databaseTime: 2000 };

/** The price of one unit per interval. */
export interface UnitPrice {
  readonly interval: 'month' | 'year';
  /** ISO 4217 code. */
  readonly currency: string;
  /** In minor units. */
  readonly amount: number;
}

export interface Price extends UnitPrice {
  /** Whether the amount is charged for each seat. */
  readonly perSeat: boolean;
}

/** The price of usage, charged in addition to the plan. */
export interface UsagePrice {
  /** The interval of the plan with which it is charged. */
  readonly interval: 'month' | 'year';
  /** ISO 4217 code. */
  readonly currency: string;
  readonly model: UsageModel;
  /** In minor units, for {@link per} units; 0 if there are tiers. With at most twelve decimals. */
  readonly amount: number;
  /** The number of units that the amount buys. A started block of units is charged in full. */
  readonly per: number;
  /** The lowest first; the last has no end. Empty unless the model is `graduated` or `volume`. */
  readonly tiers: readonly UsageTier[];
}

/** How usage is priced: each unit, each started block of units, each unit by its tier, or all units by the tier of the total. */
export const usageModels = ['per_unit', 'package', 'graduated', 'volume'] as const;
export type UsageModel = (typeof usageModels)[number];

/** Units of usage with one price. */
export interface UsageTier {
  /** The last unit of the tier; undefined for no end. */
  readonly upTo: number | undefined;
  /** The price of one unit, in minor units, with at most twelve decimals. */
  readonly amount: number;
  /** The amount that is charged once if the tier applies, in whole minor units. */
  readonly flat: number;
}

export interface PlanDefinition {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly prices: readonly Price[];
  readonly trialDays: number;
  readonly seats: Limit;
  readonly features: ReadonlySet<string>;
  /** Has one entry for each meter of the catalog. */
  readonly limits: ReadonlyMap<string, Limit>;
  readonly rateLimit: RateLimit;
  readonly load: LoadLimits;
}

/** An add-on, which can be bought once or several times in addition to a plan. */
export interface AddOnDefinition {
  readonly key: string;
  readonly name: string;
  readonly description: string | undefined;
  /** The plans to which it can be added. */
  readonly plans: ReadonlySet<string>;
  /** The prices of one unit. */
  readonly prices: readonly UnitPrice[];
  /** The maximum quantity. */
  readonly max: number;
  /** The parts of a unit that one adds to the limits of the plan, by meter. */
  readonly limits: ReadonlyMap<string, number>;
  /** The seats that one adds to a plan that includes seats. */
  readonly seats: number;
  readonly features: ReadonlySet<string>;
}

export type SettingEnforcer = 'auth' | 'membership';

export type SettingValue = boolean | number | string;

export interface SettingDefinition {
  readonly key: string;
  readonly type: 'boolean' | 'integer' | 'string';
  readonly default: SettingValue;
  readonly description: string | undefined;
  readonly allowed: readonly SettingValue[] | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** `auth` when sign-in and sessions enforce it, `membership` when the access of members does; undefined when it is only stored for the product. */
  readonly enforcedBy: SettingEnforcer | undefined;
  /** Whether it decides about security: only users with the permission security:write can change it. */
  readonly security: boolean;
  /** `members` when every member may see it; undefined when only those with settings:read may. */
  readonly visibleTo: 'members' | undefined;
}

/** The settings that sign-in and sessions can enforce, with the type that each must have. */
export const authSettings = {
  session_timeout_minutes: 'integer',
  session_max_age_hours: 'integer',
  password_expiry_days: 'integer',
  max_login_attempts: 'integer',
  password_min_length: 'integer',
  enable_two_factor: 'boolean',
  new_device_mail: 'boolean',
  trusted_device_days: 'integer',
} as const satisfies Record<string, SettingDefinition['type']>;

/** The settings that decide about the access of minors and guardians, with the type that each must have. */
export const membershipSettings = {
  require_parental_consent: 'boolean',
  allow_student_registration: 'boolean',
  allow_parent_access: 'boolean',
} as const satisfies Record<string, SettingDefinition['type']>;

/** The ways to sign in that a product offers. Passkeys and single sign-on are always offered, and identity providers by AUTH_PROVIDERS. */
export interface SignInTerms {
  readonly password: boolean;
  /** A link or a code in a mail. */
  readonly mail: boolean;
}

/** The most days for which a device can be trusted. */
export const mostTrustedDays = 365;

/** The value that a claim of access tokens takes from the organization: the plan, the role of the user in it, or its slug. */
export type ClaimOrigin = 'plan' | 'role' | 'slug';

/** A claim of access tokens: what it takes from the organization, or a constant. */
export type ClaimSource = ClaimOrigin | { readonly value: string | number | boolean };

/** The most bytes that the claims of a catalog can take in a token, before it is encoded. */
export const maxClaimBytes = 1024;

/** The actions that can have a rate limit in addition to that of the plan. */
export const limitedActions = [
  'signup',
  'login',
  'ssoLogout',
  'clientToken',
  'passwordForgot',
  'mailSignIn',
  'emailResend',
  'invitationAccept',
  'invitationCreate',
  'organizationCreate',
  'memberAdd',
  'joinRequest',
  'personExport',
  'consentRequest',
] as const;
export type LimitedAction = (typeof limitedActions)[number];

export interface ActionLimit extends RateLimit {
  /** The key of the limit: the IP address of the caller, or the signed-in user. Never a value of the request: anybody could use it up for somebody else. */
  readonly per: 'address' | 'user';
}

/** The content of a catalog, validated and with all defaults. */
export interface CatalogContent {
  readonly product: string;
  /** BCP 47 tag of the language of mails to people and organizations that have chosen none. */
  readonly locale: string;
  readonly defaultPlan: string;
  readonly defaultRole: string;
  readonly permissions: readonly PermissionDefinition[];
  readonly roles: readonly RoleDefinition[];
  readonly features: readonly FeatureDefinition[];
  readonly meters: readonly MeterDefinition[];
  readonly usage: UsageTerms;
  readonly billing: BillingTerms;
  readonly seller: Seller | undefined;
  /** Undefined if nothing is taxed. */
  readonly taxes: TaxRates | undefined;
  readonly plans: readonly PlanDefinition[];
  readonly addOns: readonly AddOnDefinition[];
  readonly settings: readonly SettingDefinition[];
  readonly signIn: SignInTerms;
  readonly consent: ConsentTerms;
  readonly tokenClaims: ReadonlyMap<string, ClaimSource>;
  readonly rateLimits: ReadonlyMap<LimitedAction, readonly ActionLimit[]>;
}

const byKey = <Item extends { readonly key: string }>(items: readonly Item[]): ReadonlyMap<string, Item> => new Map(items.map((item) => [item.key, item]));

/** The catalog of a product: roles, permissions, plans, add-ons, features, meters and settings. Read once, at start. */
export class Catalog {
  readonly product: string;
  /** BCP 47 tag of the language of mails to people and organizations that have chosen none. */
  readonly locale: string;
  /** The plan of a new organization. */
  readonly defaultPlan: string;
  /** The role of a member who joins without a named role. */
  readonly defaultRole: string;
  readonly permissions: ReadonlyMap<string, PermissionDefinition>;
  /** Highest first. */
  readonly roles: ReadonlyMap<string, RoleDefinition>;
  readonly features: ReadonlyMap<string, FeatureDefinition>;
  readonly meters: ReadonlyMap<string, MeterDefinition>;
  readonly usage: UsageTerms;
  readonly billing: BillingTerms;
  readonly seller: Seller | undefined;
  readonly taxes: TaxRates | undefined;
  readonly plans: ReadonlyMap<string, PlanDefinition>;
  readonly addOns: ReadonlyMap<string, AddOnDefinition>;
  readonly settings: ReadonlyMap<string, SettingDefinition>;
  readonly signIn: SignInTerms;
  readonly consent: ConsentTerms;
  readonly tokenClaims: ReadonlyMap<string, ClaimSource>;
  readonly rateLimits: ReadonlyMap<LimitedAction, readonly ActionLimit[]>;

  constructor(
    content: CatalogContent,
    /** SHA-256 of the parsed file: catalogs with the same content have the same fingerprint, whatever their formatting. */
    readonly fingerprint: string,
    /** The parsed file, which is recorded when the catalog is first used. */
    readonly source: Readonly<Record<string, unknown>>,
  ) {
    this.product = content.product;
    this.locale = content.locale;
    this.defaultPlan = content.defaultPlan;
    this.defaultRole = content.defaultRole;
    this.permissions = byKey(content.permissions);
    this.roles = byKey([...content.roles].sort((a, b) => b.rank - a.rank));
    this.features = byKey(content.features);
    this.meters = byKey(content.meters);
    this.usage = content.usage;
    this.billing = content.billing;
    this.seller = content.seller;
    this.taxes = content.taxes;
    this.plans = byKey(content.plans);
    this.addOns = byKey(content.addOns);
    this.settings = byKey(content.settings);
    this.signIn = content.signIn;
    this.consent = content.consent;
    this.tokenClaims = content.tokenClaims;
    this.rateLimits = content.rateLimits;
  }

  /** Returns the key of the meter that the application measures itself by this number, if the catalog has one. */
  meterThatTracks(what: NonNullable<MeterDefinition['tracks']>): string | undefined {
    return [...this.meters.values()].find(({ tracks }) => tracks === what)?.key;
  }

  /** Returns the decimals of a meter; 0 for a meter that the catalog does not define. */
  decimalsOf(meter: string): number {
    return this.meters.get(meter)?.decimals ?? 0;
  }

  /** The role with the highest rank below owner. An owner has this role after a transfer of ownership. */
  get successorRole(): string {
    return [...this.roles.keys()][1] ?? ownerRole;
  }
}
