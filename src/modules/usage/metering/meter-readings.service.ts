import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { MetersService, type MeterState, type MeterTerms } from './meters.service.js';

/** A meter of the organization, in its present period. `used` does not count what is held. */
export interface MeterReading extends MeterTerms, MeterState {}

type Facts = Pick<OrganizationFacts, 'entitlements' | 'usageAnchorDay'>;

/** What the organization has used of each meter. What the system counts itself is counted at that moment, from the rows themselves. */
@Injectable()
export class MeterReadingsService {
  constructor(
    private readonly db: TenantDb,
    private readonly catalog: Catalog,
    private readonly meters: MetersService,
    private readonly clock: Clock,
  ) {}

  async readMeters(facts: Facts): Promise<MeterReading[]> {
    const now = this.clock.now();
    const terms = [...this.catalog.meters.keys()].map((key) => this.meters.termsOf(key, facts, now));
    if (terms.length === 0) return [];
    const live = { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
    const [members, totals, leases, grants] = await Promise.all([
      terms.some(({ meter }) => meter.tracks === 'members') ? this.db.membership.count() : 0,
      this.db.meterTotal.findMany({ where: { OR: terms.map(({ meter, start }) => ({ meter: meter.key, periodStart: start })) } }),
      terms.some(({ meter }) => meter.kind === 'concurrent') ? this.db.usageLease.groupBy({ by: ['meter'], where: { expiresAt: { gt: now } }, _count: { _all: true } }) : [],
      this.db.usageGrant.groupBy({ by: ['meter'], where: { revokedAt: null, ...live }, _sum: { amount: true, burnt: true } }),
    ]);
    return terms.map((of) => {
      const { key, kind, tracks } = of.meter;
      const total = totals.find(({ meter }) => meter === key);
      const grant = grants.find(({ meter }) => meter === key)?._sum;
      const held = Number(total?.held ?? 0);
      const counted = kind === 'concurrent' ? (leases.find(({ meter }) => meter === key)?._count._all ?? 0) : Number(total?.used ?? 0) - held;
      return {
        ...of,
        used: tracks === 'members' ? members : counted,
        held,
        fromGrants: Number(total?.fromGrants ?? 0),
        granted: Number((grant?.amount ?? 0n) - (grant?.burnt ?? 0n)),
      };
    });
  }

  /** @throws {UnknownMeterError} */
  async readMeter(key: string, facts: Facts): Promise<MeterReading> {
    const terms = this.meters.termsOf(key, facts, this.clock.now());
    return (await this.readMeters(facts)).find(({ meter }) => meter.key === key) ?? { ...terms, used: 0, held: 0, fromGrants: 0, granted: 0 };
  }
}
