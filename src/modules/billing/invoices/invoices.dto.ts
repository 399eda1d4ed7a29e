import { ChoiceField, IntegerField, ListField, RecordField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import type { Invoice, InvoiceLine } from '../../../generated/prisma/client.js';

const statuses = ['open', 'paid', 'void', 'uncollectible'] as const;
const amounts = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

export class ListInvoicesQuery extends pageQuery(['createdAt']) {
  @ChoiceField(statuses, { optional: true })
  status?: Invoice['status'];
}

export class InvoiceLineDto {
  @TextField()
  description!: string;

  @IntegerField(amounts)
  quantity!: number;

  @IntegerField({ ...amounts, description: 'In minor units; negative for a credit' })
  amount!: number;

  @TimeField({ nullable: true })
  periodStart!: Date | null;

  @TimeField({ nullable: true })
  periodEnd!: Date | null;
}

export class InvoiceDto {
  @UuidField()
  id!: string;

  @TextField()
  number!: string;

  @ChoiceField(statuses)
  status!: Invoice['status'];

  @TextField({ description: 'ISO 4217 code', example: 'EUR' })
  currency!: string;

  @IntegerField({ ...amounts, description: 'The sum of the lines, in minor units' })
  total!: number;

  @ListField(() => InvoiceLineDto)
  lines!: InvoiceLineDto[];

  @RecordField({ description: 'The recipient at the time of issue' })
  billedTo!: unknown;

  @TextField({ nullable: true, description: 'The page on which the invoice is shown and paid' })
  url!: string | null;

  @TimeField()
  issuedAt!: Date;

  @TimeField()
  dueAt!: Date;

  @TimeField({ nullable: true })
  paidAt!: Date | null;
}

export class InvoicePageDto extends pageOf(InvoiceDto) {}

export function toInvoiceDto({
  id,
  number,
  status,
  currency,
  total,
  lines,
  billedTo,
  url,
  issuedAt,
  dueAt,
  paidAt,
}: Invoice & { readonly lines: readonly InvoiceLine[] }): InvoiceDto {
  const rows = lines.map(({ description, quantity, amount, periodStart, periodEnd }) => ({
    description,
    quantity: Number(quantity),
    amount: Number(amount),
    periodStart,
    periodEnd,
  }));
  return { id, number, status, currency, total: Number(total), lines: rows, billedTo, url, issuedAt, dueAt, paidAt };
}
