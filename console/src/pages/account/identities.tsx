import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { api, queries } from '../../api/client';
import { beginVisit } from '../../api/provider-visit';
import { ConfirmButton } from '../../parts/confirm';
import { Failure } from '../../parts/form';
import { useRecentLogin } from '../../parts/recent-login';
import { Loaded } from '../../parts/states';
import { formatTime, texts } from '../../texts/texts';
import { identitiesQuery, providersQuery } from './queries';

/** The accounts at identity providers with which the person can sign in: those of the installation, and those of organizations. */
export function Identities() {
  const t = texts();
  const confirm = useRecentLogin();
  const query = useQuery(identitiesQuery);
  const { data: providers } = useQuery(providersQuery);
  const link = useMutation({
    mutationFn: (provider: string) => confirm(async () => api.beginProviderLink({ path: { provider }, body: { challenge: await beginVisit(undefined, 'link') } })),
    onSuccess: ({ url }) => location.assign(url),
  });
  const { sso } = useSearch({ strict: false });
  const linkSso = useMutation({
    mutationFn: (ssoConnectionId: string) => confirm(async () => api.beginSsoLink({ path: { ssoConnectionId }, body: { challenge: await beginVisit(undefined, 'link') } })),
    onSuccess: ({ url }) => location.assign(url),
  });
  return (
    <>
      <Loaded query={query}>
        {({ identities, links }) => {
          const nameOf = (provider: string): string => providers?.data.find((each) => each.provider === provider)?.label ?? provider;
          const linked = new Set(identities.map(({ provider }) => provider));
          return (
            <Stack>
              {identities.length + links.length === 0 ? <Text>{t.noIdentities}</Text> : null}
              {identities.map(({ id: identityId, provider, email, createdAt, lastUsedAt }) => (
                <Entry
                  key={identityId}
                  name={[nameOf(provider), email].filter((part) => part !== null).join(' · ')}
                  used={lastUsedAt === null ? t.added(formatTime(createdAt)) : t.lastUsed(formatTime(lastUsedAt))}
                  unlink={() => api.unlinkIdentity({ path: { identityId } })}
                />
              ))}
              {links.map(({ connectionId: ssoConnectionId, name, organization, createdAt, lastUsedAt }) => (
                <Entry
                  key={ssoConnectionId}
                  name={`${name} · ${organization.name}`}
                  used={lastUsedAt === null ? t.added(formatTime(createdAt)) : t.lastUsed(formatTime(lastUsedAt))}
                  unlink={() => api.unlinkSso({ path: { ssoConnectionId } })}
                />
              ))}
              <Failure error={link.error ?? linkSso.error} />
              <Group gap="xs">
                {sso === undefined || links.some(({ connectionId }) => connectionId === sso) ? null : (
                  <Button loading={linkSso.isPending} onClick={() => linkSso.mutate(sso)}>
                    {t.linkSso}
                  </Button>
                )}
                {providers?.data
                  .filter(({ provider }) => !linked.has(provider))
                  .map(({ provider, label }) => (
                    <Button key={provider} variant="default" loading={link.isPending && link.variables === provider} onClick={() => link.mutate(provider)}>
                      {t.linkProvider(label)}
                    </Button>
                  ))}
              </Group>
            </Stack>
          );
        }}
      </Loaded>
    </>
  );
}

interface EntryProps {
  readonly name: string;
  readonly used: string;
  readonly unlink: () => Promise<unknown>;
}

function Entry({ name, used, unlink }: EntryProps) {
  const t = texts();
  return (
    <Group justify="space-between">
      <Stack gap={0} miw={0} style={{ overflowWrap: 'anywhere' }}>
        <Text>{name}</Text>
        <Text size="sm">{used}</Text>
      </Stack>
      <ConfirmButton
        action={t.remove}
        name={`${t.remove}: ${name}`}
        title={t.unlinkTitle(name)}
        button={{ size: 'sm' }}
        onConfirm={async () => {
          await unlink();
          await queries.invalidateQueries({ queryKey: identitiesQuery.queryKey });
        }}
      >
        {t.unlinkHint}
      </ConfirmButton>
    </Group>
  );
}
