import { Module, type DynamicModule } from '@nestjs/common';
import { TenantContext } from './tenant-context.js';

/** Provides the {@link TenantContext} of the application to all modules. */
@Module({})
export class TenancyModule {
  static forRoot(context: TenantContext): DynamicModule {
    return { module: TenancyModule, global: true, providers: [{ provide: TenantContext, useValue: context }], exports: [TenantContext] };
  }
}
