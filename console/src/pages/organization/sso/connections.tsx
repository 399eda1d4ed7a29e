import { Badge, Button, Card, Group, NativeSelect, PasswordInput, SegmentedControl, Stack, Table, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { beginVisit } from '../../../api/provider-visit';
import { ConfirmButton } from '../../../parts/confirm';
import { Copyable } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, Failure, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { formatTime, texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { grantableRoles, keyOf, readAgain, rolesQuery } from '../queries';
import { texts } from './texts';

type Connection = Data<'listSsoConnections'>['data'][number];

const connectionsChanged = (organization: OpenOrganization): Promise<void> => readAgain(organization, 'sso-connections');

export function Connections({ canAdd }: { readonly canAdd: boolean }) {
  const organization = useOrganization();
  const query = useQuery({ queryKey: keyOf(organization, 'sso-connections'), queryFn: () => organization.api.listSsoConnections() });
  const [adds, setAdds] = useState(false);
  return (
    <Stack>
      {canAdd && organization.may('security:write') ? (
        <Group>
          <Button onClick={() => setAdds(true)}>{texts.add}</Button>
        </Group>
      ) : null}
      <Loaded query={query}>
        {({ data }) => (
          <Stack>
            {data.length === 0 ? <EmptyState title={texts.none} /> : null}
            {data.map((connection) => (
              <ConnectionCard key={connection.id} connection={connection} />
            ))}
          </Stack>
        )}
      </Loaded>
      <Dialog opened={adds} onClose={() => setAdds(false)} title={texts.add} size="lg">
        <AddConnection onDone={() => setAdds(false)} />
      </Dialog>
    </Stack>
  );
}

function AddConnection({ onDone }: { readonly onDone: () => void }) {
  const organization = useOrganization();
  const { api } = organization;
  const prove = useRecentLogin();
  const { data: roles = [] } = useQuery(rolesQuery(organization));
  const [protocol, setProtocol] = useState('oidc');
  const isSaml = protocol === 'saml';
  const own = useApiForm({
    initialValues: { name: '', issuer: '', clientId: '', clientSecret: '', metadataUrl: '', metadata: '', defaultRole: '' },
    validate: {
      name: isFilled,
      issuer: (text) => (isSaml ? null : isFilled(text)),
      clientId: (text) => (isSaml ? null : isFilled(text)),
      metadataUrl: (text, { metadata }) => (isSaml && text.trim() === '' && metadata.trim() === '' ? texts.metadataNeeded : null),
    },
    submit: async ({ name, issuer, clientId, clientSecret, metadataUrl, metadata, defaultRole }) => {
      const role = defaultRole === '' ? {} : { defaultRole };
      await prove(() =>
        isSaml
          ? api.createSamlConnection({ body: { name, ...(metadata.trim() === '' ? { metadataUrl: metadataUrl.trim() } : { metadata }), ...role } })
          : api.createSsoConnection({ body: { name, issuer: issuer.trim(), clientId: clientId.trim(), ...(clientSecret === '' ? {} : { clientSecret }), ...role } }),
      );
      await connectionsChanged(organization);
      onDone();
    },
  });
  const { getInputProps } = own.form;
  // The role of an owner cannot be given by a connection.
  const offered = grantableRoles(organization, roles).filter(({ key }) => key !== 'owner');
  return (
    <ApiFormView of={own} action={texts.add}>
      <SegmentedControl
        aria-label={texts.protocol}
        value={protocol}
        onChange={setProtocol}
        data={[
          { value: 'oidc', label: 'OpenID Connect' },
          { value: 'saml', label: 'SAML 2.0' },
        ]}
      />
      <TextInput label={texts.name} required data-autofocus {...getInputProps('name')} />
      {isSaml ? (
        <>
          <TextInput label={texts.metadataUrl} type="url" {...getInputProps('metadataUrl')} />
          <Textarea label={texts.metadata} autosize minRows={3} maxRows={8} {...getInputProps('metadata')} />
        </>
      ) : (
        <>
          <TextInput label={texts.issuer} description={texts.issuerHint} type="url" required {...getInputProps('issuer')} />
          <TextInput label={texts.clientId} required {...getInputProps('clientId')} />
          <PasswordInput label={texts.clientSecret} description={texts.secretHint} autoComplete="off" {...getInputProps('clientSecret')} />
        </>
      )}
      {offered.length === 0 ? null : (
        <NativeSelect
          label={texts.defaultRole}
          data={[{ value: '', label: '–' }, ...offered.map(({ key, name }) => ({ value: key, label: name }))]}
          {...getInputProps('defaultRole')}
        />
      )}
    </ApiFormView>
  );
}

function ConnectionCard({ connection }: { readonly connection: Connection }) {
  const { name, protocol, issuer, enabled, testedAt, redirectUri, saml, publicKeys } = connection;
  const { may } = useOrganization();
  return (
    <Card withBorder component="section" aria-label={name}>
      <Stack gap="sm">
        <Group gap="xs">
          <Title order={2} size="h4">
            {name}
          </Title>
          <Badge variant="outline" color={enabled ? 'green' : 'gray'} tt="none" autoContrast>
            {enabled ? texts.enabled : texts.disabled}
          </Badge>
        </Group>
        <Text size="sm">{`${protocol === 'saml' ? 'SAML 2.0' : 'OpenID Connect'} · ${issuer}`}</Text>
        <Text size="sm">{testedAt === null ? texts.notTested : texts.tested(formatTime(testedAt))}</Text>
        <Text>{texts.register}</Text>
        <Copyable label={saml === null ? texts.redirectUri : texts.acs} value={redirectUri} />
        {saml === null ? null : <Copyable label={texts.entityId} value={saml.metadataUrl} />}
        {publicKeys.length === 0 ? null : <Copyable label={texts.publicKeys} value={JSON.stringify({ keys: publicKeys })} />}
        {may('security:write') ? <ConnectionActions connection={connection} /> : null}
        <Attempts connection={connection} />
      </Stack>
    </Card>
  );
}

function ConnectionActions({ connection: { id: ssoConnectionId, name, enabled, testedAt } }: { readonly connection: Connection }) {
  const organization = useOrganization();
  const { api } = organization;
  const prove = useRecentLogin();
  const path = { ssoConnectionId };
  const test = useMutation({
    mutationFn: async () => {
      const challenge = await beginVisit(undefined, organization.id);
      return prove(() => api.beginSsoTest({ path, body: { challenge } }));
    },
    onSuccess: ({ url }) => location.assign(url),
  });
  const enable = useMutation({ mutationFn: () => prove(() => api.updateSsoConnection({ path, body: { enabled: true } })), onSuccess: () => connectionsChanged(organization) });
  return (
    <>
      <Failure error={test.error ?? enable.error} />
      <Group gap="xs">
        <Button variant="default" size="xs" aria-label={`${texts.test}: ${name}`} loading={test.isPending || test.isSuccess} onClick={() => test.mutate()}>
          {texts.test}
        </Button>
        {enabled ? (
          <ConfirmButton
            action={texts.disable}
            name={`${texts.disable}: ${name}`}
            title={texts.disableTitle(name)}
            onConfirm={async () => {
              await api.updateSsoConnection({ path, body: { enabled: false } });
              await connectionsChanged(organization);
            }}
          >
            {texts.disableHint}
          </ConfirmButton>
        ) : (
          <Button size="xs" aria-label={`${texts.enable}: ${name}`} disabled={testedAt === null} loading={enable.isPending} onClick={() => enable.mutate()}>
            {texts.enable}
          </Button>
        )}
        <ConfirmButton
          action={texts.delete}
          name={`${texts.delete}: ${name}`}
          title={texts.deleteTitle(name)}
          onConfirm={async () => {
            await api.deleteSsoConnection({ path });
            await connectionsChanged(organization);
          }}
        >
          {texts.deleteHint}
        </ConfirmButton>
      </Group>
    </>
  );
}

function Attempts({ connection: { name, attempts } }: { readonly connection: Connection }) {
  if (attempts.length === 0) return null;
  return (
    <Table.ScrollContainer pos="relative" minWidth={520} type="native" tabIndex={0} role="group" aria-label={texts.attempts(name)}>
      <Table aria-label={texts.attempts(name)} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{texts.time}</Table.Th>
            <Table.Th scope="col">{texts.outcome}</Table.Th>
            <Table.Th scope="col">{common().email}</Table.Th>
            <Table.Th scope="col">{texts.detail}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attempts.map(({ outcome, email, detail, createdAt }) => (
            <Table.Tr key={createdAt}>
              <Table.Td>{formatTime(createdAt)}</Table.Td>
              <Table.Td>{outcome}</Table.Td>
              <Table.Td>{email}</Table.Td>
              <Table.Td>{detail}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
