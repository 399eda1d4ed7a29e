import { Alert, Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import type { Webhook } from '@tenantry/sdk';
import { useState, type ReactNode } from 'react';
import { queries } from '../../../api/client';
import { optionsOf } from '../../../parts/choices';
import { ConfirmButton } from '../../../parts/confirm';
import { Copyable } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, changesOf, Failure, useApiForm, useSingleMutation } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { OnceShown } from '../../../parts/once-shown';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { formatTime } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { Deliveries, type DeliveryLog } from './deliveries';
import { texts } from './texts';
import { WebhookForm, type WebhookFields } from './webhook-form';
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
      <Loaded query={query}>{(webhook) => <OwnWebhook webhook={webhook} />}</Loaded>
    </View>
  );
}

function OwnWebhook({ webhook }: { readonly webhook: Webhook }) {
  const organization = useOrganization();
  const { api, id: organizationId, may } = organization;
  const router = useRouter();
  const path = { webhookId: webhook.id };
  const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: ['organization', organizationId, 'webhooks'] });
  const acts: WebhookActs = {
    test: () => api.testWebhook({ path }),
    update: (body) => api.updateWebhook({ path, body }),
    rotate: (overlapSeconds) => api.rotateWebhookSecret({ path, body: { overlapSeconds } }),
    remove: async () => {
      await api.deleteWebhook({ path });
      await router.navigate({ to: '/organizations/$organizationId/webhooks', params: { organizationId } });
      queries.removeQueries({ queryKey: webhookQuery(organization, webhook.id).queryKey });
      await readAgain();
    },
  };
  const log: DeliveryLog = {
    key: ['organization', organizationId, 'webhooks', 'deliveries', webhook.id],
    list: (query) => api.listWebhookDeliveries({ path, query }),
    get: (webhookDeliveryId) => api.getWebhookDelivery({ path: { ...path, webhookDeliveryId } }),
    ...(may('webhooks:write')
      ? {
          replays: {
            one: (webhookDeliveryId) => api.replayWebhookDelivery({ path: { ...path, webhookDeliveryId } }),
            range: (body) => api.replayWebhook({ path, body }),
          },
        }
      : {}),
  };
  return <WebhookDetails webhook={webhook} acts={may('webhooks:write') ? acts : undefined} log={log} readAgain={readAgain} />;
}

/** What can be done with a webhook. */
export interface WebhookActs {
  /** Sends a test event. */
  readonly test: () => Promise<{ readonly id: string }>;
  readonly update: (body: Partial<WebhookFields>) => Promise<unknown>;
  readonly rotate: (overlapSeconds: number) => Promise<{ readonly secret: string | null }>;
  /** Deletes it, and leaves its page. */
  readonly remove: () => Promise<void>;
}

interface WebhookDetailsProps {
  readonly webhook: Webhook;
  /** Missing for people who may only read. */
  readonly acts?: WebhookActs | undefined;
  readonly log: DeliveryLog;
  /** Reads the webhook and its deliveries again. */
  readonly readAgain: () => Promise<void>;
  /** What a test event and a replay need besides, such as the organization. */
  readonly children?: ReactNode;
}

/** The settings and the deliveries of a webhook, with what can be done with it. */
export function WebhookDetails({ webhook, acts, log, readAgain, children }: WebhookDetailsProps) {
  const prove = useRecentLogin();
  const [opened, setOpened] = useState<'edit' | 'rotate' | { readonly secret: string }>();
  const [sent, setSent] = useState<string>();
  const { description, eventTypes, disabledReason, failingSince, previousSecretExpiresAt, publicKey, ordered, signature } = webhook;
  const close = (): void => setOpened(undefined);
  const test = useSingleMutation({
    mutationFn: async (send: WebhookActs['test']) => prove(send),
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
        {children}
        {acts === undefined ? null : (
          <>
            <Failure error={test.error} />
            <Group gap="xs">
              <Button size="xs" loading={test.isPending} onClick={() => test.mutate(acts.test)}>
                {texts.test}
              </Button>
              <Button variant="default" size="xs" onClick={() => setOpened('edit')}>
                {texts.edit}
              </Button>
              <Button variant="default" size="xs" onClick={() => setOpened('rotate')}>
                {texts.rotate}
              </Button>
              <ConfirmButton title={texts.removeQuestion} action={texts.remove} onConfirm={acts.remove}>
                {texts.removeHint}
              </ConfirmButton>
            </Group>
          </>
        )}
      </Section>
      <Deliveries log={log} shown={sent} onShow={setSent} />
      <Dialog opened={opened !== undefined} onClose={close} title={typeof opened === 'object' ? texts.secretTitle : titles[opened ?? 'edit']} size="lg">
        {opened === 'edit' && acts !== undefined ? (
          <WebhookForm
            webhook={webhook}
            action={texts.edit}
            submit={async (body) => {
              await acts.update(changesOf(webhook, body));
              close();
              await readAgain();
            }}
          />
        ) : null}
        {opened === 'rotate' && acts !== undefined ? (
          <Rotate
            submit={async (overlapSeconds) => {
              const { secret } = await acts.rotate(overlapSeconds);
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
      <NativeSelect label={texts.overlap} data={optionsOf(texts.overlaps)} {...own.form.getInputProps('overlap')} />
    </ApiFormView>
  );
}
