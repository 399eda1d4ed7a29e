import { Anchor, Text } from '@mantine/core';
import type { CreditNote, Invoice } from '@tenantry/sdk';
import { DataTable, type Column } from '../../../parts/data-table';
import { DownloadButton } from '../../../parts/download';
import { EmptyState } from '../../../parts/states';
import { StatusBadge } from '../../../parts/status-badge';
import { formatDate, formatMoney } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { texts } from './texts';

const invoiceColumns = ({ api }: OpenOrganization): readonly Column<Invoice>[] => [
  { key: 'number', title: texts.number, cell: ({ number }) => number },
  { key: 'date', title: texts.date, cell: ({ issuedAt }) => formatDate(issuedAt) },
  {
    key: 'status',
    title: texts.state,
    cell: ({ status }) => <StatusBadge>{texts.invoiceStatus[status]}</StatusBadge>,
  },
  { key: 'total', title: texts.total, align: 'end', cell: ({ total, currency }) => formatMoney(total, currency) },
  {
    key: 'due',
    title: texts.due,
    align: 'end',
    cell: ({ amountDue, currency, dueAt }) => (amountDue === 0 ? '–' : texts.dueUntil(formatMoney(amountDue, currency), formatDate(dueAt))),
  },
  {
    key: 'document',
    title: texts.document,
    cell: ({ id, number, url }) =>
      url === null ? (
        <DownloadButton name={`${number}.pdf`} label={texts.pdfOf(number)} load={() => api.downloadInvoicePdf({ path: { invoiceId: id } })}>
          {texts.pdf}
        </DownloadButton>
      ) : (
        <Anchor href={url} target="_blank" rel="noreferrer" aria-label={texts.pageOf(number)}>
          {texts.atProvider}
        </Anchor>
      ),
  },
];

/** The invoices, the newest first. */
export function Invoices() {
  const organization = useOrganization();
  return (
    <DataTable
      label={texts.invoices}
      columns={invoiceColumns(organization)}
      rowKey={({ id }) => id}
      queryKey={['organization', organization.id, 'invoices']}
      load={({ limit, cursor }) => organization.api.listInvoices({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } })}
      empty={<EmptyState title={texts.noInvoices} />}
    />
  );
}

const creditNoteColumns = ({ api }: OpenOrganization): readonly Column<CreditNote>[] => [
  { key: 'number', title: texts.number, cell: ({ number }) => number },
  { key: 'date', title: texts.date, cell: ({ issuedAt }) => formatDate(issuedAt) },
  { key: 'status', title: texts.state, cell: ({ status }) => texts.creditStatus[status] },
  { key: 'invoice', title: texts.ofInvoice, cell: ({ invoiceNumber }) => invoiceNumber },
  { key: 'total', title: texts.total, align: 'end', cell: ({ total, currency }) => formatMoney(total, currency) },
  {
    key: 'document',
    title: texts.document,
    cell: ({ id, number }) => (
      <DownloadButton name={`${number}.pdf`} label={texts.pdfOf(number)} load={() => api.downloadCreditNotePdf({ path: { creditNoteId: id } })}>
        {texts.pdf}
      </DownloadButton>
    ),
  },
];

export function CreditNotes() {
  const organization = useOrganization();
  return (
    <DataTable
      label={texts.creditNotes}
      columns={creditNoteColumns(organization)}
      rowKey={({ id }) => id}
      queryKey={['organization', organization.id, 'credit-notes']}
      load={({ limit, cursor }) => organization.api.listCreditNotes({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } })}
      empty={<Text c="dimmed">{texts.noCreditNotes}</Text>}
    />
  );
}
