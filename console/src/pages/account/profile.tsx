import { Button, NativeSelect, PasswordInput, Text, TextInput } from '@mantine/core';
import type { Data } from '@tenantry/sdk';
import { api, queries } from '../../api/client';
import { settings } from '../../api/settings';
import { optionsOf } from '../../parts/choices';
import { ApiFormView, Failure, isEmail, isFilled, Success, useApiForm, useSingleMutation } from '../../parts/form';
import { useRecentLogin } from '../../parts/recent-login';
import { languages, texts } from '../../texts/texts';
import { profileQuery } from './queries';

interface ProfileProps {
  readonly profile: Data<'getProfile'>;
}

const store = (profile: Data<'getProfile'>): void => void queries.setQueryData(profileQuery.queryKey, profile);

export function ProfileForm({ profile }: ProfileProps) {
  const t = texts();
  const own = useApiForm({
    initialValues: { name: profile.name, locale: profile.locale ?? '' },
    validate: { name: isFilled },
    submit: async ({ name, locale }) => store(await api.updateProfile({ body: { name, locale: locale === '' ? null : locale } })),
  });
  const known = optionsOf(languages);
  const others = profile.locale === null || profile.locale in languages ? [] : [{ value: profile.locale, label: profile.locale }];
  return (
    <ApiFormView of={own} action={t.save}>
      <TextInput label={t.name} autoComplete="name" required {...own.form.getInputProps('name')} />
      <NativeSelect label={t.language_} data={[{ value: '', label: t.sameAsBrowser }, ...known, ...others]} {...own.form.getInputProps('locale')} />
      {own.isDone ? <Success>{t.saved}</Success> : null}
    </ApiFormView>
  );
}

export function ChangeEmail({ profile }: ProfileProps) {
  const t = texts();
  const confirm = useRecentLogin();
  const hasPassword = settings.methods.includes('password');
  const resend = useSingleMutation({ mutationFn: () => api.resendVerification() });
  const own = useApiForm({
    initialValues: { email: '', currentPassword: '' },
    validate: { email: isEmail, ...(hasPassword ? { currentPassword: isFilled } : {}) },
    submit: async ({ email, currentPassword }) => {
      store(await confirm(() => api.updateProfile({ body: { email, ...(hasPassword ? { currentPassword } : {}) } })));
      own.form.reset();
    },
  });
  return (
    <>
      <Text>{profile.email}</Text>
      {profile.pendingEmail === null ? null : <Success>{t.pendingEmail(profile.pendingEmail)}</Success>}
      {profile.emailVerified ? null : (
        <>
          <Text size="sm">{t.unverified}</Text>
          <Failure error={resend.error} />
          {resend.isSuccess ? (
            <Success>{t.resent}</Success>
          ) : (
            <Button variant="default" loading={resend.isPending} onClick={() => resend.mutate()}>
              {t.resend}
            </Button>
          )}
        </>
      )}
      <ApiFormView of={own} action={t.changeEmail}>
        <TextInput label={t.newEmail} type="email" autoComplete="email" required {...own.form.getInputProps('email')} />
        {hasPassword ? <PasswordInput label={t.currentPassword} autoComplete="current-password" required {...own.form.getInputProps('currentPassword')} /> : null}
      </ApiFormView>
    </>
  );
}
