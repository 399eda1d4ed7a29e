import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { QuotaInterceptor } from './guards/quota.interceptor.js';
import { consumesQuotaKey, releasesQuotaKey, type QuotaClaim } from './quotas.js';

/**
 * Binds the interceptor to the routes that need it: an interceptor of all routes would make Nest pass every answer through an
 * Observable. A route with several claims has it once, because it reads all of them.
 */
const claims =
  (key: string, claim: QuotaClaim): MethodDecorator =>
  (target, name, descriptor) => {
    const isBound = [consumesQuotaKey, releasesQuotaKey].some((each) => Reflect.hasMetadata(each, descriptor.value as object));
    applyDecorators(SetMetadata(key, claim), ...(isBound ? [] : [UseInterceptors(QuotaInterceptor)]))(target, name, descriptor);
  };

/**
 * Takes units of a meter before the handler runs, and returns them if the handler fails. The response is 402 when the
 * limit leaves too little room. A meter that the catalog does not define is not limited.
 */
export const ConsumesQuota = (meter: string, units = 1): MethodDecorator => claims(consumesQuotaKey, { meter, units });

/** Releases units of a gauge, which {@link ConsumesQuota} took, after the handler has succeeded. */
export const ReleasesQuota = (meter: string, units = 1): MethodDecorator => claims(releasesQuotaKey, { meter, units });
