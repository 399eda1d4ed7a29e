import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client';
import { ApiFormView, isFilled, useApiForm } from '../../parts/form';
import { RecoveryCodes } from '../../parts/recovery-codes';
import { texts } from '../../texts/texts';
import { LinkedPage } from './token';

export function Page() {
  return <LinkedPage title={texts().confirmFactorTitle}>{(token) => <Confirm mailedToken={token} />}</LinkedPage>;
}

function Confirm({ mailedToken }: { readonly mailedToken: string }) {
  const t = texts();
  const [codes, setCodes] = useState<readonly string[]>();
  const own = useApiForm({
    initialValues: { code: '' },
    validate: { code: isFilled },
    submit: async ({ code }) => setCodes((await api.confirmTotp({ body: { code, mailedToken } })).recoveryCodes),
  });
  if (codes !== undefined) return <RecoveryCodes codes={codes} />;
  return (
    <ApiFormView of={own} action={t.confirm}>
      <Text>{t.confirmFactorHint}</Text>
      <TextInput label={t.code} autoComplete="one-time-code" inputMode="numeric" required {...own.form.getInputProps('code')} />
    </ApiFormView>
  );
}
