import { ChoiceField, IntegerField, TextField, TimeField, UuidField, choices } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import type { BalanceSettlement } from '../../../generated/prisma/client.js';

const methods = ['paid_out', 'written_off'] as const;

export class SettleBalanceDto {
  @TextField({ pattern: /^[A-Z]{3}$/, description: 'ISO 4217 code', example: 'USD' })
  currency!: string;

  @IntegerField({ min: 1, max: Number.MAX_SAFE_INTEGER, optional: true, description: 'In minor units, at most the balance in the currency, which is the default' })
  amount?: number;

  @ChoiceField(choices('SettlementMethod', methods), { description: '`paid_out`: you have paid it back. `written_off`: the organization does not get it back.' })
  method!: BalanceSettlement['method'];

  @TextField({ max: 500, multiline: true, example: 'Paid back by bank transfer', description: 'Is shown to the organization' })
  reason!: string;
}

export class BalanceSettlementDto {
  @UuidField({ description: 'The id of the settlement' })
  id!: string;

  @TextField({ description: 'ISO 4217 code', example: 'USD' })
  currency!: string;

  @IntegerField({ min: 1, max: Number.MAX_SAFE_INTEGER, description: 'The amount that was taken off the balance, in minor units' })
  amount!: number;

  @ChoiceField(choices('SettlementMethod', methods), { description: '`paid_out`: the operator has paid it back. `written_off`: the organization does not get it back.' })
  method!: BalanceSettlement['method'];

  @TextField({ multiline: true, description: 'The reason that the operator gave' })
  reason!: string;

  @TimeField({ description: 'The time at which the balance was settled' })
  settledAt!: Date;
}

export class ListBalanceSettlementsQuery extends pageQuery(['settledAt']) {}

export class BalanceSettlementPageDto extends pageOf(BalanceSettlementDto) {}

export const toBalanceSettlementDto = ({ id, currency, amount, method, reason, settledAt }: BalanceSettlement): BalanceSettlementDto => ({
  id,
  currency,
  amount: Number(amount),
  method,
  reason,
  settledAt,
});
