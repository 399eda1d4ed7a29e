import { Module } from '@nestjs/common';
import { RefusalObserver } from '../../common/errors/refusal-observer.js';
import { AccessLog } from './access-log.service.js';
import { AccessLogsController } from './access-logs.controller.js';
import { AuditErasure } from './audit-erasure.service.js';
import { AuditLog } from './audit-log.service.js';
import { AuditLogsController } from './audit-logs.controller.js';
import { AuditRefusals } from './audit-refusals.service.js';
import { AuditVerification } from './audit-verification.service.js';
import { PlatformAccessLog } from './platform-access-log.service.js';
import { PlatformAuditLog } from './platform-audit-log.service.js';
import { PlatformAuditLogsController } from './platform-audit-logs.controller.js';

@Module({
  controllers: [AccessLogsController, AuditLogsController, PlatformAuditLogsController],
  providers: [AccessLog, AuditErasure, AuditLog, AuditRefusals, AuditVerification, PlatformAccessLog, PlatformAuditLog, { provide: RefusalObserver, useExisting: AuditRefusals }],
  exports: [AccessLog, PlatformAccessLog, AuditErasure, RefusalObserver],
})
export class AuditModule {}
