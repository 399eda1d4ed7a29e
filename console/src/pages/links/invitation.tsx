import { Button, Group, Loader, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { api, isSignedIn, queries } from '../../api/client';
import { settings } from '../../api/settings';
import { ApiFormView, Failure, isFilled, Success, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { Sheet } from '../../parts/sheet';
import { texts } from '../../texts/texts';

type Preview = Data<'previewInvitation'>;
const hasPassword = settings.methods.includes('password');

export function Page() {
  const t = texts();
  const { token } = useSearch({ strict: false });
  const { data, error } = useQuery({ queryKey: ['invitation', token], queryFn: () => api.previewInvitation({ body: { token: token ?? '' } }), enabled: token !== undefined });
  const [end, setEnd] = useState<'declined' | 'joined' | 'signedIn'>();
  const decline = useMutation({ mutationFn: () => api.declineInvitation({ body: { token: token ?? '' } }), onSuccess: () => setEnd('declined') });
  const organization = data?.organization.name ?? '';
  if (end !== undefined)
    return (
      <Sheet title={t.invitationTitle(organization)}>
        <Success>{end === 'declined' ? t.declined : end === 'signedIn' ? t.joined(organization) : t.joinedSignIn(organization)}</Success>
        {end === 'declined' ? null : <Link to={end === 'signedIn' ? '/' : '/sign-in'}>{end === 'signedIn' ? t.toStart : t.signIn}</Link>}
      </Sheet>
    );
  return (
    <Sheet title={data === undefined ? t.accept : t.invitationTitle(organization)}>
      {token === undefined ? <Failure error={new Error(t.missingToken)} /> : <Failure error={error} />}
      {data === undefined || token === undefined ? (
        error === null && token !== undefined ? (
          <Loader role="img" aria-label={t.loading} />
        ) : null
      ) : (
        <Stack>
          <Text>{data.invitedBy === null ? t.invitedAs(data.roleName) : t.invitedBy(data.invitedBy, data.roleName)}</Text>
          {data.message === null ? null : <Text fs="italic">{data.message}</Text>}
          <Text size="sm">{t.invitationFor(data.email)}</Text>
          {isSignedIn() ? <AcceptSignedIn token={token} onDone={() => setEnd('signedIn')} /> : <AcceptAsNew token={token} preview={data} onDone={setEnd} />}
          <Failure error={decline.error} />
          <Button variant="subtle" loading={decline.isPending} onClick={() => decline.mutate()}>
            {t.decline}
          </Button>
        </Stack>
      )}
    </Sheet>
  );
}

function AcceptSignedIn({ token, onDone }: { readonly token: string; readonly onDone: () => void }) {
  const own = useApiForm({
    initialValues: {},
    submit: async () => {
      await api.acceptInvitation({ body: { token } });
      await queries.invalidateQueries();
      onDone();
    },
  });
  return <ApiFormView of={own} action={texts().accept} />;
}

interface AcceptAsNewProps {
  readonly token: string;
  readonly preview: Preview;
  readonly onDone: (end: 'joined' | 'signedIn') => void;
}

function AcceptAsNew({ token, preview, onDone }: AcceptAsNewProps) {
  const t = texts();
  const router = useRouter();
  const own = useApiForm({
    initialValues: { name: '', password: '' },
    validate: { name: isFilled, ...(hasPassword ? { password: isFilled } : {}) },
    submit: async ({ name, password }) => {
      const joined = await api.acceptInvitation({ body: { token, name, ...(hasPassword ? { password } : {}) } });
      onDone('accessToken' in joined ? 'signedIn' : 'joined');
    },
  });
  const toSignIn = (): void => void router.navigate({ to: '/sign-in', search: { return_to: location.href, email: preview.email } });
  return (
    <>
      <ApiFormView of={own} action={t.acceptAsNew}>
        <input type="hidden" autoComplete="username" value={preview.email} readOnly />
        <TextInput label={t.yourName} autoComplete="name" required {...own.form.getInputProps('name')} />
        {hasPassword ? <PasswordInput label={t.password} description={t.passwordHint} autoComplete="new-password" required {...own.form.getInputProps('password')} /> : null}
      </ApiFormView>
      <Group grow>
        <Button variant="default" onClick={toSignIn}>
          {t.acceptWithAccount}
        </Button>
      </Group>
    </>
  );
}
