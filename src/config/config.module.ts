import { Module, type DynamicModule } from '@nestjs/common';
import { AppConfig } from './app-config.js';
import { Catalog } from './catalog/catalog.js';

/** Provides the {@link AppConfig} of this process and its {@link Catalog} to all modules. */
@Module({})
export class ConfigModule {
  static forRoot(config: AppConfig): DynamicModule {
    const providers = [
      { provide: AppConfig, useValue: config },
      { provide: Catalog, useValue: config.catalog },
    ];
    return { module: ConfigModule, global: true, providers, exports: [AppConfig, Catalog] };
  }
}
