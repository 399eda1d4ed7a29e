import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { api, queries } from '../../../api/client';
import { Link } from '../../../parts/link';
import { Loaded } from '../../../parts/states';
import { View } from '../../../parts/view';
import type { DeliveryLog } from '../../organization/webhooks/deliveries';
import { texts as ofWebhooks } from '../../organization/webhooks/texts';
import { WebhookDetails, type WebhookActs } from '../../organization/webhooks/webhook';
import { operatorKey, readAgain } from '../queries';
import { texts } from '../webhooks/texts';

const keyOf = (webhookId: string) => [operatorKey, 'event-endpoint', webhookId] as const;

/** A webhook of the platform: its settings, and what was sent. */
export function Page() {
  const { webhookId = '' } = useParams({ strict: false });
  const query = useQuery({ queryKey: keyOf(webhookId), queryFn: () => api.getEventEndpoint({ path: { platformWebhookId: webhookId } }) });
  return (
    <View title={query.data?.url ?? texts.ofPlatform} actions={<Link to="/operator/webhooks">{ofWebhooks.toList}</Link>}>
      <Loaded query={query}>{(webhook) => <Details webhook={webhook} />}</Loaded>
    </View>
  );
}

function Details({ webhook }: { readonly webhook: Data<'getEventEndpoint'> }) {
  const router = useRouter();
  const [tenant, setTenant] = useState('');
  const path = { platformWebhookId: webhook.id };
  const organizationId = tenant.trim();
  const acts: WebhookActs = {
    test: () => api.testEventEndpoint({ path, body: { organizationId } }),
    update: (body) => api.updateEventEndpoint({ path, body }),
    rotate: (overlapSeconds) => api.rotateEventEndpointSecret({ path, body: { overlapSeconds } }),
    remove: async () => {
      await api.deleteEventEndpoint({ path });
      await router.navigate({ to: '/operator/webhooks' });
      queries.removeQueries({ queryKey: keyOf(webhook.id) });
      await readAgain();
    },
  };
  const log: DeliveryLog = {
    key: [operatorKey, 'event-endpoint-deliveries', webhook.id],
    list: (query) => api.listEventEndpointDeliveries({ path, query }),
    get: (webhookDeliveryId) => api.getEventEndpointDelivery({ path: { ...path, webhookDeliveryId } }),
    replays: {
      one: (webhookDeliveryId) => api.replayEventEndpointDelivery({ path: { ...path, webhookDeliveryId } }),
      range: (range) => api.replayEventEndpoint({ path, body: { ...range, organizationId } }),
    },
  };
  return (
    <WebhookDetails webhook={webhook} acts={acts} log={log} readAgain={readAgain}>
      <TextInput
        label={texts.tenantId}
        description={texts.tenantIdHint}
        autoComplete="off"
        maw={420}
        value={tenant}
        onChange={({ currentTarget }) => setTenant(currentTarget.value)}
      />
    </WebhookDetails>
  );
}
