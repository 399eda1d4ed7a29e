import { Module } from '@nestjs/common';
import { AuditErasure } from './audit-erasure.service.js';
import { AuditLog } from './audit-log.service.js';
import { AuditLogsController } from './audit-logs.controller.js';
import { AuditVerification } from './audit-verification.service.js';

@Module({ controllers: [AuditLogsController], providers: [AuditErasure, AuditLog, AuditVerification], exports: [AuditErasure] })
export class AuditModule {}
