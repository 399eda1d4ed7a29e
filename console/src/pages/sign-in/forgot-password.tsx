import { Text, TextInput } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { ApiFormView, isEmail, Success, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { Sheet } from '../../parts/sheet';
import { texts } from '../../texts/texts';

export function Page() {
  const t = texts();
  const { email = '' } = useSearch({ strict: false });
  const own = useApiForm({ initialValues: { email }, validate: { email: isEmail }, submit: (body) => api.forgotPassword({ body }) });
  return (
    <Sheet title={t.forgotTitle} footer={<Link to="/sign-in">{t.signIn}</Link>}>
      {own.isDone ? (
        <Success>{t.linkSent(own.form.values.email)}</Success>
      ) : (
        <ApiFormView of={own} action={t.sendLink}>
          <Text>{t.forgotHint}</Text>
          <TextInput label={t.email} type="email" autoComplete="username" required {...own.form.getInputProps('email')} />
        </ApiFormView>
      )}
    </Sheet>
  );
}
