import { Injectable } from '@nestjs/common';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { UsageLease } from '../../../generated/prisma/client.js';
import { readingOf } from '../metering/meter-reading.js';
import { MeterReadingsService } from '../metering/meter-readings.service.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterOf } from '../metering/reporter.js';
import { LeaseOverError, WrongMeterError } from '../usage.errors.js';
import { UsageStatementsService } from '../metering/usage-statements.service.js';

export interface LeaseDemand {
  readonly meter: string;
  /** Seconds without a heartbeat after which the unit is free again. */
  readonly ttlSeconds: number;
  readonly subject?: string | undefined;
}

/** The units of concurrent meters: sessions, running jobs. Whoever stops its heartbeat loses its unit. */
@Injectable()
export class LeasesService {
  constructor(
    private readonly db: TenantDb,
    private readonly meters: MetersService,
    private readonly readings: MeterReadingsService,
    private readonly statements: UsageStatementsService,
    private readonly clock: Clock,
  ) {}

  /** @throws {QuotaExceededError | UnknownMeterError | WrongMeterError} */
  async openLease(principal: Principal, demand: LeaseDemand): Promise<UsageLease> {
    const now = this.clock.now();
    const { facts } = membershipOf(principal);
    const terms = this.meters.termsOf(demand.meter, facts, now);
    if (terms.meter.kind !== 'concurrent') throw new WrongMeterError(demand.meter, 'only a concurrent meter is leased. Take its units by POST /usage/consume.');
    const { id, live } = await this.statements.acquireLease({ ...demand, ...reporterOf(principal) }, terms.allowance, now);
    if (id !== null) return this.getLease(id);
    const reading = await this.readings.readTerms(terms, now);
    throw this.meters.quotaExceeded(readingOf(terms, { ...reading, taken: live }), 1, facts);
  }

  /** @throws {NotFoundError} */
  async getLease(id: string): Promise<UsageLease> {
    const lease = await this.db.usageLease.findFirst({ where: { id } });
    if (lease === null) throw new NotFoundError();
    return lease;
  }

  /**
   * A heartbeat: the lease lasts for so long from now.
   *
   * @throws {LeaseOverError} when it comes too late: somebody else may have the unit
   */
  async extendLease(id: string, seconds?: number): Promise<UsageLease> {
    const now = this.clock.now();
    const lease = await this.db.usageLease.findFirst({ where: { id } });
    if (lease === null) throw new LeaseOverError();
    const ttlSeconds = seconds ?? lease.ttlSeconds;
    const data = { ttlSeconds, expiresAt: new Date(now.getTime() + ttlSeconds * 1000) };
    const { count } = await this.db.usageLease.updateMany({ where: { id, expiresAt: { gt: now } }, data });
    if (count === 0) throw new LeaseOverError();
    return { ...lease, ...data };
  }

  /** Gives the unit back; what is over already is no matter. */
  async releaseLease(id: string): Promise<void> {
    await this.db.usageLease.deleteMany({ where: { id } });
  }
}
