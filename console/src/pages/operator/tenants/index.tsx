import { Button, Checkbox, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data, Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { isKeyOf, optionsOf } from '../../../parts/choices';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isEmail, isFilled, useApiForm } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState } from '../../../parts/states';
import { View } from '../../../parts/view';
import { formatDate, formatMoney } from '../../../texts/texts';
import { ChoiceFilter, Filters, PlanName, TextFilter } from '../parts';
import { inOrder, operatorKey, plansQuery, readAgain } from '../queries';
import { useFilters } from '../search';
import { texts as common } from '../texts';
import { ProvisioningResult, ProvisioningRuns, stepsWithout, useRunning } from '../tenant/provisioning';
import { TenantMarks } from '../tenant/marks';
import { texts } from './texts';

type Tenant = Item<'listTenants'>;

const orders = ['createdAt', '-createdAt', 'name', '-name', 'slug', '-slug'] as const;

const columns: readonly Column<Tenant>[] = [
  {
    key: 'name',
    title: common.name,
    sort: 'name',
    cell: ({ id, name }) => (
      <Link to="/operator/tenants/$tenantId" params={{ tenantId: id }}>
        {name}
      </Link>
    ),
  },
  { key: 'slug', title: texts.slug, sort: 'slug', cell: ({ slug }) => slug },
  { key: 'status', title: common.status, cell: (tenant) => <TenantMarks tenant={tenant} /> },
  { key: 'plan', title: common.plan, cell: ({ plan }) => <PlanName plan={plan} /> },
  { key: 'email', title: texts.contact, cell: ({ email }) => email ?? '–' },
  { key: 'created', title: common.created, sort: 'createdAt', cell: ({ createdAt }) => formatDate(createdAt) },
];

export function Page() {
  const [{ search, status, plan, deleted }] = useFilters();
  const filters = {
    ...(search === undefined ? {} : { search }),
    ...(isKeyOf(common.statuses, status) ? { status } : {}),
    ...(plan === undefined ? {} : { plan }),
    ...(deleted === undefined ? {} : { deleted: true }),
  };
  const [isCreating, setIsCreating] = useState(false);
  return (
    <View title={common.tenants} actions={<Button onClick={() => setIsCreating(true)}>{texts.create}</Button>}>
      <TenantFilters />
      <DataTable
        label={common.tenants}
        columns={columns}
        rowKey={({ id }) => id}
        queryKey={[operatorKey, 'tenants', filters]}
        // The number of all is asked for once, with the first page.
        load={(page) => api.listTenants({ query: { ...filters, ...inOrder(page, orders), count: page.cursor === undefined } })}
        sort="-createdAt"
        isFiltered={Object.keys(filters).length > 0}
        empty={<EmptyState title={texts.none} />}
        minWidth={760}
      />
      <Dialog opened={isCreating} onClose={() => setIsCreating(false)} title={texts.create} size="lg">
        <CreateTenant />
      </Dialog>
    </View>
  );
}

function TenantFilters() {
  const [{ deleted }, change] = useFilters();
  const { data: plans } = useQuery(plansQuery);
  return (
    <Filters>
      <TextFilter name="search" label={texts.search} />
      <ChoiceFilter name="status" label={common.status} options={optionsOf(common.statuses)} />
      <ChoiceFilter name="plan" label={common.plan} options={plans?.data.map(({ key, name }) => ({ value: key, label: name })) ?? []} />
      <Checkbox
        label={texts.withDeleted}
        checked={deleted !== undefined}
        pb={8}
        onChange={({ currentTarget }) => change({ deleted: currentTarget.checked ? 'true' : undefined })}
      />
    </Filters>
  );
}

/** Creates a tenant, and shows what its provisioning has done. */
function CreateTenant() {
  const prove = useRecentLogin();
  const { data: plans } = useQuery(plansQuery);
  const [created, setCreated] = useState<Data<'createTenant'>>();
  const [isRunning, watch] = useRunning();
  const own = useApiForm({
    initialValues: { name: '', slug: '', email: '', plan: '', trialDays: '', adminEmail: '', sendWelcomeEmail: true },
    validate: { name: isFilled, email: isEmail, adminEmail: (value) => (value === '' ? null : isEmail(value)) },
    submit: async ({ name, slug, email, plan, trialDays, adminEmail, sendWelcomeEmail }) => {
      const optional = { slug, plan, adminEmail };
      const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value.trim() !== ''));
      const body = { name, email, sendWelcomeEmail, ...given, ...(trialDays === '' ? {} : { trialDays: Number(trialDays) }) };
      setCreated(await prove(() => watch(api.createTenant({ body }))));
      await readAgain();
    },
  });
  if (created !== undefined) return <Created tenant={created} />;
  if (isRunning) return <ProvisioningRuns title={texts.isCreated(own.form.values.name)} without={stepsWithout({ createAdminUser: true, ...own.form.values })} />;
  return (
    <ApiFormView of={own} action={texts.createAction}>
      <TextInput label={common.name} required data-autofocus {...own.form.getInputProps('name')} />
      <TextInput label={texts.slug} description={texts.slugHint} {...own.form.getInputProps('slug')} />
      <TextInput label={texts.contact} type="email" required {...own.form.getInputProps('email')} />
      <NativeSelect
        label={common.plan}
        data={[{ value: '', label: '–' }, ...(plans?.data.map(({ key, name }) => ({ value: key, label: name })) ?? [])]}
        {...own.form.getInputProps('plan')}
      />
      <TextInput label={texts.trialDays} description={texts.trialDaysHint} inputMode="numeric" {...own.form.getInputProps('trialDays')} />
      <TextInput label={texts.adminEmail} description={texts.adminEmailHint} type="email" {...own.form.getInputProps('adminEmail')} />
      <Checkbox label={texts.welcome} {...own.form.getInputProps('sendWelcomeEmail', { type: 'checkbox' })} />
    </ApiFormView>
  );
}

function Created({ tenant: { id, name, invoice, provisioning } }: { readonly tenant: Data<'createTenant'> }) {
  return (
    <Stack role="status">
      <Text fw={600}>{name}</Text>
      {provisioning === null ? null : <ProvisioningResult result={provisioning} />}
      {invoice === null ? null : <Text>{texts.invoice(invoice.number, formatMoney(invoice.total, invoice.currency))}</Text>}
      <Link to="/operator/tenants/$tenantId" params={{ tenantId: id }}>
        {texts.open}
      </Link>
    </Stack>
  );
}
