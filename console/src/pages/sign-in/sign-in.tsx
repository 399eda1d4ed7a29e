import { Button, Checkbox, Divider, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, knownDevice, type SignInAnswer } from '../../api/client';
import { beginVisit } from '../../api/provider-visit';
import { settings } from '../../api/settings';
import { brandQuery } from '../../parts/branded-theme';
import { ApiFormView, Failure, isEmail, isFilled, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { Sheet, useBrandName } from '../../parts/sheet';
import { useSignInEnd } from '../../parts/sign-in-end';
import { texts } from '../../texts/texts';
import { SecondStep } from './second-step';

type Way = 'password' | 'userName' | 'mail' | 'sso';

/** A user name is that of an account without an address, which has a password. */
const offers = (way: (typeof settings.methods)[number] | 'userName'): boolean => settings.methods.includes(way === 'userName' ? 'password' : way);

export function Page() {
  const t = texts();
  const { return_to: returnTo, email = '' } = useSearch({ strict: false });
  const [way, setWay] = useState<Way>(offers('password') ? 'password' : offers('mail') ? 'mail' : 'sso');
  const [mfaToken, setMfaToken] = useState<string>();
  const end = useSignInEnd(returnTo);
  const take = async (answer: SignInAnswer): Promise<void> => {
    if ('mfaToken' in answer) setMfaToken(answer.mfaToken);
    else await end();
  };
  const name = useBrandName();
  if (mfaToken !== undefined) return <SecondStep mfaToken={mfaToken} onDone={end} />;
  const others = (['password', 'userName', 'mail', 'sso'] as const).filter((each) => each !== way && offers(each));
  const labels = { password: t.withPassword, userName: t.withUserName, mail: t.withMail, sso: t.withSso } as const;
  return (
    <Sheet
      title={t.signInTo(name)}
      footer={
        <Text size="sm">
          {t.noAccount}{' '}
          <Link to="/sign-up" search={returnTo === undefined ? {} : { return_to: returnTo }}>
            {t.signUp}
          </Link>
        </Text>
      }
    >
      {way === 'password' ? <PasswordForm email={email} take={take} /> : null}
      {way === 'userName' ? <UserNameForm take={take} /> : null}
      {way === 'mail' ? <MailForm email={email} take={take} /> : null}
      {way === 'sso' ? <SsoForm email={email} returnTo={returnTo} /> : null}
      <Divider label={t.or} />
      <Stack gap="xs">
        {offers('passkey') ? <PasskeyButton take={take} /> : null}
        {offers('provider') ? <Providers returnTo={returnTo} /> : null}
        {others.map((each) => (
          <Button key={each} variant="default" onClick={() => setWay(each)}>
            {labels[each]}
          </Button>
        ))}
      </Stack>
    </Sheet>
  );
}

interface WayProps {
  readonly email: string;
  readonly take: (answer: SignInAnswer) => Promise<void>;
}

function PasswordForm({ email, take }: WayProps) {
  const t = texts();
  const own = useApiForm({
    initialValues: { email, password: '', rememberMe: false },
    validate: { email: isEmail, password: isFilled },
    submit: async (values) => take(await api.logIn({ body: { ...values, ...knownDevice() } })),
  });
  return (
    <ApiFormView of={own} action={t.signIn}>
      <TextInput label={t.email} type="email" autoComplete="username" required {...own.form.getInputProps('email')} />
      <PasswordInput label={t.password} autoComplete="current-password" required {...own.form.getInputProps('password')} />
      <Group justify="space-between">
        <Checkbox label={t.rememberMe} {...own.form.getInputProps('rememberMe', { type: 'checkbox' })} />
        <Link to="/forgot-password" search={{ email: own.form.values.email }} size="sm">
          {t.forgotPassword}
        </Link>
      </Group>
    </ApiFormView>
  );
}

/** Signs in an account that its organization manages. Where the host is that of an organization, nobody is asked for it. */
function UserNameForm({ take }: Pick<WayProps, 'take'>) {
  const t = texts();
  const { data: brand } = useQuery(brandQuery);
  const own = useApiForm({
    initialValues: { organization: brand?.slug ?? '', userName: '', password: '', rememberMe: false },
    validate: { organization: isFilled, userName: isFilled, password: isFilled },
    submit: async ({ organization, userName, ...values }) =>
      take(await api.logIn({ body: { ...values, organization: organization.trim().toLowerCase(), userName: userName.trim().toLowerCase(), ...knownDevice() } })),
  });
  return (
    <ApiFormView of={own} action={t.signIn}>
      {brand == null ? (
        <TextInput label={t.organizationSlug} description={t.organizationSlugHint} autoComplete="organization" required {...own.form.getInputProps('organization')} />
      ) : null}
      <TextInput label={t.userName} autoComplete="username" autoCapitalize="none" required {...own.form.getInputProps('userName')} />
      <PasswordInput label={t.password} autoComplete="current-password" description={t.userNameHint} required {...own.form.getInputProps('password')} />
      <Checkbox label={t.rememberMe} {...own.form.getInputProps('rememberMe', { type: 'checkbox' })} />
    </ApiFormView>
  );
}

function MailForm({ email, take }: WayProps) {
  const t = texts();
  const [sent, setSent] = useState<{ readonly requestToken: string; readonly email: string }>();
  const start = useApiForm({
    initialValues: { email, rememberMe: false },
    validate: { email: isEmail },
    submit: async (values) => setSent({ ...(await api.beginMailSignIn({ body: values })), email: values.email }),
  });
  const complete = useApiForm({
    initialValues: { code: '' },
    validate: { code: isFilled },
    submit: async ({ code }) => take(await api.completeMailSignIn({ body: { code, ...(sent === undefined ? {} : { requestToken: sent.requestToken }), ...knownDevice() } })),
  });
  if (sent !== undefined)
    return (
      <ApiFormView key="code" of={complete} action={t.signIn}>
        <Text role="status">{t.mailSent(sent.email)}</Text>
        <TextInput label={t.codeInMail} autoComplete="one-time-code" inputMode="numeric" required {...complete.form.getInputProps('code')} />
      </ApiFormView>
    );
  return (
    <ApiFormView key="email" of={start} action={t.withMail}>
      <TextInput label={t.email} type="email" autoComplete="username" required {...start.form.getInputProps('email')} />
      <Checkbox label={t.rememberMe} {...start.form.getInputProps('rememberMe', { type: 'checkbox' })} />
    </ApiFormView>
  );
}

function SsoForm({ email, returnTo }: { readonly email: string; readonly returnTo: string | undefined }) {
  const t = texts();
  const own = useApiForm({
    initialValues: { email },
    validate: { email: isEmail },
    submit: async (values) => {
      const { connections } = await api.discoverSignIn({ body: values });
      const connection = connections[0];
      if (connection === undefined) throw new Error(t.noSsoConnection);
      const { url } = await api.beginSso({ path: { ssoConnectionId: connection.connectionId }, body: { challenge: await beginVisit(returnTo) } });
      location.assign(url);
    },
  });
  return (
    <ApiFormView of={own} action={t.continue}>
      <TextInput label={t.email} type="email" autoComplete="username" required {...own.form.getInputProps('email')} />
    </ApiFormView>
  );
}

function PasskeyButton({ take }: Pick<WayProps, 'take'>) {
  const signIn = useMutation({
    mutationFn: async () => {
      const { options } = await api.challengePasskey();
      const credential = await startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON });
      await take(await api.logInWithPasskey({ body: { credential: { ...credential } } }));
    },
  });
  return (
    <>
      <Failure error={signIn.error} />
      <Button variant="default" loading={signIn.isPending} onClick={() => signIn.mutate()}>
        {texts().withPasskey}
      </Button>
    </>
  );
}

function Providers({ returnTo }: { readonly returnTo: string | undefined }) {
  const { data } = useQuery({ queryKey: ['providers'], queryFn: () => api.listAuthProviders() });
  const visit = useMutation({
    mutationFn: async (provider: string) => location.assign((await api.beginProviderSignIn({ path: { provider }, body: { challenge: await beginVisit(returnTo) } })).url),
  });
  return (
    <>
      <Failure error={visit.error} />
      {data?.data.map(({ provider, label }) => (
        <Button key={provider} variant="default" onClick={() => visit.mutate(provider)}>
          {texts().withProvider(label)}
        </Button>
      ))}
    </>
  );
}
