import { Button, Stack, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { Webhook, WebhookSecret } from '@tenantry/sdk';
import { useState } from 'react';
import { queries } from '../../../api/client';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { Link } from '../../../parts/link';
import { OnceShown } from '../../../parts/once-shown';
import { EmptyState } from '../../../parts/states';
import { View } from '../../../parts/view';
import { useOrganization } from '../context';
import { texts } from './texts';
import { WebhookForm } from './webhook-form';
import { WebhookState } from './webhook-state';

/** The webhooks of the organization. */
export function Page() {
  const { id, api, may } = useOrganization();
  const router = useRouter();
  const [opened, setOpened] = useState<'form' | WebhookSecret>();
  const list = ['organization', id, 'webhooks'] as const;
  const created = async (webhook: WebhookSecret): Promise<void> => {
    await queries.invalidateQueries({ queryKey: list });
    // A public key is no secret: the page of the webhook shows it.
    if (webhook.secret === null) await router.navigate({ to: '/organizations/$organizationId/webhooks/$webhookId', params: { organizationId: id, webhookId: webhook.id } });
    else setOpened(webhook);
  };
  const close = (): void => setOpened(undefined);
  const columns: readonly Column<Webhook>[] = [
    {
      key: 'url',
      title: texts.url,
      cell: ({ id: webhookId, url, description }) => (
        <Stack gap={0}>
          <Link to="/organizations/$organizationId/webhooks/$webhookId" params={{ organizationId: id, webhookId }} style={{ overflowWrap: 'anywhere' }}>
            {url}
          </Link>
          {description === null ? null : <Text size="sm">{description}</Text>}
        </Stack>
      ),
    },
    { key: 'types', title: texts.eventTypes, cell: ({ eventTypes }) => <Text size="sm">{eventTypes.join(', ')}</Text> },
    { key: 'status', title: texts.status, cell: (webhook) => <WebhookState of={webhook} /> },
  ];
  return (
    <View title={texts.title} description={texts.description} actions={may('webhooks:write') ? <Button onClick={() => setOpened('form')}>{texts.create}</Button> : undefined}>
      <DataTable
        label={texts.title}
        columns={columns}
        rowKey={(webhook) => webhook.id}
        queryKey={list}
        load={({ limit, cursor }) => api.listWebhooks({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } })}
        empty={<EmptyState title={texts.none} />}
      />
      <Dialog opened={opened !== undefined} onClose={close} title={typeof opened === 'object' ? texts.secretTitle : texts.createTitle} size="lg">
        {typeof opened === 'object' ? (
          <OnceShown label={texts.secret} value={opened.secret ?? ''} hint={texts.secretHint} onClose={close} />
        ) : (
          <WebhookForm action={texts.create} submit={async (body, signature) => created(await api.createWebhook({ body: { ...body, signature } }))} />
        )}
      </Dialog>
    </View>
  );
}
