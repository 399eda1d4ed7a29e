import { ChoiceField, NumberField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import { GrantSource, type UsageGrant } from '../../../generated/prisma/client.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { maxUnits, minQuantity } from '../metering/units.js';

const sources = Object.values(GrantSource);

export class ListGrantsQuery extends pageQuery(['createdAt']) {
  @TextField({ optional: true, max: 64, description: 'Only grants of this meter' })
  meter?: string;
}

export class CreateGrantDto {
  @TextField({ max: 64, example: 'storage_gb', description: 'The key of the meter' })
  meter!: string;

  @NumberField({ example: 10, min: minQuantity, max: maxUnits, description: 'The number of units in addition to the limit of the plan' })
  amount!: number;

  @ChoiceField(sources, { description: '`bought`: the organization paid for it. `given`: it did not. For reports only.' })
  source!: GrantSource;

  @TextField({ max: 500, example: 'Invoice 2026-0815', description: 'The reason, which the organization sees' })
  reason!: string;

  @TimeField({
    optional: true,
    nullable: true,
    example: '2030-01-01T00:00:00.000Z',
    description: 'The unused units expire at this time, which must be in the future. Default, also for null: never.',
  })
  expiresAt?: string | null;
}

export class GrantDto {
  @UuidField({ description: 'The id of the grant' })
  id!: string;

  @TextField({ example: 'storage_gb', description: 'The key of the meter' })
  meter!: string;

  @NumberField({ min: minQuantity, max: maxUnits, description: 'The units that were granted' })
  amount!: number;

  @NumberField({ min: 0, max: maxUnits, description: 'The units that were used up. Only counters use up grants.' })
  burnt!: number;

  @ChoiceField(sources, { description: '`bought`: the organization paid for it. `given`: it did not. For reports only.' })
  source!: GrantSource;

  @TextField({ nullable: true, max: 500, description: 'The reason of the operator; null without one' })
  reason!: string | null;

  @TimeField({ nullable: true, description: 'The time at which the unused units expire. `null`: never.' })
  expiresAt!: Date | null;

  @TimeField({ description: 'The time of the grant' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'The remaining units were removed at this time. `null`: not revoked.' })
  revokedAt!: Date | null;
}

export class GrantPageDto extends pageOf(GrantDto) {}

export function toGrantDto({ id, meter, amount, burnt, source, reason, expiresAt, createdAt, revokedAt }: UsageGrant, decimals: number): GrantDto {
  return { id, meter, amount: quantityOf(decimals, Number(amount)), burnt: quantityOf(decimals, Number(burnt)), source, reason, expiresAt, createdAt, revokedAt };
}
