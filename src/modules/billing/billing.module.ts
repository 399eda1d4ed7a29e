import { Global, Module } from '@nestjs/common';
import { Entitlements } from '../../access/entitlements.js';
import { PlanEntitlements } from './plan-entitlements.service.js';

/** Plans, and what they entitle to. Global, since guards ask for {@link Entitlements}. */
@Global()
@Module({ providers: [{ provide: Entitlements, useClass: PlanEntitlements }], exports: [Entitlements] })
export class BillingModule {}
