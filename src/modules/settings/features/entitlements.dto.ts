import { quantityOf } from '../../../config/catalog/quantities.js';
import type { EntitlementSet, EntitlementSource } from '../../../access/organization/entitlements.js';
import { BooleanField, ChoiceField, IntegerField, ListField, NumberField, ObjectField, TextField } from '../../../common/http/fields.js';

const sources = ['plan', 'subscription', 'add_on', 'override', 'organization', 'not_sold_separately'] as const satisfies readonly EntitlementSource[];
const source = { description: 'The source of the value' } as const;
const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class FeatureEntitlementDto {
  @TextField({ example: 'custom_roles' })
  key!: string;

  @BooleanField()
  available!: boolean;

  @BooleanField()
  enabled!: boolean;

  @ChoiceField(sources, source)
  source!: EntitlementSource;
}

export class LimitEntitlementDto {
  @TextField({ example: 'api_calls' })
  meter!: string;

  @NumberField({ ...units, nullable: true, description: 'null for unlimited' })
  limit!: number | null;

  @ChoiceField(sources, source)
  source!: EntitlementSource;
}

export class SeatsEntitlementDto {
  @IntegerField({ ...units, nullable: true, description: 'null for unlimited' })
  limit!: number | null;

  @ChoiceField(sources, source)
  source!: EntitlementSource;
}

export class RateLimitEntitlementDto {
  @IntegerField({ min: 1, max: 10_000_000 })
  requests!: number;

  @IntegerField({ min: 1, max: 86_400 })
  seconds!: number;

  @ChoiceField(sources, source)
  source!: EntitlementSource;
}

export class LoadEntitlementDto {
  @IntegerField({ min: 1, max: 1_000_000, nullable: true, description: 'The requests that may run on one replica at the same time; null for unlimited' })
  requests!: number | null;

  @IntegerField({
    min: 1,
    max: 1_000_000,
    nullable: true,
    description: 'The milliseconds in each second for which the work of the organization may hold database connections of one replica, on average; null for unlimited',
  })
  databaseTime!: number | null;

  @ChoiceField(sources, source)
  source!: EntitlementSource;
}

export class EntitlementsDto {
  @TextField({ example: 'pro' })
  plan!: string;

  @ListField(() => FeatureEntitlementDto)
  features!: FeatureEntitlementDto[];

  @ListField(() => LimitEntitlementDto)
  limits!: LimitEntitlementDto[];

  @ObjectField(() => SeatsEntitlementDto)
  seats!: SeatsEntitlementDto;

  @ObjectField(() => RateLimitEntitlementDto)
  rateLimit!: RateLimitEntitlementDto;

  @ObjectField(() => LoadEntitlementDto)
  load!: LoadEntitlementDto;
}

export function toEntitlementsDto({ plan, features, limits, seats, rateLimit, load }: EntitlementSet, decimalsOf: (meter: string) => number): EntitlementsDto {
  return {
    plan,
    features: [...features].map(([key, feature]) => ({ key, ...feature })),
    limits: [...limits].map(([meter, entitlement]) => ({
      meter,
      limit: entitlement.limit === undefined ? null : quantityOf(decimalsOf(meter), entitlement.limit),
      source: entitlement.source,
    })),
    seats: { limit: seats.limit ?? null, source: seats.source },
    rateLimit: { requests: rateLimit.requests, seconds: rateLimit.seconds, source: rateLimit.source },
    load: { requests: load.requests ?? null, databaseTime: load.databaseTime ?? null, source: load.source },
  };
}
