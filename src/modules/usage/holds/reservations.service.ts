import { Injectable } from '@nestjs/common';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { UsageReservation } from '../../../generated/prisma/client.js';
import { MeterReadingsService } from '../metering/meter-readings.service.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterOf } from '../metering/reporter.js';
import { EventIdReusedError, ReservationClosedError, WrongMeterError } from '../usage.errors.js';
import { UsageStatementsService } from '../metering/usage-statements.service.js';

export interface ReservationDemand {
  readonly meter: string;
  readonly quantity: number;
  /** Seconds until it is given back by itself. */
  readonly ttlSeconds: number;
  readonly subject?: string | undefined;
}

/** Units set aside for long work, so that it does not begin what it may not finish. */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly db: TenantDb,
    private readonly meters: MetersService,
    private readonly readings: MeterReadingsService,
    private readonly statements: UsageStatementsService,
    private readonly clock: Clock,
  ) {}

  /** @throws {QuotaExceededError | UnknownMeterError | WrongMeterError} */
  async reserveUsage(principal: Principal, demand: ReservationDemand): Promise<UsageReservation> {
    const now = this.clock.now();
    const { facts } = membershipOf(principal);
    const terms = this.meters.termsOf(demand.meter, facts, now);
    const { kind, tracks, aggregation } = terms.meter;
    if (kind !== 'counter' || tracks !== undefined || aggregation !== 'sum') throw new WrongMeterError(demand.meter, 'only a counter that adds up quantities can be reserved.');
    const id = await this.statements.reserve({ ...demand, ...reporterOf(principal) }, terms, now);
    if (id === null) throw this.meters.quotaExceeded(await this.readings.readTerms(terms, now), demand.quantity, facts);
    return this.getReservation(id);
  }

  /** @throws {NotFoundError} */
  async getReservation(id: string): Promise<UsageReservation> {
    const reservation = await this.db.usageReservation.findFirst({ where: { id } });
    if (reservation === null) throw new NotFoundError();
    return reservation;
  }

  /**
   * Counts what the work has used, which may be more than was reserved if there is room; the rest comes back. After its
   * time a reservation holds nothing, and is committed like new consumption. In the period in which it was made.
   *
   * @throws {QuotaExceededError | ReservationClosedError | EventIdReusedError | NotFoundError}
   */
  async commitReservation(principal: Principal, id: string, quantity: number): Promise<UsageReservation> {
    const now = this.clock.now();
    const reservation = await this.getReservation(id);
    const { facts } = membershipOf(principal);
    const terms = this.meters.termsOf(reservation.meter, facts, reservation.periodStart);
    const event = { quantity, occurredAt: reservation.createdAt, ...reporterOf(principal) };
    const outcome = await this.statements.commitReservation(id, event, terms, now);
    if (outcome === 'exceeded') throw this.meters.quotaExceeded(await this.readings.readTerms(terms, now), quantity, facts);
    if (outcome === 'reused') throw new EventIdReusedError(id);
    if (outcome === 'closed') throw new ReservationClosedError();
    return this.getReservation(id);
  }

  /** Gives it back. @throws {ReservationClosedError | NotFoundError} */
  async releaseReservation(id: string): Promise<void> {
    if (await this.statements.releaseReservation(id, this.clock.now())) return;
    const { status } = await this.getReservation(id);
    if (status === 'committed') throw new ReservationClosedError();
  }
}
