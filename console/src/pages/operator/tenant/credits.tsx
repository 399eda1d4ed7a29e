import { Button, NativeSelect, NumberInput, Text, TextInput } from '@mantine/core';
import type { Data, Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { isKeyOf, optionsOf } from '../../../parts/choices';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { DownloadButton } from '../../../parts/download';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState } from '../../../parts/states';
import { StatusBadge } from '../../../parts/status-badge';
import { Section } from '../../../parts/view';
import { formatDate, formatMoney, minorUnitsOf } from '../../../texts/texts';
import { inOrder, operatorKey, readAgain } from '../queries';
import { texts as common } from '../texts';
import { texts } from './texts';

type Invoice = Item<'listTenantInvoices'>;
type CreditNote = Item<'listTenantCreditNotes'>;
type Settlement = Item<'listTenantBalanceSettlements'>;

interface AmountFieldProps {
  readonly currency: string;
  readonly amount: number | undefined;
  readonly onChange: (amount: number | undefined) => void;
}

/** An amount in units of the currency; all there is without one. */
const AmountField = ({ currency, amount, onChange }: AmountFieldProps) => (
  <NumberInput
    label={texts.amountIn(currency)}
    description={texts.amountHint}
    min={0}
    hideControls
    value={amount ?? ''}
    onChange={(value) => onChange(value === '' ? undefined : Number(value))}
  />
);

interface CreditButtonProps {
  readonly tenantId: string;
  readonly invoice: Invoice;
}

/** Credits a line of an invoice, or all that is left of it. */
export function CreditButton({ tenantId, invoice }: CreditButtonProps) {
  const [opened, setOpened] = useState(false);
  const close = (): void => setOpened(false);
  return (
    <>
      <Button variant="default" size="xs" aria-label={texts.creditOf(invoice.number)} onClick={() => setOpened(true)}>
        {texts.credit}
      </Button>
      <Dialog opened={opened} onClose={close} title={texts.creditOf(invoice.number)}>
        <CreditForm tenantId={tenantId} invoice={invoice} onDone={close} />
      </Dialog>
    </>
  );
}

function CreditForm({ tenantId, invoice: { id: invoiceId, lines, currency }, onDone }: CreditButtonProps & { readonly onDone: () => void }) {
  const prove = useRecentLogin();
  const [amount, setAmount] = useState<number>();
  const own = useApiForm({
    initialValues: { line: '', settlement: 'balance', note: '' },
    submit: async ({ line, settlement, note }) => {
      const part = amount === undefined ? {} : { amount: minorUnitsOf(amount, currency) };
      const body = {
        ...(line === '' ? {} : { lines: [{ lineId: line, ...part }] }),
        settlement: isKeyOf(texts.creditSettlements, settlement) ? settlement : 'balance',
        ...(note === '' ? {} : { note }),
      } as const;
      await prove(() => api.createCreditNote({ path: { tenantId, invoiceId }, body }));
      await readAgain();
      onDone();
    },
  });
  const input = own.form.getInputProps;
  const choices = lines.map(({ id, description, amount: charged }) => ({ value: id, label: `${description}: ${formatMoney(charged, currency)}` }));
  return (
    <ApiFormView of={own} action={texts.credit}>
      <Text>{texts.creditHint}</Text>
      <NativeSelect label={texts.line} data={[{ value: '', label: texts.allLines }, ...choices]} data-autofocus {...input('line')} />
      {own.form.values.line === '' ? null : <AmountField currency={currency} amount={amount} onChange={setAmount} />}
      <NativeSelect label={texts.paidPart} data={optionsOf(texts.creditSettlements)} {...input('settlement')} />
      <TextInput label={texts.note} description={texts.noteHint} autoComplete="off" {...input('note')} />
    </ApiFormView>
  );
}

const noteOrders = ['issuedAt', '-issuedAt'] as const;

const noteColumns = (tenantId: string): readonly Column<CreditNote>[] => [
  { key: 'number', title: texts.number, cell: ({ number }) => number },
  { key: 'status', title: common.status, cell: ({ status }) => <StatusBadge isBad={status === 'void'}>{texts.noteStatuses[status]}</StatusBadge> },
  { key: 'invoice', title: texts.ofInvoice, cell: ({ invoiceNumber }) => invoiceNumber },
  { key: 'why', title: common.reason, cell: ({ reason, note }) => note ?? texts.noteReasons[reason] },
  { key: 'total', title: texts.total, align: 'end', cell: ({ total, currency }) => formatMoney(total, currency) },
  { key: 'issued', title: texts.issued, sort: 'issuedAt', cell: ({ issuedAt }) => formatDate(issuedAt) },
  {
    key: 'document',
    title: texts.pdf,
    isTitleHidden: true,
    cell: ({ id, number }) => (
      <DownloadButton name={`${number}.pdf`} label={texts.pdfOf(number)} load={() => api.downloadTenantCreditNotePdf({ path: { tenantId, creditNoteId: id } })}>
        {texts.pdf}
      </DownloadButton>
    ),
  },
];

export const CreditNotes = ({ tenantId }: { readonly tenantId: string }) => (
  <Section title={texts.creditNotes}>
    <DataTable
      label={texts.creditNotes}
      columns={noteColumns(tenantId)}
      rowKey={({ id }) => id}
      queryKey={[operatorKey, 'tenant', tenantId, 'credit-notes']}
      load={(page) => api.listTenantCreditNotes({ path: { tenantId }, query: inOrder(page, noteOrders) })}
      sort="-issuedAt"
      empty={<EmptyState title={texts.noCreditNotes} />}
      minWidth={820}
    />
  </Section>
);

type Balances = Data<'getTenantSubscription'>['balances'];

interface SettleProps {
  readonly tenantId: string;
  readonly balances: Balances;
}

/** Records that a balance was paid out or is written off. */
export function SettleButton({ tenantId, balances }: SettleProps) {
  const [opened, setOpened] = useState(false);
  const close = (): void => setOpened(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {texts.settle}
      </Button>
      <Dialog opened={opened} onClose={close} title={texts.settle}>
        <SettleForm tenantId={tenantId} balances={balances} onDone={close} />
      </Dialog>
    </>
  );
}

function SettleForm({ tenantId, balances, onDone }: SettleProps & { readonly onDone: () => void }) {
  const prove = useRecentLogin();
  const [amount, setAmount] = useState<number>();
  const own = useApiForm({
    initialValues: { currency: balances[0]?.currency ?? '', method: 'paid_out', reason: '' },
    validate: { reason: isFilled },
    submit: async ({ currency, method, reason }) => {
      const body = {
        currency,
        method: isKeyOf(texts.methods, method) ? method : 'paid_out',
        reason,
        ...(amount === undefined ? {} : { amount: minorUnitsOf(amount, currency) }),
      } as const;
      await prove(() => api.settleBalance({ path: { tenantId }, body }));
      await readAgain();
      onDone();
    },
  });
  const input = own.form.getInputProps;
  return (
    <ApiFormView of={own} action={texts.settle}>
      <Text>{texts.settleHint}</Text>
      <NativeSelect
        label={texts.balance}
        data={balances.map(({ currency, amount: held }) => ({ value: currency, label: formatMoney(held, currency) }))}
        data-autofocus
        {...input('currency')}
      />
      <AmountField currency={own.form.values.currency} amount={amount} onChange={setAmount} />
      <NativeSelect label={texts.method} data={optionsOf(texts.methods)} {...input('method')} />
      <TextInput label={common.reason} description={texts.settleReasonHint} autoComplete="off" required {...input('reason')} />
    </ApiFormView>
  );
}

const settlementOrders = ['settledAt', '-settledAt'] as const;

const settlementColumns: readonly Column<Settlement>[] = [
  { key: 'settled', title: texts.settled, sort: 'settledAt', cell: ({ settledAt }) => formatDate(settledAt) },
  { key: 'amount', title: texts.total, align: 'end', cell: ({ amount, currency }) => formatMoney(amount, currency) },
  { key: 'method', title: texts.method, cell: ({ method }) => texts.methods[method] },
  { key: 'reason', title: common.reason, cell: ({ reason }) => reason },
];

export const Settlements = ({ tenantId }: { readonly tenantId: string }) => (
  <Section title={texts.settlements}>
    <DataTable
      label={texts.settlements}
      columns={settlementColumns}
      rowKey={({ id }) => id}
      queryKey={[operatorKey, 'tenant', tenantId, 'settlements']}
      load={(page) => api.listTenantBalanceSettlements({ path: { tenantId }, query: inOrder(page, settlementOrders) })}
      sort="-settledAt"
      empty={<EmptyState title={texts.noSettlements} />}
    />
  </Section>
);
