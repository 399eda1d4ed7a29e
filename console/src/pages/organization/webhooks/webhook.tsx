import { Alert, Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import type { Webhook } from '@tenantry/sdk';
import { useState } from 'react';
import { queries } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { Copyable } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, Failure, useApiForm } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { OnceShown } from '../../../parts/once-shown';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { formatTime } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { Deliveries } from './deliveries';
import { texts } from './texts';
import { WebhookForm } from './webhook-form';
import { WebhookState } from './webhook-state';

const webhookQuery = ({ id, api }: OpenOrganization, webhookId: string) =>
  queryOptions({ queryKey: ['organization', id, 'webhooks', 'one', webhookId], queryFn: () => api.getWebhook({ path: { webhookId } }) });

/** A webhook: its settings, and what was sent. */
export function Page() {
  const organization = useOrganization();
  const { webhookId = '' } = useParams({ strict: false });
  const query = useQuery(webhookQuery(organization, webhookId));
  return (
    <View
      title={query.data?.url ?? texts.title}
      actions={
        <Link to="/organizations/$organizationId/webhooks" params={{ organizationId: organization.id }}>
          {texts.toList}
        </Link>
      }
    >
      <Loaded query={query}>{(webhook) => <Details webhook={webhook} />}</Loaded>
    </View>
  );
}

function Details({ webhook }: { readonly webhook: Webhook }) {
  const organization = useOrganization();
  const { api, id: organizationId, may } = organization;
  const router = useRouter();
  const prove = useRecentLogin();
  const [opened, setOpened] = useState<'edit' | 'rotate' | { readonly secret: string }>();
  const [sent, setSent] = useState<string>();
  const { id: webhookId, description, eventTypes, disabledReason, failingSince, previousSecretExpiresAt, publicKey, ordered, signature } = webhook;
  const path = { webhookId };
  const list = ['organization', organizationId, 'webhooks'] as const;
  const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: list });
  const close = (): void => setOpened(undefined);
  const test = useMutation({
    mutationFn: () => prove(() => api.testWebhook({ path })),
    onSuccess: async ({ id }) => {
      setSent(id);
      await readAgain();
    },
  });
  const titles = { edit: texts.editTitle, rotate: texts.rotateTitle } as const;
  return (
    <Stack gap="xl">
      <Section title={texts.settings}>
        <Group>
          <WebhookState of={webhook} />
          <Text size="sm">{[description, texts.signatures[signature], ordered ? texts.ordered : null].filter((part) => part !== null).join(' · ')}</Text>
        </Group>
        <Text size="sm">{eventTypes.join(', ')}</Text>
        {disabledReason === null ? null : <Alert color="red" variant="outline" title={texts.disabledReasons[disabledReason]} />}
        {failingSince === null ? null : <Text size="sm">{texts.failingSince(formatTime(failingSince))}</Text>}
        {previousSecretExpiresAt === null ? null : <Text size="sm">{texts.previousSecret(formatTime(previousSecretExpiresAt))}</Text>}
        {publicKey === null ? null : <Copyable label={texts.publicKey} value={publicKey} />}
        {may('webhooks:write') ? (
          <>
            <Failure error={test.error} />
            <Group gap="xs">
              <Button size="xs" loading={test.isPending} onClick={() => test.mutate()}>
                {texts.test}
              </Button>
              <Button variant="default" size="xs" onClick={() => setOpened('edit')}>
                {texts.edit}
              </Button>
              <Button variant="default" size="xs" onClick={() => setOpened('rotate')}>
                {texts.rotate}
              </Button>
              <ConfirmButton
                title={texts.removeQuestion}
                action={texts.remove}
                onConfirm={async () => {
                  await api.deleteWebhook({ path });
                  await router.navigate({ to: '/organizations/$organizationId/webhooks', params: { organizationId } });
                  queries.removeQueries({ queryKey: webhookQuery(organization, webhookId).queryKey });
                  await readAgain();
                }}
              >
                {texts.removeHint}
              </ConfirmButton>
            </Group>
          </>
        ) : null}
      </Section>
      <Deliveries webhookId={webhookId} shown={sent} onShow={setSent} />
      <Dialog opened={opened !== undefined} onClose={close} title={typeof opened === 'object' ? texts.secretTitle : titles[opened ?? 'edit']} size="lg">
        {opened === 'edit' ? (
          <WebhookForm
            webhook={webhook}
            action={texts.edit}
            submit={async (body) => {
              await api.updateWebhook({ path, body });
              close();
              await readAgain();
            }}
          />
        ) : null}
        {opened === 'rotate' ? (
          <Rotate
            submit={async (overlapSeconds) => {
              const { secret } = await api.rotateWebhookSecret({ path, body: { overlapSeconds } });
              setOpened(secret === null ? undefined : { secret });
              await readAgain();
            }}
          />
        ) : null}
        {typeof opened === 'object' ? <OnceShown label={texts.secret} value={opened.secret} hint={texts.secretHint} onClose={close} /> : null}
      </Dialog>
    </Stack>
  );
}

function Rotate({ submit }: { readonly submit: (overlapSeconds: number) => Promise<void> }) {
  const prove = useRecentLogin();
  const own = useApiForm({ initialValues: { overlap: '86400' }, submit: ({ overlap }) => prove(() => submit(Number(overlap))) });
  return (
    <ApiFormView of={own} action={texts.rotate}>
      <NativeSelect label={texts.overlap} data={Object.entries(texts.overlaps).map(([value, label]) => ({ value, label }))} {...own.form.getInputProps('overlap')} />
    </ApiFormView>
  );
}
