import { PasswordInput, Text, TextInput } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { settings } from '../../api/settings';
import { ApiFormView, isEmail, isFilled, Success, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { Sheet, useBrandName } from '../../parts/sheet';
import { texts } from '../../texts/texts';

const hasPassword = settings.methods.includes('password');

export function Page() {
  const t = texts();
  const name = useBrandName();
  const { return_to: returnTo, email = '' } = useSearch({ strict: false });
  const [mailedTo, setMailedTo] = useState<string>();
  const own = useApiForm({
    initialValues: { name: '', email, password: '', organization: '' },
    validate: { name: isFilled, email: isEmail, organization: isFilled, ...(hasPassword ? { password: isFilled } : {}) },
    submit: async ({ password, organization, ...person }) => {
      await api.signUp({ body: { ...person, ...(hasPassword ? { password } : {}), organization: { name: organization } } });
      setMailedTo(person.email);
    },
  });
  if (mailedTo !== undefined)
    return (
      <Sheet title={t.verifyTitle}>
        <Success>{t.verifySent(mailedTo)}</Success>
        <Link to="/account">{t.account}</Link>
      </Sheet>
    );
  return (
    <Sheet
      title={t.signUpTo(name)}
      footer={
        <Text size="sm">
          {t.haveAccount}{' '}
          <Link to="/sign-in" search={returnTo === undefined ? {} : { return_to: returnTo }}>
            {t.signIn}
          </Link>
        </Text>
      }
    >
      <ApiFormView of={own} action={t.signUp}>
        <TextInput label={t.yourName} autoComplete="name" required {...own.form.getInputProps('name')} />
        <TextInput label={t.email} type="email" autoComplete="username" required {...own.form.getInputProps('email')} />
        {hasPassword ? <PasswordInput label={t.password} description={t.passwordHint} autoComplete="new-password" required {...own.form.getInputProps('password')} /> : null}
        <TextInput label={t.organizationName} autoComplete="organization" required {...own.form.getInputProps('organization')} />
      </ApiFormView>
    </Sheet>
  );
}
