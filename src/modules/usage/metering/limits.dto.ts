import { ChoiceField, IntegerField, NumberField, ListField, TextField, TimeField, choices } from '../../../common/http/fields.js';
import { WholeList } from '../../../common/http/pages/page.js';
import { maxDecimals } from '../../../config/catalog/quantities.js';
import { quantitiesOf, type MeterReading } from './meter-reading.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const MeterKindField = (): PropertyDecorator =>
  ChoiceField(choices('MeterKind', ['gauge', 'counter', 'concurrent']), {
    description: '`gauge`: counts things that exist. `counter`: counts units in a period. `concurrent`: counts things that run at the same time.',
  });

export class LimitDto {
  @TextField({ example: 'api_calls', description: 'The key of the meter' })
  meter!: string;

  @TextField({ description: 'The name of the meter, for people' })
  name!: string;

  @MeterKindField()
  kind!: MeterReading['meter']['kind'];

  @TextField({ example: 'call', description: 'The name of one unit' })
  unit!: string;

  @IntegerField({ min: 0, max: maxDecimals, description: 'The decimals that quantities of the meter can have' })
  decimals!: number;

  @NumberField({ ...units, nullable: true, description: 'The limit, including grants. `null`: unlimited.' })
  limit!: number | null;

  @NumberField({ ...units, description: 'The units used in the current period, or in use now. Held units are not included.' })
  used!: number;

  @NumberField({ ...units, description: 'The units of open reservations, and the units that servers hold ready for requests' })
  held!: number;

  @NumberField({ ...units, nullable: true, description: 'The units that are still available: the limit without the used and the held units. `null`: unlimited.' })
  remaining!: number | null;

  @NumberField({ ...units, description: 'The part of the limit that comes from grants that are not used up' })
  granted!: number;

  @TimeField({ nullable: true, description: 'The end of the current period. `null`: the meter does not reset.' })
  resetsAt!: Date | null;
}

export class LimitListDto extends WholeList {
  @TextField({ example: 'pro', description: 'The key of the present plan' })
  plan!: string;

  @ListField(() => LimitDto, { description: 'The limit of each meter, and its use' })
  data!: LimitDto[];
}

export function toLimitDto(reading: MeterReading): LimitDto {
  const { meter, end = null } = reading;
  const { used, held, limit, remaining, granted } = quantitiesOf(reading);
  return { meter: meter.key, name: meter.name, kind: meter.kind, unit: meter.unit, decimals: meter.decimals, limit, used, held, remaining, granted, resetsAt: end };
}
