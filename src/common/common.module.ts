import { Global, Module } from '@nestjs/common';
import { MachineClock, SystemClock } from './clock.js';
import { Pages } from './http/pages/page.js';
import { LoadsService } from './load/loads.service.js';
import { RateLimiterService } from './rate-limits/rate-limiter.service.js';

/** Provides the services that all modules share. */
@Global()
@Module({ providers: [LoadsService, Pages, RateLimiterService, MachineClock, SystemClock], exports: [LoadsService, Pages, RateLimiterService, MachineClock, SystemClock] })
export class CommonModule {}
