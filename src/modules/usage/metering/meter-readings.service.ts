import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Clock } from '../../../common/clock.js';
import { Catalog, type MeterDefinition } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { readingOf, type MeterReading, type MeterTerms } from './meter-reading.js';
import { findUnitsInUse } from './meter-readings.queries.js';
import { MetersService } from './meters.service.js';
import { UsageStatementsService } from './usage-statements.service.js';

/** Units in whole parts. */
export interface UnitsInUse {
  readonly used: number;
  readonly granted: number;
}

type Facts = Pick<OrganizationFacts, 'entitlements' | 'usageAnchors'>;

/** Reads the meters of the current organization, in one statement. `meter-readings.queries.ts` reads those of all organizations. */
@Injectable()
export class MeterReadingsService {
  constructor(
    private readonly catalog: Catalog,
    private readonly meters: MetersService,
    private readonly statements: UsageStatementsService,
    private readonly clock: Clock,
  ) {}

  /** Returns the reading of each meter of the catalog, in its order. */
  async readMeters(facts: Facts): Promise<MeterReading[]> {
    const now = this.clock.now();
    return this.#read(
      [...this.catalog.meters.keys()].map((key) => this.meters.termsOf(key, facts, now)),
      now,
    );
  }

  /** @throws {UnknownMeterError} */
  async readMeter(key: string, facts: Facts): Promise<MeterReading> {
    const now = this.clock.now();
    return this.readTerms(this.meters.termsOf(key, facts, now), now);
  }

  /**
   * Returns the units in use of each meter that never resets and that tenantry does not count itself, with the units that
   * grants add to its limit. For decisions about the plan, in their transaction.
   */
  async readUnitsInUse(tx: PlatformTransaction, organizationId: string, at: Date): Promise<readonly (UnitsInUse & { readonly meter: MeterDefinition })[]> {
    const meters = [...this.catalog.meters.values()].filter(({ kind, tracks }) => kind !== 'counter' && tracks === undefined);
    const basis = this.meters.readingBasis(meters.map(({ key }) => key));
    const found = new Map((await findUnitsInUse(tx, basis, at, organizationId)).map((row) => [row.meter, row]));
    return meters.map((meter) => ({ meter, used: Number(found.get(meter.key)?.used ?? 0), granted: Number(found.get(meter.key)?.granted ?? 0) }));
  }

  /** Returns the reading of a meter in the period of its terms. */
  async readTerms(terms: MeterTerms, at: Date): Promise<MeterReading> {
    const [reading] = await this.#read([terms], at);
    return reading as MeterReading;
  }

  async #read(terms: readonly MeterTerms[], at: Date): Promise<MeterReading[]> {
    if (terms.length === 0) return [];
    const states = await this.statements.readStates(terms, at);
    return terms.flatMap((each, index) => readingOf(each, states[index]!));
  }
}
