import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { toGrantDto, type CreateGrantDto, type GrantDto, type ListGrantsQuery } from './grants.dto.js';
import { MeterDecimalsService } from '../metering/meter-decimals.service.js';
import { MetersService } from '../metering/meters.service.js';
import { GrantExpiredError, UnknownMeterError, WrongMeterError } from '../usage.errors.js';
import { readTime } from '../../../common/times.js';

/** Grants units to organizations, for the operator only: an organization that could grant itself units would have no limit. */
@Injectable()
export class PlatformGrantsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly meters: MetersService,
    private readonly decimals: MeterDecimalsService,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  /** @throws {NotFoundError | MalformedRequestError} when there is no such organization, or the cursor is not one of this list */
  async listGrants(organizationId: string, request: ListGrantsQuery): Promise<Page<GrantDto>> {
    if ((await this.platform.organization.count({ where: { id: organizationId } })) === 0) throw new NotFoundError();
    const filter = { organizationId, ...(request.meter === undefined ? {} : { meter: request.meter }) };
    const page = await this.pages.list(request, {
      scope: `tenant grants ${organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.usageGrant.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.platform.usageGrant.count({ where: filter }),
    });
    const decimalsOf = await this.decimals.findDecimals(page.data.map((grant) => grant.meter));
    return mapPage(page, (grant) => toGrantDto(grant, decimalsOf(grant.meter)));
  }

  /**
   * Creates a grant. It applies to the next use, on every replica.
   *
   * @throws {NotFoundError | UnknownMeterError | WrongMeterError | GrantExpiredError}
   */
  async createGrant(organizationId: string, { meter, amount, source, reason, expiresAt = null }: CreateGrantDto): Promise<GrantDto> {
    const known = this.catalog.meters.get(meter);
    if (known === undefined) throw new UnknownMeterError(meter);
    if (known.tracks === 'members') throw WrongMeterError.notGrantable(meter);
    const parts = this.meters.partsOf(known, amount, '/amount');
    const now = this.clock.now();
    const expiry = expiresAt === null ? null : readTime(expiresAt);
    if (expiry !== null && expiry <= now) throw new GrantExpiredError();
    return this.platform.$transaction(async (tx) => {
      if ((await tx.organization.count({ where: { id: organizationId } })) === 0) throw new NotFoundError();
      return toGrantDto(await tx.usageGrant.create({ data: { organizationId, meter, amount: parts, source, reason, expiresAt: expiry, createdAt: now } }), known.decimals);
    });
  }

  /** Removes the units left of a grant; used units stay used. Does nothing when the grant is already revoked. @throws {NotFoundError} */
  async revokeGrant(organizationId: string, id: string): Promise<void> {
    const { count } = await this.platform.usageGrant.updateMany({ where: { organizationId, id, revokedAt: null }, data: { revokedAt: this.clock.now() } });
    if (count === 0 && (await this.platform.usageGrant.count({ where: { organizationId, id } })) === 0) throw new NotFoundError();
  }
}
