import { Button, Code, Loader, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { QRCodeSVG } from 'qrcode.react';
import { useState } from 'react';
import { api, queries } from '../../api/client';
import { Dialog } from '../../parts/dialog';
import { ApiFormView, Failure, isFilled, Success, useApiForm } from '../../parts/form';
import { useRecentLogin } from '../../parts/recent-login';
import { RecoveryCodes } from '../../parts/recovery-codes';
import { texts } from '../../texts/texts';
import { meQuery, trustedDevicesQuery } from './queries';

export function SecondFactor() {
  const t = texts();
  const confirm = useRecentLogin();
  const { data: me, error } = useQuery(meQuery);
  const [codes, setCodes] = useState<readonly string[]>();
  const enrol = useMutation({ mutationFn: () => confirm(() => api.enrolTotp()) });
  const done = (recoveryCodes: readonly string[]): void => {
    setCodes(recoveryCodes);
    void queries.invalidateQueries({ queryKey: meQuery.queryKey });
  };
  if (codes !== undefined)
    return (
      <>
        <RecoveryCodes codes={codes} />
        <Button variant="default" onClick={() => setCodes(undefined)}>
          {t.recoveryDone}
        </Button>
      </>
    );
  if (me === undefined) return error === null ? <Loader role="img" aria-label={t.loading} /> : <Failure error={error} />;
  if (me.twoFactorEnabled)
    return (
      <>
        <TurnOff />
        <NewRecoveryCodes onDone={setCodes} />
      </>
    );
  if (enrol.data !== undefined) return <SetUp enrollment={enrol.data} isOperator={me.platformAdmin} onDone={done} />;
  return (
    <>
      <Text>{t.twoFactorOff}</Text>
      <Failure error={enrol.error} />
      <Button variant="default" loading={enrol.isPending} onClick={() => enrol.mutate()}>
        {t.setUp}
      </Button>
    </>
  );
}

interface SetUpProps {
  readonly enrollment: Data<'enrolTotp'>;
  readonly isOperator: boolean;
  readonly onDone: (recoveryCodes: readonly string[]) => void;
}

function SetUp({ enrollment, isOperator, onDone }: SetUpProps) {
  const t = texts();
  const confirm = useRecentLogin();
  const own = useApiForm({
    initialValues: { code: '' },
    validate: { code: isFilled },
    submit: async (body) => onDone((await confirm(() => api.confirmTotp({ body }))).recoveryCodes),
  });
  const app = (
    <>
      <QRCodeSVG value={enrollment.url} size={180} marginSize={4} title={t.scan} role="img" />
      <Text size="sm">
        {t.secretByHand} <Code>{enrollment.secret}</Code>
      </Text>
    </>
  );
  if (isOperator)
    return (
      <>
        <Text>{t.scan}</Text>
        {app}
        <Success>{t.operatorFactorMail}</Success>
      </>
    );
  return (
    <ApiFormView of={own} action={t.confirm}>
      <Text>{t.scan}</Text>
      {app}
      <TextInput label={t.code} autoComplete="one-time-code" inputMode="numeric" required {...own.form.getInputProps('code')} />
    </ApiFormView>
  );
}

/** Replaces the recovery codes, in a dialog that asks for a code. */
function NewRecoveryCodes({ onDone }: Pick<SetUpProps, 'onDone'>) {
  const t = texts();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {t.newRecoveryCodes}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={t.newRecoveryCodes}>
        <NewCodesForm onDone={onDone} />
      </Dialog>
    </>
  );
}

function NewCodesForm({ onDone }: Pick<SetUpProps, 'onDone'>) {
  const t = texts();
  const own = useApiForm({
    initialValues: { code: '' },
    validate: { code: isFilled },
    submit: async (body) => {
      onDone((await api.renewRecoveryCodes({ body })).recoveryCodes);
      await queries.invalidateQueries({ queryKey: trustedDevicesQuery.queryKey });
    },
  });
  return (
    <ApiFormView of={own} action={t.newRecoveryCodes}>
      <Text>{t.newRecoveryHint}</Text>
      <TextInput label={t.code} autoComplete="one-time-code" required data-autofocus {...own.form.getInputProps('code')} />
    </ApiFormView>
  );
}

function TurnOff() {
  const t = texts();
  const confirm = useRecentLogin();
  const own = useApiForm({
    initialValues: { code: '' },
    validate: { code: isFilled },
    submit: async (body) => {
      await confirm(() => api.removeTotp({ body }));
      await queries.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
  return (
    <ApiFormView of={own} action={t.turnOff} danger>
      <Text>{t.twoFactorOn}</Text>
      <TextInput label={t.code} autoComplete="one-time-code" required {...own.form.getInputProps('code')} />
    </ApiFormView>
  );
}
