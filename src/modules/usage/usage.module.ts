import { Global, Module } from '@nestjs/common';
import { Quotas } from '../../access/consumes-quota.js';
import { RequestMeter } from '../../access/request-meter.js';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { ClosePeriodsJob } from './close-periods.job.js';
import { MailModule } from '../mail/mail.module.js';
import { Consumption } from './consumption.service.js';
import { EventReports } from './event-reports.service.js';
import { GrantsController } from './grants.controller.js';
import { Grants } from './grants.service.js';
import { LeasesController } from './leases.controller.js';
import { Leases } from './leases.service.js';
import { LimitsController } from './limits.controller.js';
import { MeterReadings } from './meter-readings.service.js';
import { Meters } from './meters.service.js';
import { RequestBatches } from './request-batches.service.js';
import { RequestLogMetrics } from './request-log-metrics.service.js';
import { RequestLog } from './request-log.service.js';
import { RequestLots } from './request-lots.service.js';
import { ReservationsController } from './reservations.controller.js';
import { Reservations } from './reservations.service.js';
import { UsageExpiryJob } from './usage-expiry.job.js';
import { UsageGaugesJob } from './usage-gauges.job.js';
import { UsagePartitionsJob } from './usage-partitions.job.js';
import { UsagePurgeJob } from './usage-purge.job.js';
import { PlatformGrants } from './platform-grants.service.js';
import { PlatformResets } from './platform-resets.service.js';
import { PlatformUsageController } from './platform-usage.controller.js';
import { PlatformUsage } from './platform-usage.service.js';
import { UsageAlertsJob } from './usage-alerts.job.js';
import { UsageExports } from './usage-exports.service.js';
import { UsageMembersJob } from './usage-members.job.js';
import { UsageQuotas } from './usage-quotas.service.js';
import { UsageReportController } from './usage-report.controller.js';
import { UsageReportJob } from './usage-report.job.js';
import { UsageReports } from './usage-reports.service.js';
import { UsageStatements } from './usage-statements.service.js';
import { UsageController } from './usage.controller.js';

/** Metering and quotas. Global, since routes ask for {@link Quotas}, and the guard of all routes for {@link RequestMeter}. */
@Global()
@Module({
  imports: [MailModule, ObservabilityModule],
  controllers: [LimitsController, UsageController, LeasesController, ReservationsController, GrantsController, UsageReportController, PlatformUsageController],
  providers: [
    Meters,
    MeterReadings,
    UsageStatements,
    Consumption,
    EventReports,
    Leases,
    Reservations,
    RequestBatches,
    RequestLog,
    RequestLogMetrics,
    UsageExpiryJob,
    UsageGaugesJob,
    UsagePartitionsJob,
    UsagePurgeJob,
    { provide: RequestMeter, useClass: RequestLots },
    Grants,
    PlatformGrants,
    PlatformResets,
    PlatformUsage,
    UsageReports,
    UsageExports,
    ClosePeriodsJob,
    UsageAlertsJob,
    UsageMembersJob,
    UsageReportJob,
    { provide: Quotas, useClass: UsageQuotas },
  ],
  exports: [Meters, MeterReadings, Consumption, Quotas, RequestLog, RequestMeter, PlatformResets],
})
export class UsageModule {}
