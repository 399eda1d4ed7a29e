import { Alert, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { isTenantryError, type Data, type Item } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable, type Column } from '../../../parts/data-table';
import { DownloadButton } from '../../../parts/download';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { Section } from '../../../parts/view';
import { StatusBadge } from '../../../parts/status-badge';
import { formatDate, formatMoney, formatNumber } from '../../../texts/texts';
import { invoiceNumber, invoiceState } from '../invoice-columns';
import { Facts, PlanName } from '../parts';
import { inOrder, operatorKey, readAgain } from '../queries';
import { texts as common } from '../texts';
import { CreditButton, CreditNotes, SettleButton, Settlements } from './credits';
import { texts } from './texts';

type Tenant = Data<'getTenant'>;
type Subscription = Data<'getTenantSubscription'>;
type Invoice = Item<'listTenantInvoices'>;

/** Reads the subscription, or null if there is none. */
async function readSubscription(tenantId: string): Promise<Subscription | null> {
  try {
    return await api.getTenantSubscription({ path: { tenantId } });
  } catch (error) {
    if (isTenantryError(error) && error.status === 404) return null;
    throw error;
  }
}

export function Billing({ tenant: { id } }: { readonly tenant: Tenant }) {
  const query = useQuery({ queryKey: [operatorKey, 'tenant', id, 'subscription'], queryFn: () => readSubscription(id) });
  return (
    <Stack gap="lg">
      <Section title={texts.subscription}>
        <Loaded query={query}>
          {(subscription) => (subscription === null ? <EmptyState title={texts.noSubscription} /> : <SubscriptionView tenantId={id} subscription={subscription} />)}
        </Loaded>
      </Section>
      <Section title={texts.invoices}>
        <Invoices tenantId={id} />
      </Section>
      <CreditNotes tenantId={id} />
      <Settlements tenantId={id} />
    </Stack>
  );
}

function SubscriptionView({ tenantId, subscription }: { readonly tenantId: string; readonly subscription: Subscription }) {
  const { plan, status, interval, seats, seatsInUse, currency, amount, provider, trialEndsAt, periodEnd, cancelAtPeriodEnd, pending, billing, balances } = subscription;
  const path = { tenantId };
  const done = (change: Promise<unknown>): Promise<void> => change.then(readAgain);
  return (
    <>
      {pending === null ? null : (
        <Alert color="gray" variant="outline">
          <Text fw={600}>{texts.purchase(pending.plan)}</Text>
          <Group gap="xs">
            <ConfirmButton title={texts.purchase(pending.plan)} action={texts.approve} danger={false} onConfirm={() => done(api.approvePurchase({ path }))}>
              {texts.approveHint}
            </ConfirmButton>
            <ConfirmButton title={texts.purchase(pending.plan)} action={texts.decline} onConfirm={() => done(api.declinePurchase({ path }))}>
              {texts.declineHint}
            </ConfirmButton>
          </Group>
        </Alert>
      )}
      <Facts
        label={texts.subscription}
        rows={[
          [common.plan, <PlanName plan={plan} />],
          [common.status, <StatusBadge isBad={status === 'past_due' || status === 'unpaid'}>{texts.subscriptionStatuses[status]}</StatusBadge>],
          [texts.price, currency === null ? null : `${formatMoney(amount, currency)} ${texts.per[interval]}`],
          [texts.seats, texts.seatsOf(formatNumber(seatsInUse), seats === null ? common.unlimited : formatNumber(seats))],
          [texts.trialEnds, trialEndsAt === null ? null : formatDate(trialEndsAt)],
          [texts.periodEnd, periodEnd === null ? null : `${formatDate(periodEnd)}${cancelAtPeriodEnd ? `. ${texts.cancelsThen}` : ''}`],
          [texts.billing, texts.billingModes[billing]],
          [texts.provider, provider],
          [texts.balance, balances.length === 0 ? null : balances.map((balance) => formatMoney(balance.amount, balance.currency)).join(', ')],
        ]}
      />
      {balances.some(({ amount: held }) => held > 0) ? (
        <Group>
          <SettleButton tenantId={tenantId} balances={balances} />
        </Group>
      ) : null}
      {status === 'paused' || status === 'canceled' ? null : (
        <Group>
          <ConfirmButton title={texts.subscription} action={texts.pause} onConfirm={() => done(api.pauseSubscription({ path }))}>
            {texts.pauseHint}
          </ConfirmButton>
        </Group>
      )}
      <TrialForm tenantId={tenantId} />
    </>
  );
}

function TrialForm({ tenantId }: { readonly tenantId: string }) {
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { endsAt: '' },
    validate: { endsAt: isFilled },
    submit: async ({ endsAt }) => {
      await prove(() => api.setTrial({ path: { tenantId }, body: { endsAt: new Date(`${endsAt}T23:59:59`).toISOString() } }));
      await readAgain();
    },
  });
  return (
    <ApiFormView of={own} action={texts.extendTrial}>
      <TextInput type="date" label={texts.trialDate} description={texts.trialHint} maw={320} {...own.form.getInputProps('endsAt')} />
    </ApiFormView>
  );
}

const orders = ['issuedAt', '-issuedAt'] as const;

const invoiceColumns = (tenantId: string): readonly Column<Invoice>[] => [
  invoiceNumber,
  ...invoiceState,
  { key: 'actions', title: common.actions, isTitleHidden: true, cell: (invoice) => <InvoiceActions tenantId={tenantId} invoice={invoice} /> },
];

function Invoices({ tenantId }: { readonly tenantId: string }) {
  return (
    <DataTable
      label={texts.invoiceList}
      columns={invoiceColumns(tenantId)}
      rowKey={({ id }) => id}
      queryKey={[operatorKey, 'tenant', tenantId, 'invoices']}
      load={(page) => api.listTenantInvoices({ path: { tenantId }, query: inOrder(page, orders) })}
      sort="-issuedAt"
      empty={<EmptyState title={texts.noInvoices} />}
      minWidth={820}
    />
  );
}

function InvoiceActions({ tenantId, invoice }: { readonly tenantId: string; readonly invoice: Invoice }) {
  const { id: invoiceId, number, status, provider, total, credited } = invoice;
  const path = { tenantId, invoiceId };
  const close = async (next: 'paid' | 'void'): Promise<void> => {
    await api.closeInvoice({ path, body: { status: next } });
    await readAgain();
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <DownloadButton name={`${number}.pdf`} label={texts.pdfOf(number)} load={() => api.downloadTenantInvoicePdf({ path })}>
        {texts.pdf}
      </DownloadButton>
      {provider === 'manual' && (status === 'open' || status === 'paid') && credited < total ? <CreditButton tenantId={tenantId} invoice={invoice} /> : null}
      {status === 'open' && provider === 'manual' ? (
        <>
          <ConfirmButton title={number} action={texts.markPaid} name={texts.markPaidOf(number)} danger={false} onConfirm={() => close('paid')}>
            {texts.markPaidHint}
          </ConfirmButton>
          <ConfirmButton title={number} action={texts.makeVoid} name={texts.makeVoidOf(number)} onConfirm={() => close('void')}>
            {texts.makeVoidHint}
          </ConfirmButton>
        </>
      ) : null}
    </Group>
  );
}
