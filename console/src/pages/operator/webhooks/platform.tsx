import { Button, Stack, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { Data, Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { Link } from '../../../parts/link';
import { OnceShown } from '../../../parts/once-shown';
import { EmptyState } from '../../../parts/states';
import { Section } from '../../../parts/view';
import { texts as ofWebhooks } from '../../organization/webhooks/texts';
import { WebhookForm } from '../../organization/webhooks/webhook-form';
import { WebhookState } from '../../organization/webhooks/webhook-state';
import { inOrder, operatorKey, readAgain } from '../queries';
import { texts } from './texts';

type Endpoint = Item<'listEventEndpoints'>;

const orders = ['createdAt', '-createdAt'] as const;

const columns: readonly Column<Endpoint>[] = [
  {
    key: 'url',
    title: ofWebhooks.url,
    cell: ({ id, url, description }) => (
      <Stack gap={0}>
        <Link to="/operator/webhooks/$webhookId" params={{ webhookId: id }} style={{ overflowWrap: 'anywhere' }}>
          {url}
        </Link>
        {description === null ? null : <Text size="sm">{description}</Text>}
      </Stack>
    ),
  },
  { key: 'types', title: ofWebhooks.eventTypes, cell: ({ eventTypes }) => <Text size="sm">{eventTypes.join(', ')}</Text> },
  { key: 'state', title: texts.state, cell: (webhook) => <WebhookState of={webhook} /> },
];

/** The webhooks of the platform, which receive the events of all tenants. */
export function PlatformWebhooks() {
  const router = useRouter();
  const [opened, setOpened] = useState<'form' | { readonly secret: string }>();
  const close = (): void => setOpened(undefined);
  const created = async ({ id, secret }: Data<'createEventEndpoint'>): Promise<void> => {
    await readAgain();
    // A public key is no secret: the page of the webhook shows it.
    if (secret === null) await router.navigate({ to: '/operator/webhooks/$webhookId', params: { webhookId: id } });
    else setOpened({ secret });
  };
  return (
    <Section
      title={texts.ofPlatform}
      description={texts.ofPlatformHint}
      actions={
        <Button variant="default" size="xs" onClick={() => setOpened('form')}>
          {ofWebhooks.create}
        </Button>
      }
    >
      <DataTable
        label={texts.ofPlatform}
        columns={columns}
        rowKey={({ id }) => id}
        queryKey={[operatorKey, 'event-endpoints']}
        load={(page) => api.listEventEndpoints({ query: inOrder(page, orders) })}
        sort="-createdAt"
        empty={<EmptyState title={ofWebhooks.none} />}
      />
      <Dialog opened={opened !== undefined} onClose={close} title={typeof opened === 'object' ? ofWebhooks.secretTitle : ofWebhooks.createTitle} size="lg">
        {typeof opened === 'object' ? (
          <OnceShown label={ofWebhooks.secret} value={opened.secret} hint={ofWebhooks.secretHint} onClose={close} />
        ) : (
          <WebhookForm action={ofWebhooks.create} submit={async (body, signature) => created(await api.createEventEndpoint({ body: { ...body, signature } }))} />
        )}
      </Dialog>
    </Section>
  );
}
