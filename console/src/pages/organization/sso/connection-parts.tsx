import { Button, Card, Group, NativeSelect, PasswordInput, SegmentedControl, Stack, Table, Text, Textarea, TextInput, Title } from '@mantine/core';
import type { Data } from '@tenantry/sdk';
import { useState, type ReactNode } from 'react';
import { Copyable } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { StatusBadge } from '../../../parts/status-badge';
import { formatTime, texts as common } from '../../../texts/texts';
import type { Role } from '../queries';
import { texts } from './texts';

export type Connection = Data<'listSsoConnections'>['data'][number];

interface NewConnection {
  readonly name: string;
  readonly defaultRole?: string;
}

interface ConnectionFormProps {
  /** The roles that new members can get; none for a person who may not decide. */
  readonly roles: readonly Role[];
  readonly createOidc: (body: NewConnection & { readonly issuer: string; readonly clientId: string; readonly clientSecret?: string }) => Promise<unknown>;
  readonly createSaml: (body: NewConnection & { readonly metadata?: string; readonly metadataUrl?: string }) => Promise<unknown>;
  readonly onDone: () => Promise<void>;
}

interface GivenMetadata {
  readonly metadataUrl: string;
  readonly metadata: string;
}

/** Returns what the API needs of a form with both fields. The metadata itself counts if there is both. */
export const metadataOf = ({ metadataUrl, metadata }: GivenMetadata) => (metadata.trim() === '' ? { metadataUrl: metadataUrl.trim() } : { metadata });

/** Whether a form has metadata. @returns the error, or null */
export const hasMetadata = ({ metadataUrl, metadata }: GivenMetadata): string | null => (metadataUrl.trim() === '' && metadata.trim() === '' ? texts.metadataNeeded : null);

interface MetadataFieldsProps {
  readonly getInputProps: (name: keyof GivenMetadata) => object;
  readonly hint?: string;
}

/** The fields for the metadata of an identity provider: its address, or the text. */
export function MetadataFields({ getInputProps, hint }: MetadataFieldsProps) {
  return (
    <>
      <TextInput label={texts.metadataUrl} {...(hint === undefined ? {} : { description: hint })} type="url" {...getInputProps('metadataUrl')} />
      <Textarea label={texts.metadata} autosize minRows={3} maxRows={8} {...getInputProps('metadata')} />
    </>
  );
}

/** Asks for what a new connection needs, of members and of people with a set-up link. */
export function ConnectionForm({ roles, createOidc, createSaml, onDone }: ConnectionFormProps) {
  const [protocol, setProtocol] = useState('oidc');
  const isSaml = protocol === 'saml';
  const own = useApiForm({
    initialValues: { name: '', issuer: '', clientId: '', clientSecret: '', metadataUrl: '', metadata: '', defaultRole: '' },
    validate: {
      name: isFilled,
      issuer: (text) => (isSaml ? null : isFilled(text)),
      clientId: (text) => (isSaml ? null : isFilled(text)),
      metadataUrl: (_, values) => (isSaml ? hasMetadata(values) : null),
    },
    submit: async ({ name, issuer, clientId, clientSecret, metadataUrl, metadata, defaultRole }) => {
      const role = defaultRole === '' ? {} : { defaultRole };
      if (isSaml) await createSaml({ name, ...metadataOf({ metadataUrl, metadata }), ...role });
      else await createOidc({ name, issuer: issuer.trim(), clientId: clientId.trim(), ...(clientSecret === '' ? {} : { clientSecret }), ...role });
      await onDone();
    },
  });
  const { getInputProps } = own.form;
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
        <MetadataFields getInputProps={getInputProps} />
      ) : (
        <>
          <TextInput label={texts.issuer} description={texts.issuerHint} type="url" required {...getInputProps('issuer')} />
          <TextInput label={texts.clientId} required {...getInputProps('clientId')} />
          <PasswordInput label={texts.clientSecret} description={texts.secretHint} autoComplete="off" {...getInputProps('clientSecret')} />
        </>
      )}
      {roles.length === 0 ? null : (
        <NativeSelect
          label={texts.defaultRole}
          data={[{ value: '', label: '–' }, ...roles.map(({ key, name }) => ({ value: key, label: name }))]}
          {...getInputProps('defaultRole')}
        />
      )}
    </ApiFormView>
  );
}

interface ChangeSecretProps {
  readonly connection: Pick<Connection, 'name' | 'protocol'>;
  readonly change: (clientSecret: string) => Promise<unknown>;
}

/** A button that asks for another client secret. SAML has none. */
export function ChangeSecret({ connection: { name, protocol }, change }: ChangeSecretProps) {
  const [opened, setOpened] = useState(false);
  if (protocol === 'saml') return null;
  return (
    <>
      <Button variant="default" size="xs" aria-label={`${texts.changeSecret}: ${name}`} onClick={() => setOpened(true)}>
        {texts.changeSecret}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={`${texts.changeSecret}: ${name}`}>
        <SecretForm
          change={async (clientSecret) => {
            await change(clientSecret);
            setOpened(false);
          }}
        />
      </Dialog>
    </>
  );
}

function SecretForm({ change }: Pick<ChangeSecretProps, 'change'>) {
  const own = useApiForm({ initialValues: { clientSecret: '' }, validate: { clientSecret: isFilled }, submit: ({ clientSecret }) => change(clientSecret) });
  return (
    <ApiFormView of={own} action={common().save}>
      <Text>{texts.changeSecretHint}</Text>
      <PasswordInput label={texts.clientSecret} autoComplete="off" required data-autofocus {...own.form.getInputProps('clientSecret')} />
    </ApiFormView>
  );
}

interface ConnectionViewProps {
  readonly connection: Connection;
  /** What the person can do with it. */
  readonly children: ReactNode;
}

/** Shows a connection: what to register at the identity provider, and its last sign-ins. */
export function ConnectionView({ connection: { name, protocol, issuer, clientId, enabled, testedAt, redirectUri, saml, publicKeys, attempts }, children }: ConnectionViewProps) {
  return (
    <Card withBorder component="section" aria-label={name}>
      <Stack gap="sm">
        <Group gap="xs">
          <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
          <StatusBadge>{enabled ? texts.enabled : texts.disabled}</StatusBadge>
        </Group>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>{`${protocol === 'saml' ? 'SAML 2.0' : 'OpenID Connect'} · ${issuer}`}</Text>
        <Text size="sm">{testedAt === null ? texts.notTested : texts.tested(formatTime(testedAt))}</Text>
        <Text>{texts.register}</Text>
        <Copyable label={saml === null ? texts.redirectUri : texts.acs} value={redirectUri} />
        {saml === null ? null : (
          <>
            <Copyable label={texts.entityId} value={clientId} />
            <Copyable label={texts.metadataOfConnection} value={saml.metadataUrl} />
          </>
        )}
        {publicKeys.length === 0 ? null : <Copyable label={texts.publicKeys} value={JSON.stringify({ keys: publicKeys })} />}
        {children}
        <Attempts name={name} attempts={attempts} />
      </Stack>
    </Card>
  );
}

function Attempts({ name, attempts }: Pick<Connection, 'name' | 'attempts'>) {
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
