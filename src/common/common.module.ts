import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Pages } from './http/page.js';
import { RateLimiter } from './rate-limits/rate-limiter.service.js';

@Global()
@Module({ providers: [Clock, Pages, RateLimiter], exports: [Clock, Pages, RateLimiter] })
export class CommonModule {}
