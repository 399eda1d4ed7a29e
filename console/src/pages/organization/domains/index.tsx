import { Button, Card, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { ConfirmButton } from '../../../parts/confirm';
import { Copyable } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, Failure, isEmail, isFilled, Success, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { StatusBadge } from '../../../parts/status-badge';
import { View } from '../../../parts/view';
import { formatTime } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf, readAgain } from '../queries';
import { texts } from './texts';

type Domain = Data<'listDomains'>['data'][number];

const domainsQuery = (organization: OpenOrganization) => queryOptions({ queryKey: keyOf(organization, 'domains'), queryFn: () => organization.api.listDomains() });
const domainsChanged = (organization: OpenOrganization): Promise<void> => readAgain(organization, 'domains');

export function Page() {
  const organization = useOrganization();
  const query = useQuery(domainsQuery(organization));
  const [adds, setAdds] = useState(false);
  const mayWrite = organization.may('security:write');
  return (
    <View title={texts.title} description={texts.hint} actions={mayWrite ? <Button onClick={() => setAdds(true)}>{texts.add}</Button> : undefined}>
      <Loaded query={query}>
        {({ data }) => (
          <Stack>
            {data.length === 0 ? <EmptyState title={texts.none} /> : null}
            {data.map((domain) => (
              <DomainCard key={domain.id} domain={domain} />
            ))}
          </Stack>
        )}
      </Loaded>
      <Dialog opened={adds} onClose={() => setAdds(false)} title={texts.add}>
        <AddDomain onDone={() => setAdds(false)} />
      </Dialog>
    </View>
  );
}

function AddDomain({ onDone }: { readonly onDone: () => void }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { domain: '', kind: 'email' },
    validate: { domain: isFilled },
    submit: async ({ domain, kind }) => {
      await prove(() => organization.api.createDomain({ body: { domain: domain.trim(), kind: kind === 'host' ? 'host' : 'email' } }));
      await domainsChanged(organization);
      onDone();
    },
  });
  return (
    <ApiFormView of={own} action={texts.add}>
      <TextInput label={texts.domain} required data-autofocus {...own.form.getInputProps('domain')} />
      <NativeSelect
        label={texts.kind}
        data={[
          { value: 'email', label: texts.kinds.email },
          { value: 'host', label: texts.kinds.host },
        ]}
        {...own.form.getInputProps('kind')}
      />
    </ApiFormView>
  );
}

function DomainCard({ domain }: { readonly domain: Domain }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const mayWrite = organization.may('security:write');
  const { id: domainId, kind, domain: name, status, statusDetail, lastCheckedAt, dnsRecord } = domain;
  const check = useMutation({
    mutationFn: () => prove(() => organization.api.verifyDomain({ path: { domainId }, body: {} })),
    onSettled: () => domainsChanged(organization),
  });
  return (
    <Card withBorder component="section" aria-label={name}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={2} size="h4">
              {name}
            </Title>
            <StatusBadge>{texts.status[status]}</StatusBadge>
          </Group>
          {mayWrite ? (
            <ConfirmButton
              action={texts.remove}
              name={`${texts.remove}: ${name}`}
              title={texts.removeTitle(name)}
              onConfirm={async () => {
                await organization.api.deleteDomain({ path: { domainId } });
                await domainsChanged(organization);
              }}
            >
              {texts.removeHint}
            </ConfirmButton>
          ) : null}
        </Group>
        <Text size="sm">{texts.kinds[kind]}</Text>
        {statusDetail === null ? null : <Text size="sm">{statusDetail}</Text>}
        {domain.grade === 'ownership' && status === 'verified' ? null : (
          <>
            <Text>{texts.record}</Text>
            <Copyable label={texts.recordName} value={dnsRecord.name} />
            <Copyable label={texts.recordValue} value={dnsRecord.value} />
          </>
        )}
        {lastCheckedAt === null ? null : (
          <Text size="sm" c="dimmed">
            {texts.checked(formatTime(lastCheckedAt))}
          </Text>
        )}
        {mayWrite ? (
          <>
            <Failure error={check.error} />
            {check.data?.grade === 'ownership' ? <Success>{texts.found}</Success> : null}
            <Group>
              <Button variant="default" aria-label={`${texts.check}: ${name}`} loading={check.isPending} onClick={() => check.mutate()}>
                {texts.check}
              </Button>
            </Group>
            {kind === 'email' && domain.grade === null ? <ByMail domain={domain} /> : null}
            {kind === 'email' && domain.grade !== null ? <JoinPolicy domain={domain} /> : null}
          </>
        ) : null}
      </Stack>
    </Card>
  );
}

/** Proves a domain by a code that is mailed to an address at it. */
function ByMail({ domain: { id: domainId, mailedTo } }: { readonly domain: Domain }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const [opened, setOpened] = useState(mailedTo !== null);
  const send = useApiForm({
    initialValues: { mailTo: '' },
    validate: { mailTo: isEmail },
    submit: async ({ mailTo }) => {
      await prove(() => organization.api.verifyDomain({ path: { domainId }, body: { mailTo } }));
      await domainsChanged(organization);
    },
  });
  const submit = useApiForm({
    initialValues: { code: '' },
    validate: { code: isFilled },
    submit: async ({ code }) => {
      await prove(() => organization.api.verifyDomain({ path: { domainId }, body: { code: code.trim() } }));
      await domainsChanged(organization);
    },
  });
  if (!opened)
    return (
      <Group>
        <Button variant="subtle" onClick={() => setOpened(true)}>
          {texts.byMail}
        </Button>
      </Group>
    );
  return (
    <Stack maw={420}>
      <ApiFormView of={send} action={texts.sendCode}>
        <TextInput label={texts.mailTo} type="email" required {...send.form.getInputProps('mailTo')} />
      </ApiFormView>
      {mailedTo === null ? null : (
        <>
          <Success>{texts.codeSent(mailedTo)}</Success>
          <ApiFormView of={submit} action={texts.submitCode}>
            <TextInput label={texts.code} autoComplete="one-time-code" required {...submit.form.getInputProps('code')} />
          </ApiFormView>
        </>
      )}
    </Stack>
  );
}

const policies = ['none', 'request', 'join'] as const;

function JoinPolicy({ domain: { id: domainId, grade, joinPolicy } }: { readonly domain: Domain }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const change = useMutation({
    mutationFn: (next: (typeof policies)[number]) => prove(() => organization.api.updateDomain({ path: { domainId }, body: { joinPolicy: next } })),
    onSettled: () => domainsChanged(organization),
  });
  return (
    <>
      <Failure error={change.error} />
      <NativeSelect
        maw={420}
        label={texts.joinPolicy}
        value={joinPolicy}
        disabled={change.isPending}
        data={policies.filter((each) => each !== 'join' || grade === 'ownership').map((value) => ({ value, label: texts.joinPolicies[value] }))}
        onChange={({ currentTarget }) => {
          const next = policies.find((each) => each === currentTarget.value);
          if (next !== undefined) change.mutate(next);
        }}
      />
    </>
  );
}
