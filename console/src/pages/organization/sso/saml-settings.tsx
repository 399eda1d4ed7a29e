import { Button, Checkbox, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { UpdateSamlSettings } from '@tenantry/sdk';
import { useState } from 'react';
import { ConfirmButton } from '../../../parts/confirm';
import { Copyable } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, Failure, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { formatDate } from '../../../texts/texts';
import { useOrganization } from '../context';
import { hasMetadata, MetadataFields, metadataOf, type Connection } from './connection-parts';
import { texts } from './texts';

type Saml = NonNullable<Connection['saml']>;
type Certificate = Pick<Saml['certificates'][number], 'pem'>;

interface SamlSettingsProps {
  readonly connection: Connection;
  readonly onDone: () => Promise<void>;
}

/** A button that opens the settings of SAML: the certificates of the identity provider, its metadata, and the key of the connection. OpenID Connect has none. */
export function SamlSettings({ connection, onDone }: SamlSettingsProps) {
  const [opened, setOpened] = useState(false);
  const { id, name, saml } = connection;
  if (saml === null) return null;
  return (
    <>
      <Button variant="default" size="xs" aria-label={`${texts.samlSettings}: ${name}`} onClick={() => setOpened(true)}>
        {texts.samlSettings}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={`${texts.samlSettings}: ${name}`} size="lg">
        <Settings id={id} saml={saml} onDone={onDone} />
      </Dialog>
    </>
  );
}

function Settings({ id, saml, onDone }: { readonly id: string; readonly saml: Saml; readonly onDone: () => Promise<void> }) {
  const { api } = useOrganization();
  const prove = useRecentLogin();
  const change = async (body: UpdateSamlSettings): Promise<void> => {
    await prove(() => api.updateSamlConnection({ path: { ssoConnectionId: id }, body }));
    await onDone();
  };
  const option = useMutation({ mutationFn: change });
  const { certificates, certificate, nextCertificate, signRequests, idpInitiated } = saml;
  /** Changes the certificates that there are now: one that somebody else has removed meanwhile must not come back. */
  const changeCertificates = async (next: (present: readonly Certificate[]) => Certificate[]): Promise<void> => {
    const present = (await api.getSsoConnection({ path: { ssoConnectionId: id } })).saml?.certificates ?? [];
    await change({ certificates: next(present.map(({ pem }) => ({ pem }))) });
  };
  return (
    <Stack>
      <Title order={3} size="h5">
        {texts.certificates}
      </Title>
      {certificates.map(({ pem, fingerprint, expiresAt }) => (
        <Group key={fingerprint} justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm">{texts.expires(formatDate(expiresAt))}</Text>
            <Text size="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
              {fingerprint}
            </Text>
          </div>
          {certificates.length === 1 ? null : (
            <ConfirmButton
              action={texts.removeCertificate}
              name={`${texts.removeCertificate}: ${fingerprint.slice(0, 11)}`}
              title={texts.removeCertificateTitle}
              onConfirm={() => changeCertificates((present) => present.filter((each) => each.pem !== pem))}
            >
              {texts.removeCertificateHint}
            </ConfirmButton>
          )}
        </Group>
      ))}
      {certificates.length > 1 ? null : <AddCertificate add={(pem) => changeCertificates((present) => [...present, { pem }])} />}
      <Title order={3} size="h5">
        {texts.readMetadata}
      </Title>
      <ReadMetadata read={change} />
      <Title order={3} size="h5">
        {texts.samlOptions}
      </Title>
      <Failure error={option.error} />
      <Checkbox
        label={texts.signRequests}
        checked={signRequests}
        disabled={option.isPending}
        onChange={({ currentTarget }) => option.mutate({ signRequests: currentTarget.checked })}
      />
      <Checkbox
        label={texts.idpInitiated}
        checked={idpInitiated}
        disabled={option.isPending}
        onChange={({ currentTarget }) => option.mutate({ idpInitiated: currentTarget.checked })}
      />
      <Title order={3} size="h5">
        {texts.ownKey}
      </Title>
      <Copyable label={texts.ownCertificate} value={certificate} />
      {nextCertificate === null ? (
        <Group>
          <Button variant="default" size="xs" loading={option.isPending} onClick={() => option.mutate({ keyRotation: 'begin' })}>
            {texts.beginRotation}
          </Button>
        </Group>
      ) : (
        <>
          <Copyable label={texts.nextCertificate} value={nextCertificate} />
          <Text size="sm">{texts.rotationHint}</Text>
          <Group gap="xs">
            <ConfirmButton action={texts.finishRotation} title={texts.finishRotation} onConfirm={() => change({ keyRotation: 'finish' })}>
              {texts.finishRotationHint}
            </ConfirmButton>
            <Button variant="default" size="xs" loading={option.isPending} onClick={() => option.mutate({ keyRotation: 'cancel' })}>
              {texts.cancelRotation}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

function AddCertificate({ add }: { readonly add: (pem: string) => Promise<void> }) {
  const own = useApiForm({ initialValues: { certificates: '' }, validate: { certificates: isFilled }, submit: ({ certificates }) => add(certificates.trim()) });
  return (
    <ApiFormView of={own} action={texts.addCertificate}>
      <Textarea label={texts.newCertificate} description={texts.newCertificateHint} autosize minRows={2} maxRows={8} {...own.form.getInputProps('certificates')} />
    </ApiFormView>
  );
}

function ReadMetadata({ read }: { readonly read: (body: { readonly metadata: string } | { readonly metadataUrl: string }) => Promise<void> }) {
  const own = useApiForm({
    initialValues: { metadataUrl: '', metadata: '' },
    validate: { metadataUrl: (_, values) => hasMetadata(values) },
    submit: async (values) => {
      await read(metadataOf(values));
      own.form.reset();
    },
  });
  return (
    <ApiFormView of={own} action={texts.readMetadata}>
      <MetadataFields getInputProps={own.form.getInputProps} hint={texts.readMetadataHint} />
    </ApiFormView>
  );
}
