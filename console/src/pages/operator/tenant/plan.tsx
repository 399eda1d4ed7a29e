import { Button, Checkbox, Group, NativeSelect, NumberInput, Stack, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data, TenantOverrides } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { isKeyOf } from '../../../parts/choices';
import { ConfirmButton } from '../../../parts/confirm';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isNumber, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { Section } from '../../../parts/view';
import { StatusBadge } from '../../../parts/status-badge';
import { formatNumber } from '../../../texts/texts';
import { plansQuery, readAgain } from '../queries';
import { texts as common } from '../texts';
import { texts } from './texts';

type Tenant = Data<'getTenant'>;

interface Row {
  readonly tenant: Tenant;
  readonly name: string;
}

const isOverridden = ({ tenant, name }: Row): boolean => tenant.overridden.includes(name);

/** Sets or removes overrides of a tenant. */
async function override(tenantId: string, body: TenantOverrides): Promise<void> {
  await api.overrideTenantLimits({ path: { tenantId }, body });
  await readAgain();
}

export function Plan({ tenant }: { readonly tenant: Tenant }) {
  const plans = useQuery(plansQuery);
  return (
    <Stack gap="lg">
      <Section title={texts.changePlan} description={texts.changePlanHint}>
        <Loaded query={plans}>{(list) => <ChangePlan key={`${tenant.plan} ${tenant.billing}`} tenant={tenant} plans={list} />}</Loaded>
      </Section>
      <Section title={texts.limits}>
        <Table.ScrollContainer minWidth={480} type="native" tabIndex={0} role="group" aria-label={texts.limits}>
          <Table aria-label={texts.limits}>
            <Head first={texts.limit} second={texts.units} />
            <Table.Tbody>
              {Object.keys(tenant.limits)
                .toSorted()
                .map((name) => (
                  <LimitRow key={name} tenant={tenant} name={name} />
                ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      <Section title={texts.features}>
        <Table.ScrollContainer minWidth={480} type="native" tabIndex={0} role="group" aria-label={texts.features}>
          <Table aria-label={texts.features}>
            <Head first={texts.feature} second={common.status} />
            <Table.Tbody>
              {Object.keys(tenant.features)
                .toSorted()
                .map((name) => (
                  <FeatureRow key={name} tenant={tenant} name={name} />
                ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
    </Stack>
  );
}

const Head = ({ first, second }: { readonly first: string; readonly second: string }) => (
  <Table.Thead>
    <Table.Tr>
      <Table.Th scope="col">{first}</Table.Th>
      <Table.Th scope="col">{second}</Table.Th>
      <Table.Th scope="col">{texts.source}</Table.Th>
      <Table.Th scope="col">{common.actions}</Table.Th>
    </Table.Tr>
  </Table.Thead>
);

const Source = (row: Row) => (isOverridden(row) ? <StatusBadge>{texts.ofOperator}</StatusBadge> : texts.ofPlan);

function ToPlan({ row, kind }: { readonly row: Row; readonly kind: 'limits' | 'features' }) {
  const { tenant, name } = row;
  if (!isOverridden(row)) return null;
  return (
    <ConfirmButton title={name} label={texts.toPlan} name={texts.toPlanOf(name)} action={texts.toPlan} onConfirm={() => override(tenant.id, { [kind]: { [name]: 'plan' } })}>
      {texts.toPlanHint}
    </ConfirmButton>
  );
}

function LimitRow({ tenant, name }: Row) {
  const [isChanging, setIsChanging] = useState(false);
  const close = (): void => setIsChanging(false);
  const value = tenant.limits[name];
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>{typeof value === 'number' ? formatNumber(value) : common.unlimited}</Table.Td>
      <Table.Td>
        <Source tenant={tenant} name={name} />
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Button variant="default" size="xs" aria-label={texts.changeOf(name)} onClick={() => setIsChanging(true)}>
            {texts.change}
          </Button>
          <ToPlan row={{ tenant, name }} kind="limits" />
        </Group>
        <Dialog opened={isChanging} onClose={close} title={texts.changeOf(name)}>
          <ChangeLimit tenant={tenant} name={name} onDone={close} />
        </Dialog>
      </Table.Td>
    </Table.Tr>
  );
}

function ChangeLimit({ tenant, name, onDone }: Row & { readonly onDone: () => void }) {
  const prove = useRecentLogin();
  const value = tenant.limits[name];
  const own = useApiForm({
    initialValues: { units: typeof value === 'number' ? String(value) : '', isUnlimited: typeof value !== 'number' },
    validate: { units: (units, { isUnlimited }) => (isUnlimited ? null : isNumber(units)) },
    submit: async ({ units, isUnlimited }) => {
      await prove(() => override(tenant.id, { limits: { [name]: isUnlimited ? null : Number(units) } }));
      onDone();
    },
  });
  return (
    <ApiFormView of={own} action={texts.save}>
      <NumberInput label={texts.units} min={0} hideControls data-autofocus disabled={own.form.values.isUnlimited} {...own.form.getInputProps('units')} />
      <Checkbox label={texts.unlimited} {...own.form.getInputProps('isUnlimited', { type: 'checkbox' })} />
    </ApiFormView>
  );
}

function FeatureRow({ tenant, name }: Row) {
  const isOn = tenant.features[name] === true;
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>{isOn ? texts.on : texts.off}</Table.Td>
      <Table.Td>
        <Source tenant={tenant} name={name} />
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <ConfirmButton
            title={name}
            action={isOn ? texts.turnOff : texts.turnOn}
            name={isOn ? texts.turnOffOf(name) : texts.turnOnOf(name)}
            onConfirm={() => override(tenant.id, { features: { [name]: !isOn } })}
            danger={isOn}
          >
            {isOn ? texts.turnOffHint : texts.turnOnHint}
          </ConfirmButton>
          <ToPlan row={{ tenant, name }} kind="features" />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function ChangePlan({ tenant, plans }: { readonly tenant: Tenant; readonly plans: Data<'listPlans'> }) {
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { plan: tenant.plan, billing: '' },
    submit: async ({ plan, billing }) => {
      const mode = isKeyOf(texts.billingModes, billing) ? { billing } : billing === 'installation' ? { billing: null } : {};
      await prove(() => api.updateTenant({ path: { tenantId: tenant.id }, body: { ...(plan === tenant.plan ? {} : { plan }), ...mode } }));
      await readAgain();
    },
  });
  const known = plans.data.map(({ key, name }) => ({ value: key, label: name }));
  return (
    <ApiFormView of={own} action={texts.save}>
      <NativeSelect
        label={common.plan}
        // A plan that the catalog has no longer stays until it is changed.
        data={known.some(({ value }) => value === tenant.plan) ? known : [{ value: tenant.plan, label: tenant.plan }, ...known]}
        {...own.form.getInputProps('plan')}
      />
      <NativeSelect
        label={texts.billing}
        data={[
          { value: '', label: texts.billingModes[tenant.billing] },
          { value: 'installation', label: texts.asInstallation },
          ...Object.entries(texts.billingModes)
            .filter(([value]) => value !== tenant.billing)
            .map(([value, label]) => ({ value, label })),
        ]}
        {...own.form.getInputProps('billing')}
      />
    </ApiFormView>
  );
}
