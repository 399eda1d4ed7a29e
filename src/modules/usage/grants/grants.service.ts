import { Injectable } from '@nestjs/common';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { MeterDecimalsService } from '../metering/meter-decimals.service.js';
import { toGrantDto, type GrantDto, type ListGrantsQuery } from './grants.dto.js';

/** Lists the grants of the current organization. Only the operator creates grants: see {@link PlatformGrantsService}. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly decimals: MeterDecimalsService,
    private readonly pages: Pages,
  ) {}

  /** @throws {MalformedRequestError} when the cursor is not one of this list */
  async listGrants(request: ListGrantsQuery): Promise<Page<GrantDto>> {
    const { meter } = request;
    const filter = meter === undefined ? {} : { meter };
    const page = await this.pages.list(request, {
      scope: `grants ${this.context.organizationId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.usageGrant.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.db.usageGrant.count({ where: filter }),
    });
    const decimalsOf = await this.decimals.findDecimals(page.data.map((grant) => grant.meter));
    return mapPage(page, (grant) => toGrantDto(grant, decimalsOf(grant.meter)));
  }
}
