import { PasswordInput, Text, TextInput } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { api } from '../../api/client';
import { settings } from '../../api/settings';
import { ApiFormView, isFilled, useApiForm } from '../../parts/form';
import { useRecentLogin } from '../../parts/recent-login';
import { texts } from '../../texts/texts';

export function DeleteAccount() {
  const t = texts();
  const router = useRouter();
  const confirm = useRecentLogin();
  const hasPassword = settings.methods.includes('password');
  const own = useApiForm({
    initialValues: { currentPassword: '', code: '' },
    validate: hasPassword ? { currentPassword: isFilled } : {},
    submit: async ({ currentPassword, code }) => {
      await confirm(() => api.deleteAccount({ body: { ...(hasPassword ? { currentPassword } : {}), ...(code === '' ? {} : { code }) } }));
      await router.navigate({ to: '/sign-in' });
    },
  });
  return (
    <ApiFormView of={own} action={t.deleteConfirm} danger>
      <Text>{t.deleteHint}</Text>
      {hasPassword ? <PasswordInput label={t.currentPassword} autoComplete="current-password" required {...own.form.getInputProps('currentPassword')} /> : null}
      <TextInput label={t.codeIfSet} autoComplete="one-time-code" {...own.form.getInputProps('code')} />
    </ApiFormView>
  );
}
