import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { QuotaInterceptor } from './guards/quota.interceptor.js';
import { consumesQuotaKey, releasesQuotaKey, type QuotaClaim } from './quotas.js';

// The interceptor is bound to the routes that need it: an interceptor of all routes would make Nest pass every answer through an Observable.
const claims = (key: string, claim: QuotaClaim): MethodDecorator => applyDecorators(SetMetadata(key, claim), UseInterceptors(QuotaInterceptor));

/**
 * Takes units of a meter before the handler runs, and returns them if the handler fails. The response is 402 when the
 * limit leaves too little room. A meter that the catalog does not define is not limited.
 */
export const ConsumesQuota = (meter: string, units = 1): MethodDecorator => claims(consumesQuotaKey, { meter, units });

/** Releases units of a gauge, which {@link ConsumesQuota} took, after the handler has succeeded. */
export const ReleasesQuota = (meter: string, units = 1): MethodDecorator => claims(releasesQuotaKey, { meter, units });
