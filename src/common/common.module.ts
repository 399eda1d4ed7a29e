import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from './clock.js';
import { Pages } from './http/page.js';
import { RateLimiter } from './rate-limits/rate-limiter.service.js';

@Module({})
export class CommonModule {
  static forRoot(clock: Clock): DynamicModule {
    return { module: CommonModule, global: true, providers: [Pages, RateLimiter, { provide: Clock, useValue: clock }], exports: [Pages, RateLimiter, Clock] };
  }
}
