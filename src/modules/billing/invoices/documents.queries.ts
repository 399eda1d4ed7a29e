import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Balances } from '../terms/documents.policy.js';
import type { InvoicedDocument, InvoicedLine } from '../terms/credits.policy.js';
import type { Period } from '../terms/prices.policy.js';
import type { CreditNote, Invoice, InvoiceLine, Prisma } from '../../../generated/prisma/client.js';

/** An invoice with its lines and credit notes. */
export type InvoiceWithLines = Invoice & { readonly lines: readonly InvoiceLine[]; readonly creditNotes: readonly CreditNote[] };

/** The invoices that are past their due date. A purchase that waits for its payment owes nothing. */
export const overdueAt = (now: Date) => ({ status: 'open', dueAt: { lte: now }, pendingPurchase: null }) as const satisfies Prisma.InvoiceWhereInput;

/** Returns the balances of an organization: the sum of its credit notes, less what invoices have used and what the operator has settled. */
export async function readBalances(tx: Pick<PlatformTransaction, '$queryRaw'>, organizationId: string): Promise<Balances> {
  const rows = await tx.$queryRaw<{ currency: string; balance: bigint }[]>`
    select currency, sum(amount)::bigint as balance from (
      select currency, settled_balance as amount from credit_notes where organization_id = ${organizationId}::uuid and status = 'issued'
       union all
      select currency, -balance_applied from invoices where organization_id = ${organizationId}::uuid and status <> 'void' and balance_applied > 0
       union all
      select currency, -amount from balance_settlements where organization_id = ${organizationId}::uuid) documents
     group by currency having sum(amount) > 0 order by currency`;
  return new Map(rows.map(({ currency, balance }) => [currency, Number(balance)]));
}

interface LineRow {
  readonly id: string;
  readonly kind: InvoicedLine['kind'];
  readonly key: string | null;
  readonly description: string;
  readonly quantity: bigint;
  readonly amount: bigint;
  readonly credited: bigint;
  readonly periodStart: Date | null;
  readonly periodEnd: Date | null;
  readonly invoiceId: string;
  readonly number: string;
  readonly status: 'open' | 'paid';
  readonly currency: string;
  readonly taxPercent: string | null;
  readonly total: bigint;
  readonly balanceApplied: bigint;
  readonly invoiceCredited: bigint;
  readonly settledDue: bigint;
}

/** Which lines to read: those of one invoice, those of the plan and the add-ons in a period, or those of a meter's usage in the period that begins then. */
export type LineFilter = { readonly invoiceId: string } | { readonly within: Period } | { readonly usageFrom: Date; readonly meter: string };

/** Returns lines that tenantry has invoiced and that can be given back: those of open and paid invoices of a locked organization. */
export async function readInvoicedLines(tx: PlatformTransaction, organizationId: string, filter: LineFilter): Promise<readonly InvoicedLine[]> {
  const invoiceId = 'invoiceId' in filter ? filter.invoiceId : null;
  const [start, end] = 'within' in filter ? [filter.within.start, filter.within.end] : [null, null];
  const [usageFrom, meter] = 'meter' in filter ? [filter.usageFrom, filter.meter] : [null, null];
  const rows = await tx.$queryRaw<LineRow[]>`
    select l.id, l.kind::text, l.key, l.description, l.quantity, l.amount, coalesce(sum(n.amount) filter (where c.id is not null), 0)::bigint as credited,
           l.period_start as "periodStart", l.period_end as "periodEnd", i.id as "invoiceId", i.number, i.status::text, i.currency,
           i.tax_percent::text as "taxPercent", i.total, i.balance_applied as "balanceApplied", given.subtotal as "invoiceCredited", given.due as "settledDue"
      from invoices i
      join invoice_lines l on l.organization_id = i.organization_id and l.invoice_id = i.id
      left join credit_note_lines n on n.organization_id = l.organization_id and n.invoice_line_id = l.id
      left join credit_notes c on c.organization_id = n.organization_id and c.id = n.credit_note_id and c.status = 'issued'
     cross join lateral (select coalesce(sum(g.total - g.tax), 0)::bigint as subtotal, coalesce(sum(g.settled_due), 0)::bigint as due
                           from credit_notes g where g.organization_id = i.organization_id and g.invoice_id = i.id and g.status = 'issued') given
     where i.organization_id = ${organizationId}::uuid and i.provider = 'manual' and i.status in ('open', 'paid')
       and (i.id = ${invoiceId}::uuid or (l.kind in ('plan', 'add_on') and l.period_start >= ${start} and l.period_end <= ${end})
         or (l.kind = 'usage' and l.key = ${meter} and l.period_start = ${usageFrom}))
     group by l.organization_id, l.id, i.organization_id, i.id, given.subtotal, given.due
     order by i.issued_at, i.id, l.position`;
  const invoices = new Map<string, InvoicedDocument>();
  return rows.map((row): InvoicedLine => {
    const invoice = invoices.get(row.invoiceId) ?? documentOf(row);
    invoices.set(row.invoiceId, invoice);
    const { id, kind, key, description, periodStart, periodEnd } = row;
    const period = periodStart === null || periodEnd === null ? undefined : { start: periodStart, end: periodEnd };
    return { id, invoice, kind, key, description, quantity: Number(row.quantity), amount: Number(row.amount), credited: Number(row.credited), period };
  });
}

const documentOf = ({ invoiceId: id, number, status, currency, taxPercent, total, balanceApplied, invoiceCredited, settledDue }: LineRow): InvoicedDocument => ({
  id,
  number,
  status,
  currency,
  taxPercent: Number(taxPercent ?? 0),
  total: Number(total),
  balanceApplied: Number(balanceApplied),
  credited: Number(invoiceCredited),
  settledDue: Number(settledDue),
});
