import { Module } from '@nestjs/common';
import { RefusalObserver } from '../../common/errors/refusal-observer.js';
import { ObservabilityModule } from '../../observability/observability.module.js';
import { AccessLogService } from './access-log/access-log.service.js';
import { AccessRecordingHook } from './access-log/access-recording.hook.js';
import { AccessLogsController } from './access-log/access-logs.controller.js';
import { AuditChainService } from './hash-chain/audit-chain.service.js';
import { AuditErasureService } from './hash-chain/audit-erasure.service.js';
import { AuditMetricsService } from './audit-metrics.service.js';
import { AuditLogService } from './audit-log/audit-log.service.js';
import { AuditLogsController } from './audit-log/audit-logs.controller.js';
import { AuditRefusalsService } from './audit-log/audit-refusals.service.js';
import { AuditVerificationService } from './hash-chain/audit-verification.service.js';
import { AuditCheckpointsService } from './checkpoints/audit-checkpoints.service.js';
import { CheckpointDestination } from './checkpoints/checkpoint-destination.js';
import { CheckpointVerificationService } from './checkpoints/checkpoint-verification.service.js';
import { ExportCheckpointsJob } from './checkpoints/export-checkpoints.job.js';
import { MakeCheckpointsJob } from './checkpoints/make-checkpoints.job.js';
import { RemoveExpiredEventsJob } from './checkpoints/remove-expired-events.job.js';
import { PlatformAccessLogService } from './access-log/platform-access-log.service.js';
import { PlatformAuditLogService } from './audit-log/platform-audit-log.service.js';
import { PlatformAuditLogsController } from './audit-log/platform-audit-logs.controller.js';

@Module({
  imports: [ObservabilityModule],
  controllers: [AccessLogsController, AuditLogsController, PlatformAuditLogsController],
  providers: [
    AccessLogService,
    AccessRecordingHook,
    AuditChainService,
    AuditCheckpointsService,
    AuditErasureService,
    AuditLogService,
    AuditMetricsService,
    AuditRefusalsService,
    AuditVerificationService,
    CheckpointDestination,
    CheckpointVerificationService,
    ExportCheckpointsJob,
    MakeCheckpointsJob,
    PlatformAccessLogService,
    PlatformAuditLogService,
    RemoveExpiredEventsJob,
    { provide: RefusalObserver, useExisting: AuditRefusalsService },
  ],
  exports: [AccessLogService, AuditChainService, PlatformAccessLogService, AuditErasureService, RefusalObserver],
})
export class AuditModule {}
