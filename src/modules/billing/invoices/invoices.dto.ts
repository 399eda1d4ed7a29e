import {
  BooleanField,
  ChoiceField,
  IntegerField,
  ListField,
  NumberField,
  ObjectField,
  RecordField,
  TextField,
  TimeField,
  UuidField,
  choices,
} from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import type { Invoice, InvoiceLine } from '../../../generated/prisma/client.js';
import { amountDueNow } from '../terms/documents.policy.js';
import type { InvoiceWithLines } from './documents.queries.js';

const statuses = ['open', 'paid', 'void', 'uncollectible'] as const;
const amounts = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

export class ListInvoicesQuery extends pageQuery(['createdAt']) {
  @ChoiceField(choices('InvoiceStatus', statuses), { optional: true, description: 'Only invoices with this status' })
  status?: Invoice['status'];
}

const lineKinds = ['plan', 'add_on', 'usage', 'other'] as const;

export class InvoiceLineDto {
  @UuidField({ description: 'The id of the line' })
  id!: string;

  @ChoiceField(lineKinds, { description: 'The kind of charge' })
  kind!: InvoiceLine['kind'];

  @TextField({ nullable: true, description: 'The key of the plan, add-on or meter; null for another charge' })
  key!: string | null;

  @TextField({ description: 'The text of the line on the document' })
  description!: string;

  @NumberField({ ...amounts, description: 'The number of seats or add-ons, 1 for a plan without seats, or for usage the units of the period or of a tier' })
  quantity!: number;

  @IntegerField({ ...amounts, nullable: true, description: 'The price of one unit for a whole period, in minor units. null if the amount does not follow from one price.' })
  unitAmount!: number | null;

  @IntegerField({ ...amounts, description: 'In minor units, without tax' })
  amount!: number;

  @TimeField({ nullable: true, description: 'The start of the charged period; null if the line has no period' })
  periodStart!: Date | null;

  @TimeField({ nullable: true, description: 'The end of the charged period; null if the line has no period' })
  periodEnd!: Date | null;
}

export class InvoiceTaxDto {
  @TextField({ example: 'DE', description: 'ISO 3166-1 alpha-2 code' })
  country!: string;

  @TextField({ nullable: true, example: 'VAT', description: 'The tax as the invoice names it; null if there is none' })
  name!: string | null;

  @TextField({ example: '19', description: 'A decimal number' })
  percent!: string;

  @BooleanField({ description: 'Whether the recipient owes the tax instead of the seller' })
  reverseCharge!: boolean;

  @IntegerField({ ...amounts, description: 'In minor units' })
  amount!: number;
}

export class InvoiceDto {
  @UuidField({ description: 'The id of the invoice' })
  id!: string;

  @TextField({ example: 'INV-000042', description: 'The number on the document' })
  number!: string;

  @ChoiceField(choices('InvoiceStatus', statuses), {
    description: '`open`: it must be paid. `paid`: it is. `void`: nothing is owed. `uncollectible`: the money is not expected any longer.',
  })
  status!: Invoice['status'];

  @TextField({ description: 'ISO 4217 code', example: 'EUR' })
  currency!: string;

  @IntegerField({ ...amounts, description: 'The total without tax, in minor units' })
  subtotal!: number;

  @ObjectField(() => InvoiceTaxDto, { nullable: true, description: 'The tax on the subtotal; null if nothing is taxed' })
  tax!: InvoiceTaxDto | null;

  @IntegerField({ ...amounts, description: 'With tax, in minor units' })
  total!: number;

  @IntegerField({ ...amounts, description: 'The part of the total that the balance of the organization has paid' })
  balanceApplied!: number;

  @IntegerField({ ...amounts, description: 'The sum of its credit notes' })
  credited!: number;

  @IntegerField({ ...amounts, description: 'The amount to pay. 0 unless the invoice is open.' })
  amountDue!: number;

  @ListField(() => InvoiceLineDto, { description: 'The charged amounts' })
  lines!: InvoiceLineDto[];

  @RecordField({ nullable: true, description: 'The seller at the time of issue; null if the catalog names none' })
  seller!: unknown;

  @RecordField({ description: 'The recipient at the time of issue' })
  billedTo!: unknown;

  @TextField({ nullable: true, description: 'The page of the payment provider on which the invoice is shown and paid; null without one' })
  url!: string | null;

  @TimeField({ description: 'The date of the document' })
  issuedAt!: Date;

  @TimeField({ description: 'The time by which it must be paid' })
  dueAt!: Date;

  @TimeField({ nullable: true, description: 'The time of payment; null if it is not paid' })
  paidAt!: Date | null;
}

export class InvoicePageDto extends pageOf(InvoiceDto) {}

export function toInvoiceDto(invoice: InvoiceWithLines): InvoiceDto {
  const { id, number, status, currency, tax, total, balanceApplied, lines, seller, billedTo, url, issuedAt, dueAt, paidAt } = invoice;
  return {
    id,
    number,
    status,
    currency,
    subtotal: Number(total - tax),
    tax: taxOf(invoice),
    total: Number(total),
    balanceApplied: Number(balanceApplied),
    credited: invoice.creditNotes.reduce((sum, note) => sum + Number(note.total), 0),
    amountDue: amountDueNow(invoice),
    lines: lines.map(toInvoiceLineDto),
    seller,
    billedTo,
    url,
    issuedAt,
    dueAt,
    paidAt,
  };
}

function toInvoiceLineDto({ id, kind, key, description, quantity, quantityDecimals, unitAmount, amount, periodStart, periodEnd }: InvoiceLine): InvoiceLineDto {
  return {
    id,
    kind,
    key,
    description,
    quantity: quantityOf(quantityDecimals, Number(quantity)),
    unitAmount: unitAmount === null ? null : Number(unitAmount),
    amount: Number(amount),
    periodStart,
    periodEnd,
  };
}

function taxOf({ tax, taxCountry: country, taxName: name, taxPercent, reverseCharge }: Invoice): InvoiceTaxDto | null {
  return country === null ? null : { country, name, percent: taxPercent?.toString() ?? '0', reverseCharge, amount: Number(tax) };
}
