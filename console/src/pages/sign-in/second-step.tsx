import { Button, Checkbox, Text, TextInput } from '@mantine/core';
import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { useMutation } from '@tanstack/react-query';
import { api, rememberDevice } from '../../api/client';
import { ApiFormView, Failure, isFilled, useApiForm } from '../../parts/form';
import { Sheet } from '../../parts/sheet';
import { texts } from '../../texts/texts';

interface SecondStepProps {
  readonly mfaToken: string;
  readonly onDone: () => Promise<void>;
}

/** Asks for the second factor: a code, a recovery code, or a passkey. */
export function SecondStep({ mfaToken, onDone }: SecondStepProps) {
  const t = texts();
  const own = useApiForm({
    initialValues: { code: '', trustDevice: false },
    validate: { code: isFilled },
    submit: async (values) => {
      const { deviceToken } = await api.verifyMfa({ body: { mfaToken, ...values } });
      if (deviceToken !== null) rememberDevice();
      await onDone();
    },
  });
  const passkey = useMutation({
    mutationFn: async () => {
      const { options } = await api.challengePasskey();
      const answer = await startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON });
      await api.verifyMfa({ body: { mfaToken, passkey: { ...answer } } });
      await onDone();
    },
  });
  return (
    <Sheet title={t.secondFactor}>
      <ApiFormView of={own} action={t.signIn}>
        <Text>{t.secondFactorHint}</Text>
        <TextInput label={t.code} autoComplete="one-time-code" autoFocus required {...own.form.getInputProps('code')} />
        <Checkbox label={t.trustDevice} {...own.form.getInputProps('trustDevice', { type: 'checkbox' })} />
      </ApiFormView>
      <Failure error={passkey.error} />
      <Button variant="default" loading={passkey.isPending} onClick={() => passkey.mutate()}>
        {t.usePasskeyInstead}
      </Button>
    </Sheet>
  );
}
