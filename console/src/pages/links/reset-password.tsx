import { PasswordInput } from '@mantine/core';
import { api } from '../../api/client';
import { ApiFormView, isFilled, Success, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { texts } from '../../texts/texts';
import { LinkedPage } from './token';

export function Page() {
  return <LinkedPage title={texts().resetTitle}>{(token) => <Reset token={token} />}</LinkedPage>;
}

function Reset({ token }: { readonly token: string }) {
  const t = texts();
  const own = useApiForm({ initialValues: { newPassword: '' }, validate: { newPassword: isFilled }, submit: (values) => api.resetPassword({ body: { token, ...values } }) });
  if (own.isDone)
    return (
      <>
        <Success>{t.passwordSet}</Success>
        <Link to="/sign-in">{t.signIn}</Link>
      </>
    );
  return (
    <ApiFormView of={own} action={t.setPassword}>
      <PasswordInput label={t.newPassword} description={t.passwordHint} autoComplete="new-password" required {...own.form.getInputProps('newPassword')} />
    </ApiFormView>
  );
}
