import { Global, Module } from '@nestjs/common';
import { Quotas } from '../../access/consumes-quota.js';
import { RequestMeter } from '../../access/request-meter.js';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { Consumption } from './consumption.service.js';
import { EventReports } from './event-reports.service.js';
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
import { UsageQuotas } from './usage-quotas.service.js';
import { UsageStatements } from './usage-statements.service.js';
import { UsageController } from './usage.controller.js';

/** Metering and quotas. Global, since routes ask for {@link Quotas}, and the guard of all routes for {@link RequestMeter}. */
@Global()
@Module({
  imports: [ObservabilityModule],
  controllers: [LimitsController, UsageController, LeasesController, ReservationsController],
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
    { provide: Quotas, useClass: UsageQuotas },
  ],
  exports: [Meters, MeterReadings, Consumption, Quotas, RequestLog, RequestMeter],
})
export class UsageModule {}
