import { Checkbox, Text } from '@mantine/core';
import { useState } from 'react';
import { api, knownDevice } from '../../api/client';
import { ApiFormView, useApiForm } from '../../parts/form';
import { useSignInEnd } from '../../parts/sign-in-end';
import { texts } from '../../texts/texts';
import { SecondStep } from '../sign-in/second-step';
import { LinkedPage } from './token';

export function Page() {
  const [mfaToken, setMfaToken] = useState<string>();
  const end = useSignInEnd(undefined);
  if (mfaToken !== undefined) return <SecondStep mfaToken={mfaToken} onDone={end} />;
  return <LinkedPage title={texts().mailSignInTitle}>{(token) => <SignIn token={token} onFactor={setMfaToken} onDone={end} />}</LinkedPage>;
}

interface SignInProps {
  readonly token: string;
  readonly onFactor: (mfaToken: string) => void;
  readonly onDone: () => Promise<void>;
}

function SignIn({ token, onFactor, onDone }: SignInProps) {
  const t = texts();
  const own = useApiForm({
    initialValues: { rememberMe: false },
    submit: async (values) => {
      const answer = await api.completeMailSignIn({ body: { token, ...values, ...knownDevice() } });
      if ('mfaToken' in answer) onFactor(answer.mfaToken);
      else await onDone();
    },
  });
  return (
    <ApiFormView of={own} action={t.signIn}>
      <Text>{t.mailSignInHint}</Text>
      <Checkbox label={t.rememberMe} {...own.form.getInputProps('rememberMe', { type: 'checkbox' })} />
    </ApiFormView>
  );
}
