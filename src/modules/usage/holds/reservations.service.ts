import { Injectable } from '@nestjs/common';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { TenantDb } from '../../../database/tenant-db.js';
import type { UsageReservation } from '../../../generated/prisma/client.js';
import { MeterDecimalsService } from '../metering/meter-decimals.service.js';
import { MeterReadingsService } from '../metering/meter-readings.service.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterOf } from '../metering/reporter.js';
import { EventIdReusedError, ReservationClosedError, WrongMeterError } from '../usage.errors.js';
import { UsageStatementsService } from '../metering/usage-statements.service.js';
import { commitOutcome } from './reservation.policy.js';
import { toReservationDto, type ReservationDto } from './reservations.dto.js';

export interface ReservationRequest {
  readonly meter: string;
  readonly quantity: number;
  /** The reservation expires after this many seconds. */
  readonly ttlSeconds: number;
  readonly subject?: string | undefined;
}

/** Reserves units for long operations, so that an operation does not start without enough units to finish. */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly db: TenantDb,
    private readonly decimals: MeterDecimalsService,
    private readonly meters: MetersService,
    private readonly readings: MeterReadingsService,
    private readonly statements: UsageStatementsService,
    private readonly clock: Clock,
  ) {}

  /** @throws {QuotaExceededError | UnknownMeterError | WrongMeterError} */
  async reserveUsage(principal: Principal, request: ReservationRequest): Promise<ReservationDto> {
    const now = this.clock.now();
    const { facts } = membershipOf(principal);
    const terms = this.meters.termsOf(request.meter, facts, now);
    const { kind, tracks, aggregation } = terms.meter;
    if (kind !== 'counter' || tracks !== undefined || aggregation !== 'sum') throw WrongMeterError.notReservable(request.meter);
    const quantity = this.meters.partsOf(terms.meter, request.quantity);
    const id = await this.statements.reserve({ ...request, quantity, ...reporterOf(principal) }, terms, now);
    if (id === null) throw this.meters.quotaExceeded(await this.readings.readTerms(terms, now), quantity, facts);
    return this.getReservation(id);
  }

  /** @throws {NotFoundError} */
  async getReservation(id: string): Promise<ReservationDto> {
    const reservation = await this.#read(id);
    const decimalsOf = await this.decimals.findDecimals([reservation.meter]);
    return toReservationDto(reservation, decimalsOf(reservation.meter));
  }

  /**
   * Counts the units that the operation used, in the period of the reservation, and returns the others. It may have used
   * more than was reserved, if the limit leaves room. An expired reservation is committed like a new consumption.
   *
   * @throws {QuotaExceededError | ReservationClosedError | EventIdReusedError | NotFoundError}
   */
  async commitReservation(principal: Principal, id: string, quantity: number): Promise<ReservationDto> {
    const now = this.clock.now();
    const reservation = await this.#read(id);
    const { facts } = membershipOf(principal);
    const terms = this.meters.termsOf(reservation.meter, facts, reservation.periodStart);
    const parts = this.meters.partsOf(terms.meter, quantity);
    const event = { quantity: parts, occurredAt: reservation.createdAt, ...reporterOf(principal) };
    const { done, status, committed, id_taken: isIdTaken } = await this.statements.commitReservation(id, event, terms, now);
    const outcome = commitOutcome({ done, status, committed: committed === null ? null : Number(committed), isIdTaken }, parts);
    if (outcome === 'exceeded') throw this.meters.quotaExceeded(await this.readings.readTerms(terms, now), parts, facts);
    if (outcome === 'reused') throw new EventIdReusedError(id);
    if (outcome === 'closed') throw new ReservationClosedError();
    return this.getReservation(id);
  }

  /** Returns all the units. @throws {ReservationClosedError | NotFoundError} */
  async releaseReservation(id: string): Promise<void> {
    if (await this.statements.releaseReservation(id, this.clock.now())) return;
    const { status } = await this.#read(id);
    if (status === 'committed') throw new ReservationClosedError();
  }

  async #read(id: string): Promise<UsageReservation> {
    const reservation = await this.db.usageReservation.findFirst({ where: { id } });
    if (reservation === null) throw new NotFoundError();
    return reservation;
  }
}
