import { PasswordInput } from '@mantine/core';
import { api } from '../../api/client';
import { ApiFormView, isFilled, Success, useApiForm } from '../../parts/form';
import { useRecentLogin } from '../../parts/recent-login';
import { texts } from '../../texts/texts';

export function ChangePassword({ email }: { readonly email: string }) {
  const t = texts();
  const confirm = useRecentLogin();
  const own = useApiForm({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: { currentPassword: isFilled, newPassword: isFilled },
    submit: async (body) => {
      await confirm(() => api.changePassword({ body }));
      own.form.reset();
    },
  });
  return (
    <ApiFormView of={own} action={t.changePassword}>
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <PasswordInput label={t.currentPassword} autoComplete="current-password" required {...own.form.getInputProps('currentPassword')} />
      <PasswordInput label={t.newPassword} description={t.passwordHint} autoComplete="new-password" required {...own.form.getInputProps('newPassword')} />
      {own.isDone ? <Success>{t.passwordChanged}</Success> : null}
    </ApiFormView>
  );
}
