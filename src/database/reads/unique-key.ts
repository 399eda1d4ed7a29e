import { isObject, type Args } from '../../tenancy/model-kind.js';
import { flattenUniqueWhere } from '../../tenancy/scope-where.js';
import type { TenantSchema } from '../../tenancy/tenant-schema.js';

/** Returns arguments whose condition names the columns of a compound key, instead of the key; undefined without a condition. */
export const withFlatKey = (schema: TenantSchema, model: string, { where, ...args }: Args): Args | undefined =>
  isObject(where) ? { ...args, where: flattenUniqueWhere({ schema }, model, where) } : undefined;
