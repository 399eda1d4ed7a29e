import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { QuotaExceededError } from '../../../access/access.errors.js';
import { Entitlements } from '../../../access/organization/entitlements.js';
import { Catalog, type MeterDefinition } from '../../../config/catalog/catalog.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { TooManyDecimalsError, UnknownMeterError } from '../usage.errors.js';
import { periodIn } from './meter-period.js';
import type { MeterReading, MeterTerms } from './meter-reading.js';
import { countedParts } from './units.js';
import type { LimitsBasis, ReadingBasis } from './meter-readings.queries.js';

/** Knows the meters of the catalog, and what an organization may use of them. {@link MeterReadingsService} reads what it has used. */
@Injectable()
export class MetersService {
  constructor(
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
  ) {}

  /** @throws {UnknownMeterError} */
  getMeter(key: string): MeterDefinition {
    const meter = this.catalog.meters.get(key);
    if (meter === undefined) throw new UnknownMeterError(key);
    return meter;
  }

  /**
   * Returns a quantity that a caller sent in whole parts of a unit.
   *
   * @throws {TooManyDecimalsError}
   */
  partsOf({ key, decimals }: Pick<MeterDefinition, 'key' | 'decimals'>, quantity: number, pointer = '/quantity'): number {
    const parts = countedParts({ decimals }, quantity);
    if (parts === undefined) throw new TooManyDecimalsError(key, decimals, pointer);
    return parts;
  }

  /** Returns the rules of a meter in the period that contains a moment. @throws {UnknownMeterError} */
  termsOf(key: string, { entitlements, usageAnchors }: Pick<OrganizationFacts, 'entitlements' | 'usageAnchors'>, at: Date): MeterTerms {
    const meter = this.getMeter(key);
    return { meter, ...periodIn(meter, at, usageAnchors), allowance: entitlements.limits.get(key)?.limit, burns: meter.kind === 'counter' };
  }

  /** Returns the limits of plans and add-ons, for statements about all organizations. */
  limitsBasis(): LimitsBasis {
    return { plans: JSON.stringify(this.entitlements.limitsByPlan()), perUnit: JSON.stringify(this.entitlements.limitsByAddOn()) };
  }

  /**
   * Returns the meters and limits, for statements about all organizations.
   *
   * @param keys all meters when left out
   * @throws {UnknownMeterError}
   */
  readingBasis(keys: readonly string[] = [...this.catalog.meters.keys()]): ReadingBasis {
    const meters = [...new Set(keys)].map((key) => {
      const { kind, period = null, tracks = null } = this.getMeter(key);
      return { key, kind, period, tracks };
    });
    return { meters: JSON.stringify(meters), ...this.limitsBasis() };
  }

  /** Returns the error for `requested` parts that the limit leaves no room for, with the plan and the add-on that would make room. */
  quotaExceeded(
    { meter, end, taken, used, held, limit = 0, remaining = 0 }: MeterReading,
    requested: number,
    facts: Pick<OrganizationFacts, 'plan' | 'addOns' | 'overrides'>,
  ): QuotaExceededError {
    const { upgrade, addOn } = this.entitlements.offersFor(meter.key, facts, { wanted: taken + requested, limit });
    const quantity = (parts: number): number => quantityOf(meter.decimals, parts);
    return new QuotaExceededError(meter.key, {
      limit: quantity(limit),
      used: quantity(used),
      held: quantity(held),
      requested: quantity(requested),
      remaining: quantity(remaining),
      resetsAt: end?.toISOString() ?? null,
      upgrade: upgrade && { ...upgrade, limit: upgrade.limit === null ? null : quantity(upgrade.limit) },
      addOn: addOn && { ...addOn, limit: quantity(addOn.limit) },
    });
  }
}
