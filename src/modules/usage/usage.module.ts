import { Global, Module } from '@nestjs/common';
import { Quotas } from '../../access/consumes-quota.js';
import { RequestMeter } from '../../access/guards/metering.guard.js';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { ClosePeriodsJob } from './metering/close-periods.job.js';
import { MailModule } from '../mail/mail.module.js';
import { ConsumptionService } from './metering/consumption.service.js';
import { EventReportsService } from './metering/event-reports.service.js';
import { GrantsController } from './grants/grants.controller.js';
import { GrantsService } from './grants/grants.service.js';
import { LeasesController } from './holds/leases.controller.js';
import { LeasesService } from './holds/leases.service.js';
import { LimitsController } from './metering/limits.controller.js';
import { MeterReadingsService } from './metering/meter-readings.service.js';
import { MetersService } from './metering/meters.service.js';
import { RequestBatchesService } from './requests/request-batches.service.js';
import { RequestLogMetricsService } from './requests/request-log-metrics.service.js';
import { RequestLogService } from './requests/request-log.service.js';
import { RequestLotsService } from './requests/request-lots.service.js';
import { ReservationsController } from './holds/reservations.controller.js';
import { ReservationsService } from './holds/reservations.service.js';
import { UsageExpiryJob } from './holds/usage-expiry.job.js';
import { UsageGaugesJob } from './metering/usage-gauges.job.js';
import { UsagePartitionsJob } from './requests/usage-partitions.job.js';
import { UsagePurgeJob } from './usage-purge.job.js';
import { PlatformGrantsService } from './grants/platform-grants.service.js';
import { PlatformResetsService } from './grants/platform-resets.service.js';
import { PlatformUsageController } from './reports/platform-usage.controller.js';
import { PlatformUsageService } from './reports/platform-usage.service.js';
import { UsageAlertsJob } from './mails/usage-alerts.job.js';
import { UsageExportsService } from './reports/usage-exports.service.js';
import { UsageMembersJob } from './metering/usage-members.job.js';
import { UsageQuotasService } from './metering/usage-quotas.service.js';
import { UsageReportController } from './reports/usage-report.controller.js';
import { UsageReportJob } from './mails/weekly-usage.job.js';
import { UsageReportsService } from './reports/usage-reports.service.js';
import { UsageStatementsService } from './metering/usage-statements.service.js';
import { UsageController } from './metering/usage.controller.js';

/** Metering and quotas. Global, since routes ask for {@link Quotas}, and the guard of all routes for {@link RequestMeter}. */
@Global()
@Module({
  imports: [MailModule, ObservabilityModule],
  controllers: [LimitsController, UsageController, LeasesController, ReservationsController, GrantsController, UsageReportController, PlatformUsageController],
  providers: [
    MetersService,
    MeterReadingsService,
    UsageStatementsService,
    ConsumptionService,
    EventReportsService,
    LeasesService,
    ReservationsService,
    RequestBatchesService,
    RequestLogService,
    RequestLogMetricsService,
    UsageExpiryJob,
    UsageGaugesJob,
    UsagePartitionsJob,
    UsagePurgeJob,
    { provide: RequestMeter, useClass: RequestLotsService },
    GrantsService,
    PlatformGrantsService,
    PlatformResetsService,
    PlatformUsageService,
    UsageReportsService,
    UsageExportsService,
    ClosePeriodsJob,
    UsageAlertsJob,
    UsageMembersJob,
    UsageReportJob,
    { provide: Quotas, useClass: UsageQuotasService },
  ],
  exports: [MetersService, MeterReadingsService, ConsumptionService, Quotas, RequestLogService, RequestMeter, PlatformResetsService],
})
export class UsageModule {}
