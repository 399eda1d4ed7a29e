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
import { UsageStatementsService } from '../metering/usage-statements.service.js';
import { LeaseOverError, WrongMeterError } from '../usage.errors.js';

export interface LeaseRequest {
  readonly meter: string;
  /** The lease expires this many seconds after its last heartbeat. */
  readonly ttlSeconds: number;
  readonly subject?: string | undefined;
}

/** Leases units of concurrent meters, such as sessions or running jobs. A lease without heartbeats expires. */
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
  async openLease(principal: Principal, request: LeaseRequest): Promise<UsageLease> {
    const now = this.clock.now();
    const { facts } = membershipOf(principal);
    const terms = this.meters.termsOf(request.meter, facts, now);
    if (terms.meter.kind !== 'concurrent') throw WrongMeterError.notConcurrent(request.meter);
    const { id, live } = await this.statements.acquireLease({ ...request, ...reporterOf(principal) }, terms.allowance, now);
    if (id !== null) return this.getLease(id);
    const reading = await this.readings.readTerms(terms, now);
    // The number of leases at the moment of the refusal: some may have ended since.
    throw this.meters.quotaExceeded(readingOf(terms, { ...reading, taken: live }), 1, facts);
  }

  /** @throws {NotFoundError} */
  async getLease(id: string): Promise<UsageLease> {
    const lease = await this.db.usageLease.findFirst({ where: { id } });
    if (lease === null) throw new NotFoundError();
    return lease;
  }

  /**
   * Records a heartbeat: the lease expires `ttlSeconds` from now.
   *
   * @param ttlSeconds that of the last heartbeat when left out
   * @throws {LeaseOverError} when the lease has expired: another caller may have the unit
   */
  async extendLease(id: string, ttlSeconds?: number): Promise<UsageLease> {
    const now = this.clock.now();
    const lease = await this.db.usageLease.findFirst({ where: { id } });
    if (lease === null) throw new LeaseOverError();
    const seconds = ttlSeconds ?? lease.ttlSeconds;
    const data = { ttlSeconds: seconds, expiresAt: new Date(now.getTime() + seconds * 1000) };
    const { count } = await this.db.usageLease.updateMany({ where: { id, expiresAt: { gt: now } }, data });
    if (count === 0) throw new LeaseOverError();
    return { ...lease, ...data };
  }

  /** Releases the unit. Does nothing when the lease is already over. */
  async releaseLease(id: string): Promise<void> {
    await this.db.usageLease.deleteMany({ where: { id } });
  }
}
