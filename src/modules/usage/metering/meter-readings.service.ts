import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { readingOf, type MeterReading, type MeterTerms } from './meter-reading.js';
import { MetersService } from './meters.service.js';
import { UsageStatementsService } from './usage-statements.service.js';

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
