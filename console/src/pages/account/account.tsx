import { Button, Divider, Group, Loader, Stack, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/client';
import { settings } from '../../api/settings';
import { Failure } from '../../parts/form';
import { Link } from '../../parts/link';
import { RecentLoginProvider } from '../../parts/recent-login';
import { Sheet } from '../../parts/sheet';
import { texts } from '../../texts/texts';
import { DeleteAccount } from './delete-account';
import { Identities } from './identities';
import { ChangePassword } from './password';
import { Passkeys } from './passkeys';
import { ChangeEmail, ProfileForm } from './profile';
import { meQuery, profileQuery } from './queries';
import { SecondFactor } from './second-factor';
import { Sessions } from './sessions';
import { TrustedDevices } from './trusted-devices';

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack component="section" aria-label={title}>
      <Divider />
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

export function Page() {
  const t = texts();
  const router = useRouter();
  const { data: profile, error } = useQuery(profileQuery);
  const { data: me } = useQuery(meQuery);
  const signOut = useMutation({ mutationFn: () => api.logOut(), onSuccess: () => router.navigate({ to: '/sign-in' }) });
  const hasPassword = settings.methods.includes('password');
  return (
    <Sheet title={t.account} wide>
      <Group justify="space-between">
        <Link to="/organizations">{t.chooseOrganization}</Link>
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {t.signOut}
        </Button>
      </Group>
      <Failure error={signOut.error} />
      <Failure error={error} />
      {profile === undefined ? (
        error === null ? (
          <Loader role="img" aria-label={t.loading} />
        ) : null
      ) : (
        <RecentLoginProvider>
          <Section title={t.profile}>
            <ProfileForm profile={profile} />
          </Section>
          {profile.email === null ? null : (
            <Section title={t.email}>
              <ChangeEmail profile={profile} />
            </Section>
          )}
          {hasPassword ? (
            <Section title={t.changePassword}>
              <ChangePassword email={profile.email ?? profile.userName ?? ''} />
            </Section>
          ) : null}
          <Section title={t.twoFactor}>
            <SecondFactor />
          </Section>
          {me?.twoFactorEnabled === true ? (
            <Section title={t.trustedDevices}>
              <TrustedDevices />
            </Section>
          ) : null}
          <Section title={t.passkeys}>
            <Passkeys />
          </Section>
          {profile.email !== null && (settings.methods.includes('provider') || settings.methods.includes('sso')) ? (
            <Section title={t.identities}>
              <Identities />
            </Section>
          ) : null}
          <Section title={t.sessions}>
            <Sessions />
          </Section>
          <Section title={t.deleteAccount}>
            <DeleteAccount />
          </Section>
        </RecentLoginProvider>
      )}
    </Sheet>
  );
}
