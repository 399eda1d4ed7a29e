import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import type { Data, Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { isKeyOf, optionsOf } from '../../../parts/choices';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState } from '../../../parts/states';
import { StatusBadge } from '../../../parts/status-badge';
import { Section } from '../../../parts/view';
import { formatDate, formatNumber } from '../../../texts/texts';
import { inOrder, operatorKey, readAgain } from '../queries';
import { texts as common } from '../texts';
import { texts } from './texts';

type Grant = Item<'listTenantGrants'>;
type Meters = Data<'getTenantUsage'>['meters'];

interface GrantsProps {
  readonly tenant: Data<'getTenant'>;
  readonly meters: Meters;
}

const orders = ['createdAt', '-createdAt'] as const;

const columnsOf = (tenantId: string, meters: Meters): readonly Column<Grant>[] => [
  { key: 'meter', title: texts.meter, cell: ({ meter }) => meters.find((each) => each.meter === meter)?.name ?? meter },
  { key: 'amount', title: texts.units, align: 'end', cell: ({ amount }) => formatNumber(amount) },
  { key: 'burnt', title: texts.used, align: 'end', cell: ({ burnt }) => formatNumber(burnt) },
  { key: 'source', title: texts.source, cell: ({ source }) => texts.grantSources[source] },
  { key: 'reason', title: common.reason, cell: ({ reason }) => reason ?? '–' },
  {
    key: 'expires',
    title: texts.expires,
    cell: ({ expiresAt, revokedAt }) =>
      revokedAt === null ? expiresAt === null ? common.never : formatDate(expiresAt) : <StatusBadge isBad>{texts.revokedAt(formatDate(revokedAt))}</StatusBadge>,
  },
  { key: 'created', title: common.created, sort: 'createdAt', cell: ({ createdAt }) => formatDate(createdAt) },
  {
    key: 'actions',
    title: common.actions,
    isTitleHidden: true,
    cell: ({ id, meter, amount, revokedAt }) =>
      revokedAt === null ? (
        <ConfirmButton
          title={texts.grantOf(formatNumber(amount), meter)}
          action={texts.revoke}
          name={texts.revokeOf(texts.grantOf(formatNumber(amount), meter))}
          onConfirm={() => api.revokeGrant({ path: { organizationId: tenantId, grantId: id } }).then(readAgain)}
        >
          {texts.revokeHint}
        </ConfirmButton>
      ) : null,
  },
];

/** The units that operators have given the tenant in addition to its plan. */
export function Grants({ tenant: { id }, meters }: GrantsProps) {
  const [isGiving, setIsGiving] = useState(false);
  const close = (): void => setIsGiving(false);
  return (
    <Section
      title={texts.grants}
      description={texts.grantsHint}
      actions={
        <Button variant="default" size="xs" onClick={() => setIsGiving(true)}>
          {texts.giveUnits}
        </Button>
      }
    >
      <DataTable
        label={texts.grants}
        columns={columnsOf(id, meters)}
        rowKey={(grant) => grant.id}
        queryKey={[operatorKey, 'tenant', id, 'grants']}
        load={(page) => api.listTenantGrants({ path: { tenantId: id }, query: inOrder(page, orders) })}
        sort="-createdAt"
        empty={<EmptyState title={texts.noGrants} />}
        minWidth={820}
      />
      <Dialog opened={isGiving} onClose={close} title={texts.giveUnits}>
        <GiveUnits tenantId={id} meters={meters} onDone={close} />
      </Dialog>
    </Section>
  );
}

function GiveUnits({ tenantId, meters, onDone }: { readonly tenantId: string; readonly meters: Meters; readonly onDone: () => void }) {
  const prove = useRecentLogin();
  const [amount, setAmount] = useState<number>();
  const own = useApiForm({
    initialValues: { meter: meters[0]?.meter ?? '', amount: '', source: 'given', reason: '', expiresAt: '' },
    validate: { reason: isFilled },
    submit: async ({ meter, source, reason, expiresAt }) => {
      const expiry = expiresAt === '' ? null : new Date(`${expiresAt}T23:59:59`).toISOString();
      const body = { meter, amount: amount ?? 0, source: isKeyOf(texts.grantSources, source) ? source : 'given', reason, expiresAt: expiry } as const;
      await prove(() => api.createGrant({ path: { organizationId: tenantId }, body }));
      await readAgain();
      onDone();
    },
  });
  const input = own.form.getInputProps;
  return (
    <ApiFormView of={own} action={texts.giveUnits}>
      <NativeSelect label={texts.meter} data={meters.map(({ meter, name }) => ({ value: meter, label: name }))} data-autofocus {...input('meter')} />
      <NumberInput
        label={texts.units}
        min={0}
        hideControls
        required
        error={own.form.errors['amount']}
        value={amount ?? ''}
        onChange={(value) => setAmount(value === '' ? undefined : Number(value))}
      />
      <NativeSelect label={texts.source} data={optionsOf(texts.grantSources)} {...input('source')} />
      <TextInput label={common.reason} description={texts.grantReasonHint} autoComplete="off" required {...input('reason')} />
      <TextInput type="date" label={texts.expires} description={texts.expiresHint} {...input('expiresAt')} />
    </ApiFormView>
  );
}
