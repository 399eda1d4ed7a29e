import { Global, Module } from '@nestjs/common';
import { Pages } from './http/page.js';
import { RateLimiter } from './rate-limits/rate-limiter.service.js';

@Global()
@Module({ providers: [Pages, RateLimiter], exports: [Pages, RateLimiter] })
export class CommonModule {}
