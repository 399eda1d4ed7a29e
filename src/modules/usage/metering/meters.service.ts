import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { QuotaExceededError } from '../../../access/access.errors.js';
import { Entitlements } from '../../../access/organization/entitlements.js';
import { Catalog, type Limit, type MeterDefinition } from '../../../config/catalog/catalog.js';
import { periodOf, type MeterPeriod } from './meter-period.js';
import { UnknownMeterError } from '../usage.errors.js';

/** What holds for a meter in an organization at a moment. */
export interface MeterTerms extends MeterPeriod {
  readonly meter: MeterDefinition;
  /** What the plan, or the operator beside it, allows in the period. */
  readonly allowance: Limit;
  /** Whether what goes beyond the allowance uses grants up. */
  readonly burns: boolean;
}

/** What there is of a meter. `used` counts what is held too. */
export interface MeterState {
  readonly used: number;
  readonly held: number;
  /** Of used: burnt from grants. */
  readonly fromGrants: number;
  /** What is left of grants. */
  readonly granted: number;
}

/** What a meter allows in the period in all, grants included; undefined for no limit. */
export const limitOf = ({ allowance, fromGrants, granted }: Pick<MeterTerms, 'allowance'> & Pick<MeterState, 'fromGrants' | 'granted'>): number | undefined =>
  allowance === undefined ? undefined : allowance + fromGrants + granted;

/** The meters of the catalog, as they hold for an organization. */
@Injectable()
export class MetersService {
  constructor(
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
  ) {}

  /** @throws {UnknownMeterError} */
  termsOf(key: string, { entitlements, usageAnchorDay }: Pick<OrganizationFacts, 'entitlements' | 'usageAnchorDay'>, at: Date): MeterTerms {
    const meter = this.getMeter(key);
    return { meter, ...periodOf(meter, at, usageAnchorDay), allowance: entitlements.limits.get(key)?.limit, burns: meter.kind === 'counter' };
  }

  /** @throws {UnknownMeterError} */
  getMeter(key: string): MeterDefinition {
    const meter = this.catalog.meters.get(key);
    if (meter === undefined) throw new UnknownMeterError(key);
    return meter;
  }

  /**
   * Meters as `usage.readings` takes them, for statements over all organizations at once.
   *
   * @param keys all when left out
   * @throws {UnknownMeterError}
   */
  describeMeters(keys: readonly string[] = [...this.catalog.meters.keys()]): Readonly<Record<'key' | 'kind' | 'period' | 'tracks', string | null>>[] {
    return [...new Set(keys)].map((key) => {
      const { kind, period = null, tracks = null } = this.getMeter(key);
      return { key, kind, period, tracks };
    });
  }

  /** The refusal of `asked` units, with what would make room for them. */
  quotaExceeded(
    { meter, allowance = 0, end }: MeterTerms,
    { used, granted, fromGrants }: MeterState,
    asked: number,
    facts: Pick<OrganizationFacts, 'plan' | 'addOns' | 'overrides'>,
  ): QuotaExceededError {
    const limit = limitOf({ allowance, granted, fromGrants }) ?? 0;
    const offers = this.entitlements.offersFor(meter.key, facts, { wanted: used + asked, limit });
    return new QuotaExceededError(meter.key, { limit, used, requested: asked, remaining: Math.max(0, limit - used), resetsAt: end?.toISOString() ?? null, ...offers });
  }
}
