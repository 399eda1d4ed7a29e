import { Group, PasswordInput, Text } from '@mantine/core';
import { api, isSignedIn, queries } from '../../api/client';
import { settings } from '../../api/settings';
import { ApiFormView, isFilled, Success, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { texts } from '../../texts/texts';
import { LinkedPage } from './token';

export function Page() {
  return <LinkedPage title={texts().verifyTitle}>{(token) => <Verify token={token} />}</LinkedPage>;
}

function Verify({ token }: { readonly token: string }) {
  const t = texts();
  const asksPassword = !isSignedIn() && settings.methods.includes('password');
  const own = useApiForm({
    initialValues: { password: '' },
    validate: asksPassword ? { password: isFilled } : {},
    submit: async ({ password }) => {
      await api.verifyEmail({ body: { token, ...(asksPassword ? { password } : {}) } });
      await queries.invalidateQueries();
    },
  });
  if (own.isDone)
    return (
      <>
        <Success>{t.verified}</Success>
        {isSignedIn() ? (
          <Group>
            <Link to="/">{t.toStart}</Link>
            <Link to="/account">{t.account}</Link>
          </Group>
        ) : (
          <Link to="/sign-in">{t.signIn}</Link>
        )}
      </>
    );
  return (
    <ApiFormView of={own} action={t.verify}>
      <Text>{asksPassword ? t.verifyPasswordHint : t.verifyHint}</Text>
      {asksPassword ? <PasswordInput label={t.password} autoComplete="current-password" required {...own.form.getInputProps('password')} /> : null}
    </ApiFormView>
  );
}
