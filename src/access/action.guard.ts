import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { TenantContext } from '../tenancy/tenant-context.js';

/** What is asked for? Notes the route's operationId, for the audit log: also of what the next guards refuse. */
@Injectable()
export class ActionGuard implements CanActivate {
  constructor(private readonly context: TenantContext) {}

  canActivate(execution: ExecutionContext): boolean {
    this.context.begin(execution.getHandler().name);
    return true;
  }
}
