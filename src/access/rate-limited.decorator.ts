import { SetMetadata } from '@nestjs/common';
import type { LimitedAction } from '../config/catalog/catalog.js';

export const rateLimitedKey = 'tenantry:rate-limited';

/** Counts the calls of a route as an action of the catalog's `rateLimits`, beside the plan's own limit. */
export const RateLimited = (action: LimitedAction): MethodDecorator => SetMetadata(rateLimitedKey, action);
