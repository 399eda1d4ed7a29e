import { quantityOf } from '../../../config/catalog/quantities.js';
import type { EntitlementSet, EntitlementSource } from '../../../access/organization/entitlements.js';
import { BooleanField, ChoiceField, IntegerField, ListField, NumberField, ObjectField, TextField, choices } from '../../../common/http/fields.js';

const sources = choices('EntitlementSource', ['plan', 'subscription', 'add_on', 'override', 'organization', 'not_sold_separately'] satisfies readonly EntitlementSource[]);
const source = {
  description:
    'The origin of the value. `plan`: the plan. `subscription`: the seats that were bought. `add_on`: an add-on. `override`: an operator, for this organization. `organization`: a member has disabled it. `not_sold_separately`: no plan sells it, so everybody has it.',
} as const;
const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class FeatureEntitlementDto {
  @TextField({ example: 'custom_roles', description: 'The key of the feature' })
  key!: string;

  @BooleanField({ description: 'Whether the organization is entitled to the feature' })
  available!: boolean;

  @BooleanField({ description: 'Whether it is available and was not disabled' })
  enabled!: boolean;

  @ChoiceField(sources, source)
  source!: EntitlementSource;
}

export class LimitEntitlementDto {
  @TextField({ example: 'api_calls', description: 'The key of the meter' })
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
  @IntegerField({ min: 1, max: 10_000_000, description: 'The requests that all callers of the organization may make together' })
  requests!: number;

  @IntegerField({ min: 1, max: 86_400, description: 'The seconds in which they may make them' })
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
  @TextField({ example: 'pro', description: 'The key of the present plan' })
  plan!: string;

  @ListField(() => FeatureEntitlementDto, { description: 'The features of the catalog, and whether they can be used' })
  features!: FeatureEntitlementDto[];

  @ListField(() => LimitEntitlementDto, { description: 'The limit of each meter' })
  limits!: LimitEntitlementDto[];

  @ObjectField(() => SeatsEntitlementDto, { description: 'How many members the organization may have' })
  seats!: SeatsEntitlementDto;

  @ObjectField(() => RateLimitEntitlementDto, { description: 'How often the organization may call the API' })
  rateLimit!: RateLimitEntitlementDto;

  @ObjectField(() => LoadEntitlementDto, { description: "How much of the server's time the organization may use at once" })
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
