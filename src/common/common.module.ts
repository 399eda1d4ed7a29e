import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from './clock.js';
import { Pages } from './http/page.js';
import { RateLimiterService } from './rate-limits/rate-limiter.service.js';

@Module({})
export class CommonModule {
  static forRoot(clock: Clock): DynamicModule {
    return { module: CommonModule, global: true, providers: [Pages, RateLimiterService, { provide: Clock, useValue: clock }], exports: [Pages, RateLimiterService, Clock] };
  }
}
