import { ChoiceField, TimeField } from '../../../common/http/fields.js';

export class SetTrialDto {
  @TimeField()
  endsAt!: string;
}

export class CloseInvoiceDto {
  @ChoiceField(['paid', 'void', 'uncollectible'])
  status!: 'paid' | 'void' | 'uncollectible';
}
