import { Module, type DynamicModule } from '@nestjs/common';
import { TenantContext } from './tenant-context.js';

/** Makes the one {@link TenantContext} of this process injectable everywhere. */
@Module({})
export class TenancyModule {
  static forRoot(context: TenantContext): DynamicModule {
    return { module: TenancyModule, global: true, providers: [{ provide: TenantContext, useValue: context }], exports: [TenantContext] };
  }
}
