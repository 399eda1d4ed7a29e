import { ChoiceField, IntegerField, ListField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';

export class SetTrialDto {
  @TimeField({ example: '2030-01-01T00:00:00.000Z', description: 'The time at which the trial ends' })
  endsAt!: string;
}

export class CloseInvoiceDto {
  @ChoiceField(['paid', 'void', 'uncollectible'], { description: '`paid`: the money has arrived. `void`: nothing is owed. `uncollectible`: the money is not expected any longer.' })
  status!: 'paid' | 'void' | 'uncollectible';
}

export class CreditedLineDto {
  @UuidField({ description: 'The id of a line of the invoice; each line once' })
  lineId!: string;

  @IntegerField({
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
    description: 'In minor units, without tax, at most what earlier credit notes have left of the line, which is the default',
  })
  amount?: number;
}

export class CreateCreditNoteDto {
  @ListField(() => CreditedLineDto, { optional: true, min: 1, max: 100, description: 'The lines to credit. Default: all that earlier credit notes have left of the invoice.' })
  lines?: CreditedLineDto[];

  @ChoiceField(['balance', 'refund'], {
    optional: true,
    description: 'The treatment of the part that is paid already. `balance` (default) adds it to the balance of the organization. `refund` records that you have refunded it.',
  })
  settlement?: 'balance' | 'refund';

  @TextField({ optional: true, max: 500, multiline: true, example: 'The service was not available on 3 March', description: 'Is printed on the credit note' })
  note?: string;
}
