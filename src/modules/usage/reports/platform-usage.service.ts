import { Injectable } from '@nestjs/common';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { CursorCodec, scopeOf } from '../../../common/http/pages/cursor.js';
import type { Page } from '../../../common/http/pages/page.js';
import { AppConfig } from '../../../config/app-config.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { periodOf } from '../metering/meter-period.js';
import { MetersService } from '../metering/meters.service.js';
import type { ListTenantUsageQuery, TenantUsageDto } from './platform-usage.dto.js';
import { tenantUsage, type TenantUsageRow } from './platform-usage.queries.js';
import type { UsageReportDto, UsageReportQuery } from './usage-report.dto.js';
import { UsageReportsService } from './usage-reports.service.js';

/** Reports the usage of tenants to the operator: of one tenant, in the same form as to its members, or of all tenants. */
@Injectable()
export class PlatformUsageService {
  readonly #cursors: CursorCodec;

  constructor(
    private readonly platform: PlatformDb,
    private readonly context: TenantContext,
    private readonly facts: OrganizationFactsService,
    private readonly meters: MetersService,
    private readonly reports: UsageReportsService,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.#cursors = new CursorCodec(config.appSecret);
  }

  /** @throws {NotFoundError | UnknownMeterError | InvalidRangeError} */
  async reportTenantUsage(organizationId: string, query: UsageReportQuery): Promise<UsageReportDto> {
    const organization = await this.platform.organization.findUnique({ where: { id: organizationId }, select: { accessVersion: true } });
    if (organization === null) throw new NotFoundError();
    const facts = await this.facts.get(organizationId, organization.accessVersion);
    return this.context.run({ organizationId, actor: { kind: 'operator' } }, () => this.reports.reportUsage(facts, query));
  }

  /** Returns a row for each tenant and meter. @throws {UnknownMeterError | MalformedRequestError} */
  async listTenantUsage({ meter, plan, minPercent, sort = '-percent', limit = 20, cursor }: ListTenantUsageQuery): Promise<Page<TenantUsageDto>> {
    const scope = scopeOf('tenant usage', { meter, plan, minPercent, sort });
    const at = this.clock.now();
    const after = cursor === undefined ? undefined : this.#cursors.decode(cursor, scope);
    const basis = this.meters.readingBasis(meter);
    const rows = await this.platform.$queryRaw<TenantUsageRow[]>(tenantUsage(basis, { at, plan, minPercent, sort, after, take: limit + 1 }));
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = rows.length > limit && last !== undefined ? this.#cursors.encode({ value: String(last.sortValue), id: `${last.tenantId} ${last.meter}` }, scope) : null;
    return { data: page.map((row) => this.#dtoOf(row, at)), nextCursor };
  }

  #dtoOf({ tenantId, slug, name, plan, anchorDay, anchorSince, meter, used, limit, percent }: TenantUsageRow, at: Date): TenantUsageDto {
    const definition = this.meters.getMeter(meter);
    // Another replica, whose clock is ahead, may have set an anchor day that begins soon.
    const nextBegins = definition.period === 'month' && anchorSince !== null && anchorSince > at ? anchorSince : undefined;
    const end = nextBegins ?? periodOf(definition, at, anchorDay ?? 1).end;
    const quantity = (parts: bigint): number => quantityOf(definition.decimals, Number(parts));
    const numbers = { used: quantity(used), limit: limit === null ? null : quantity(limit), percent: percent === null ? null : Number(percent) };
    return { tenantId, slug, name, plan, meter, ...numbers, resetsAt: end ?? null };
  }
}
