import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { isTenantryError } from '@tenantry/sdk';
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';
import { api } from '../api/client';
import { settings } from '../api/settings';
import { texts } from '../texts/texts';
import { Dialog } from './dialog';
import { ApiFormView, isFilled, useApiForm } from './form';

type Confirm = <Result>(call: () => Promise<Result>) => Promise<Result>;

const RecentLogin = createContext<Confirm>((call) => call());

/** Returns what makes a call, asks the person for a proof if the sign-in was too long ago, and then makes the call again. */
export const useRecentLogin = (): Confirm => useContext(RecentLogin);

interface Asked {
  readonly answer: (hasProved: boolean) => void;
}

export function RecentLoginProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>();
  const confirm = useCallback<Confirm>(async (call) => {
    try {
      return await call();
    } catch (error) {
      if (!isTenantryError(error, 'recent_login_required')) throw error;
      const hasProved = await new Promise<boolean>((answer) => setAsked({ answer }));
      setAsked(undefined);
      if (!hasProved) throw error;
      return call();
    }
  }, []);
  return (
    <RecentLogin value={confirm}>
      {children}
      {/* A call can be made in a dialog: this one is above it. */}
      <Dialog opened={asked !== undefined} onClose={() => asked?.answer(false)} title={texts().confirmTitle} isAbove>
        <Proof onProved={() => asked?.answer(true)} />
      </Dialog>
    </RecentLogin>
  );
}

function Proof({ onProved }: { readonly onProved: () => void }) {
  const t = texts();
  const [withPassword, setWithPassword] = useState(settings.methods.includes('password'));
  const own = useApiForm({
    initialValues: { password: '', code: '' },
    validate: withPassword ? { password: isFilled } : { code: isFilled },
    submit: async ({ password, code }) => {
      await api.reauthenticate({ body: withPassword ? { password } : { code } });
      onProved();
    },
  });
  return (
    <Stack>
      <ApiFormView of={own} action={t.confirm}>
        <Text>{t.confirmHint}</Text>
        {withPassword ? (
          <PasswordInput label={t.password} autoComplete="current-password" data-autofocus required {...own.form.getInputProps('password')} />
        ) : (
          <TextInput label={t.code} autoComplete="one-time-code" data-autofocus required {...own.form.getInputProps('code')} />
        )}
      </ApiFormView>
      <Button variant="subtle" onClick={() => setWithPassword(!withPassword)}>
        {withPassword ? t.useCode : t.usePassword}
      </Button>
    </Stack>
  );
}
