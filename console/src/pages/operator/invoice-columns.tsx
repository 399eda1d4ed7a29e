import type { Item } from '@tenantry/sdk';
import type { Column } from '../../parts/data-table';
import { StatusBadge } from '../../parts/status-badge';
import { formatDate, formatMoney } from '../../texts/texts';
import { texts as ofTenant } from './tenant/texts';
import { texts as common } from './texts';

/** The fields that invoices have in each list. */
type Invoice = Pick<Item<'listTenantInvoices'>, 'number' | 'status' | 'dueAt' | 'total' | 'currency' | 'amountDue' | 'issuedAt'>;

export const invoiceNumber: Column<Invoice> = { key: 'number', title: ofTenant.number, cell: ({ number }) => number };

export const invoiceState: readonly Column<Invoice>[] = [
  {
    key: 'status',
    title: common.status,
    cell: ({ status, dueAt }) => <StatusBadge isBad={status === 'open' && Date.parse(dueAt) < Date.now()}>{ofTenant.invoiceStatuses[status]}</StatusBadge>,
  },
  { key: 'total', title: ofTenant.total, align: 'end', cell: ({ total, currency }) => formatMoney(total, currency) },
  { key: 'due', title: ofTenant.amountDue, align: 'end', cell: ({ amountDue, currency }) => formatMoney(amountDue, currency) },
  { key: 'issued', title: ofTenant.issued, sort: 'issuedAt', cell: ({ issuedAt }) => formatDate(issuedAt) },
  { key: 'dueAt', title: ofTenant.due, cell: ({ dueAt }) => formatDate(dueAt) },
];
