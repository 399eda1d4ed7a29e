import { Module, type DynamicModule } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { Pages } from './http/pages/page.js';
import { RateLimiterService } from './rate-limits/rate-limiter.service.js';

@Module({})
export class CommonModule {
  static forRoot(clock: Clock): DynamicModule {
    return {
      module: CommonModule,
      global: true,
      providers: [Pages, RateLimiterService, SystemClock, { provide: Clock, useValue: clock }],
      exports: [Pages, RateLimiterService, SystemClock, Clock],
    };
  }
}
