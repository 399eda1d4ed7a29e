import { Global, Module } from '@nestjs/common';
import { Quotas } from '../../access/quotas.js';
import { RequestMeter } from '../../access/guards/metering.guard.js';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { MailModule } from '../mail/mail.module.js';
import { ServiceKeysModule } from '../service-keys/service-keys.module.js';
import { ConsumptionController } from './consumption/consumption.controller.js';
import { ConsumptionService } from './consumption/consumption.service.js';
import { RouteQuotasService } from './consumption/route-quotas.service.js';
import { EventRecordingService } from './events/event-recording.service.js';
import { UsageEventsController } from './events/usage-events.controller.js';
import { GrantsController } from './grants/grants.controller.js';
import { GrantsService } from './grants/grants.service.js';
import { PlatformGrantsController } from './grants/platform-grants.controller.js';
import { PlatformGrantsService } from './grants/platform-grants.service.js';
import { PlatformResetsService } from './grants/platform-resets.service.js';
import { ExpireHoldsJob } from './holds/expire-holds.job.js';
import { LeasesController } from './holds/leases.controller.js';
import { LeasesService } from './holds/leases.service.js';
import { ReservationsController } from './holds/reservations.controller.js';
import { ReservationsService } from './holds/reservations.service.js';
import { ThresholdMailJob } from './mails/threshold-mail.job.js';
import { WeeklyUsageMailJob } from './mails/weekly-usage-mail.job.js';
import { LimitsController } from './metering/limits.controller.js';
import { MeterDecimalsService } from './metering/meter-decimals.service.js';
import { MeterReadingsService } from './metering/meter-readings.service.js';
import { MetersService } from './metering/meters.service.js';
import { UsageStatementsService } from './metering/usage-statements.service.js';
import { ClosePeriodsJob } from './periods/close-periods.job.js';
import { MemberThresholdsJob } from './periods/member-thresholds.job.js';
import { PurgeUsageJob } from './periods/purge-usage.job.js';
import { RecordGaugesJob } from './periods/record-gauges.job.js';
import { PlatformUsageController } from './reports/platform-usage.controller.js';
import { PlatformUsageService } from './reports/platform-usage.service.js';
import { UsageExportsService } from './reports/usage-exports.service.js';
import { UsageReportController } from './reports/usage-report.controller.js';
import { UsageReportsService } from './reports/usage-reports.service.js';
import { RequestBatchesService } from './requests/request-batches.service.js';
import { RequestLogMetricsService } from './requests/request-log-metrics.service.js';
import { RequestLogPartitionsJob } from './requests/request-log-partitions.job.js';
import { RequestLogHook } from './requests/request-log.hook.js';
import { ReportedRequestsController } from './requests/reported-requests.controller.js';
import { ReportedRequestsService } from './requests/reported-requests.service.js';
import { RequestLogService } from './requests/request-log.service.js';
import { RequestMeteringService } from './requests/request-metering.service.js';

/** Metering and quotas. Global, because the guards of all routes use {@link Quotas} and {@link RequestMeter}. */
@Global()
@Module({
  imports: [MailModule, ObservabilityModule, ServiceKeysModule],
  controllers: [
    LimitsController,
    UsageEventsController,
    ConsumptionController,
    LeasesController,
    ReservationsController,
    GrantsController,
    PlatformGrantsController,
    ReportedRequestsController,
    UsageReportController,
    PlatformUsageController,
  ],
  providers: [
    { provide: Quotas, useClass: RouteQuotasService },
    { provide: RequestMeter, useClass: RequestMeteringService },
    MetersService,
    MeterDecimalsService,
    MeterReadingsService,
    UsageStatementsService,
    EventRecordingService,
    ConsumptionService,
    LeasesService,
    ReservationsService,
    GrantsService,
    PlatformGrantsService,
    PlatformResetsService,
    RequestBatchesService,
    ReportedRequestsService,
    RequestLogService,
    RequestLogHook,
    RequestLogMetricsService,
    UsageReportsService,
    UsageExportsService,
    PlatformUsageService,
    ClosePeriodsJob,
    ExpireHoldsJob,
    MemberThresholdsJob,
    PurgeUsageJob,
    RecordGaugesJob,
    RequestLogPartitionsJob,
    ThresholdMailJob,
    WeeklyUsageMailJob,
  ],
  exports: [MetersService, MeterDecimalsService, MeterReadingsService, ConsumptionService, Quotas, RequestLogService, RequestMeter, PlatformResetsService],
})
export class UsageModule {}
