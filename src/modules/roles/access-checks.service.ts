import { Injectable } from '@nestjs/common';
import { decideAccess, type AccessDecision, type QuotaQuestion } from '../../access/access-decision.js';
import { isCapability } from '../../config/catalog/capabilities.js';
import { membershipOf, type Principal, type PrincipalMembership } from '../../access/principal/principal.js';
import { SystemClock } from '../../common/clock.js';
import { quantityOf } from '../../config/catalog/quantities.js';
import { hasRoomFor } from '../usage/metering/meter-reading.js';
import { MetersService } from '../usage/metering/meters.service.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { MeterReadingsService } from '../usage/metering/meter-readings.service.js';
import type { CheckAccessDto } from './access-checks.dto.js';
import { UnknownFeatureError, UnknownMeterError, UnknownPermissionError } from './roles.errors.js';

/** Checks whether the caller has a permission, feature or quota, with the same decision as the guards. */
@Injectable()
export class AccessChecksService {
  constructor(
    private readonly catalog: Catalog,
    private readonly readings: MeterReadingsService,
    private readonly meters: MetersService,
    private readonly clock: SystemClock,
  ) {}

  /** @throws {UnknownPermissionError | UnknownFeatureError | UnknownMeterError} */
  async checkAccess(principal: Principal, { permission, feature, meter, quantity = 1 }: CheckAccessDto, address: string): Promise<AccessDecision> {
    if (permission !== undefined && !this.catalog.permissions.has(permission)) throw new UnknownPermissionError(permission, '/permission');
    if (feature !== undefined && !this.catalog.features.has(feature) && !isCapability(feature)) throw new UnknownFeatureError(feature);
    if (meter !== undefined && !this.catalog.meters.has(meter)) throw new UnknownMeterError(meter);
    const question = {
      address,
      now: this.clock.now(),
      // Owners can still read a suspended organization.
      reads: permission !== undefined && permission.endsWith(':read'),
      ...(permission === undefined ? {} : { permission }),
      ...(feature === undefined ? {} : { feature }),
      ...(meter === undefined ? {} : { quota: await this.#quota(principal, meter, quantity) }),
    };
    return decideAccess(principal as Principal & { membership: PrincipalMembership }, question);
  }

  async #quota(principal: Principal, meter: string, quantity: number): Promise<QuotaQuestion> {
    const { facts } = membershipOf(principal);
    const reading = await this.readings.readMeter(meter, facts);
    const parts = this.meters.partsOf(reading.meter, quantity);
    const {
      taken,
      limit,
      meter: { decimals },
    } = reading;
    const shown = { taken: quantityOf(decimals, taken), limit: limit === undefined ? undefined : quantityOf(decimals, limit) };
    return { meter, quantity, ...shown, hasRoom: hasRoomFor(reading, parts), refusal: this.meters.quotaExceeded(reading, parts, facts) };
  }
}
