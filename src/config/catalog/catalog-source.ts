import type { BillingTerms, ClaimSource, InvoiceNumbers, Seller, SettingEnforcer, SignInTerms, TaxRate, UsageModel } from './catalog.js';

/** A parsed catalog file that is valid against the JSON Schema. References between its sections are not checked yet. */
export interface CatalogSource {
  readonly product: string;
  readonly locale?: string;
  readonly defaults: { readonly plan: string; readonly role: string };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<string, RoleSource>>;
  readonly features?: Readonly<Record<string, string | FeatureSource>>;
  readonly meters?: Readonly<Record<string, MeterSource>>;
  readonly usage?: { readonly lateDays?: number; readonly keepDays?: number; readonly keepRequestMonths?: number };
  readonly billing?: Partial<Omit<BillingTerms, 'invoices'>> & { readonly invoices?: Partial<InvoiceNumbers> };
  readonly seller?: Seller;
  readonly taxes?: { readonly rates: Readonly<Record<string, TaxRate>>; readonly reverseCharge?: readonly string[] };
  readonly plans: Readonly<Record<string, PlanSource>>;
  readonly addOns?: Readonly<Record<string, AddOnSource>>;
  readonly settings?: Readonly<Record<string, SettingSource>>;
  readonly signIn?: Partial<SignInTerms>;
  readonly consent?: { readonly age?: number; readonly text: string; readonly version: string };
  readonly tokenClaims?: Readonly<Record<string, ClaimSource>>;
  readonly rateLimits?: Readonly<Record<string, readonly { readonly per: 'address' | 'user'; readonly requests: number; readonly seconds: number }[]>>;
}

export interface FeatureSource {
  readonly name: string;
  readonly description?: string;
  readonly security?: boolean;
}

export interface RoleSource {
  readonly name?: string;
  readonly description?: string;
  readonly rank: number;
  readonly inherits?: string;
  /** `*`, `<resource>:*` or a permission. */
  readonly permissions: readonly string[];
  readonly holders?: 'minors' | 'guardians';
}

export interface MeterSource {
  readonly name?: string;
  readonly kind: 'gauge' | 'counter' | 'concurrent';
  readonly unit?: string;
  readonly period?: 'day' | 'month';
  readonly aggregation?: 'sum' | 'count' | 'unique' | 'max';
  readonly decimals?: number;
  readonly billed?: boolean;
  readonly prices?: readonly UsagePriceSource[];
  readonly tracks?: 'members' | 'requests';
}

export interface UnitPriceSource {
  readonly interval: 'month' | 'year';
  readonly currency: string;
  readonly amount: number;
}

export interface UsagePriceSource extends Omit<UnitPriceSource, 'amount'> {
  readonly model?: UsageModel;
  readonly amount?: number;
  readonly per?: number;
  readonly tiers?: readonly { readonly upTo: number | 'unlimited'; readonly amount: number; readonly flat?: number }[];
}

export interface PlanSource {
  readonly name?: string;
  readonly description?: string;
  readonly prices?: readonly (UnitPriceSource & { readonly perSeat?: boolean })[];
  readonly trialDays?: number;
  readonly seats: number | 'unlimited';
  /** Another plan, whose features this plan includes. */
  readonly inherits?: string;
  readonly features?: readonly string[];
  readonly limits?: Readonly<Record<string, number | 'unlimited'>>;
  readonly rateLimit: { readonly requests: number; readonly seconds: number };
  readonly load?: { readonly requests?: number | 'unlimited'; readonly databaseTime?: number | 'unlimited' };
}

export interface AddOnSource {
  readonly name?: string;
  readonly description?: string;
  /** All plans that have prices when undefined. */
  readonly plans?: readonly string[];
  readonly prices: readonly UnitPriceSource[];
  readonly max?: number;
  readonly limits?: Readonly<Record<string, number>>;
  readonly seats?: number;
  readonly features?: readonly string[];
}

export interface SettingSource {
  readonly type: 'boolean' | 'integer' | 'string';
  readonly default: boolean | number | string;
  readonly description?: string;
  readonly allowed?: readonly (boolean | number | string)[];
  readonly min?: number;
  readonly max?: number;
  readonly enforcedBy?: SettingEnforcer;
  readonly security?: boolean;
  readonly visibleTo?: 'members';
}
