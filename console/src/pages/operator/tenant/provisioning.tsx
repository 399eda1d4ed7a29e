import { Alert, Checkbox, Group, List, Loader, Stack, Text, TextInput } from '@mantine/core';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { Copyable } from '../../../parts/copy';
import { ApiFormView, isEmail, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Section } from '../../../parts/view';
import { StatusBadge } from '../../../parts/status-badge';
import { readAgain } from '../queries';
import { texts } from './texts';

const steps = Object.entries(texts.steps);

interface StepsProps {
  readonly done: readonly string[];
  readonly errors?: Data<'provisionTenant'>['errors'];
}

/** The steps of the provisioning in their order, with what became of each. */
function Steps({ done, errors = [] }: StepsProps) {
  return (
    <List type="ordered">
      {steps.map(([step, name]) => {
        const error = errors.find((each) => each.step === step);
        return (
          <List.Item key={step}>
            {name} <StatusBadge isBad={error !== undefined}>{error === undefined ? (done.includes(step) ? texts.stepDone : texts.stepOpen) : texts.stepFailed}</StatusBadge>
            {error === undefined ? null : <Text size="sm">{error.message}</Text>}
          </List.Item>
        );
      })}
    </List>
  );
}

interface RunningProps {
  readonly title: string;
  /** The steps that are not asked for, or are done already. */
  readonly without: readonly string[];
}

/** The steps that a run of the provisioning does now. The server does them in one transaction, so none is known to be done before all are. */
export function ProvisioningRuns({ title, without }: RunningProps) {
  return (
    <Stack role="status">
      <Group>
        <Loader size="sm" aria-hidden />
        <Text fw={600}>{title}</Text>
      </Group>
      <Text size="sm">{texts.inOneTransaction}</Text>
      <List type="ordered">{steps.map(([step, name]) => (without.includes(step) ? null : <List.Item key={step}>{name}</List.Item>))}</List>
    </Stack>
  );
}

/** What a run of the provisioning has done. The password that was made is shown this once. */
export function ProvisioningResult({ result: { status, stepsCompleted, errors, adminPassword } }: { readonly result: Data<'provisionTenant'> }) {
  return (
    <Stack>
      <Alert color={status === 'success' ? 'green' : 'red'} variant="outline" role="status">
        {texts.provisioned[status]}
      </Alert>
      <Steps done={stepsCompleted} errors={errors} />
      {adminPassword === undefined ? null : (
        <>
          <Copyable label={texts.adminPassword} value={adminPassword} />
          <Text size="sm">{texts.shownOnce}</Text>
        </>
      )}
    </Stack>
  );
}

/** Returns whether a call runs, and a function that takes it. A proof of who somebody is can come before the call. */
export function useRunning() {
  const [isRunning, setIsRunning] = useState(false);
  const watch = async <Result,>(call: Promise<Result>): Promise<Result> => {
    setIsRunning(true);
    return call.finally(() => setIsRunning(false));
  };
  return [isRunning, watch] as const;
}

/** Returns the steps that are not asked for. */
export const stepsWithout = ({ createAdminUser, sendWelcomeEmail }: { readonly createAdminUser: boolean; readonly sendWelcomeEmail: boolean }): string[] => [
  ...(createAdminUser ? [] : ['admin_user']),
  ...(sendWelcomeEmail ? [] : ['welcome_email']),
];

/** The steps that are done, and a form that runs the others. */
export function Provisioning({ tenant: { id, provisioned } }: { readonly tenant: Data<'getTenant'> }) {
  const prove = useRecentLogin();
  const [result, setResult] = useState<Data<'provisionTenant'>>();
  const [isRunning, watch] = useRunning();
  const own = useApiForm({
    initialValues: { adminEmail: '', createAdminUser: true, sendWelcomeEmail: true },
    validate: { adminEmail: (value) => (value === '' ? null : isEmail(value)) },
    submit: async ({ adminEmail, ...rest }) => {
      const body = { ...rest, ...(adminEmail === '' ? {} : { adminEmail }) };
      setResult(await prove(() => watch(api.provisionTenant({ path: { tenantId: id }, body }))));
      await readAgain();
    },
  });
  const isDone = steps.every(([step]) => provisioned.includes(step));
  return (
    <Section title={texts.provisioning}>
      {isRunning ? (
        <ProvisioningRuns title={texts.isProvisioned} without={[...provisioned, ...stepsWithout(own.form.values)]} />
      ) : result === undefined ? (
        <Steps done={provisioned} />
      ) : (
        <ProvisioningResult result={result} />
      )}
      {isDone ? null : (
        <ApiFormView of={own} action={texts.runSteps}>
          <TextInput label={texts.adminEmail} type="email" {...own.form.getInputProps('adminEmail')} />
          <Checkbox label={texts.createAdmin} {...own.form.getInputProps('createAdminUser', { type: 'checkbox' })} />
          <Checkbox label={texts.welcome} {...own.form.getInputProps('sendWelcomeEmail', { type: 'checkbox' })} />
        </ApiFormView>
      )}
    </Section>
  );
}
