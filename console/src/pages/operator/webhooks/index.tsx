import { Alert, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Item } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { isKeyOf, optionsOf } from '../../../parts/choices';
import { DataTable, type Column } from '../../../parts/data-table';
import { Link } from '../../../parts/link';
import { EmptyState, Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { StatusBadge } from '../../../parts/status-badge';
import { formatDate, formatTime } from '../../../texts/texts';
import { ChoiceFilter, Figure, Filters } from '../parts';
import { inOrder, operatorKey, webhookHealthQuery } from '../queries';
import { useFilters } from '../search';
import { texts as common } from '../texts';
import { PlatformWebhooks } from './platform';
import { Sinks } from './sinks';
import { texts } from './texts';

type Webhook = Item<'listPlatformWebhooks'>;

const orders = ['createdAt', '-createdAt'] as const;
/** Milliseconds after its time until a delivery counts as late. */
const lateAfter = 60_000;

const columns: readonly Column<Webhook>[] = [
  {
    key: 'tenant',
    title: common.tenant,
    cell: ({ organizationId, organizationName }) => (
      <Link to="/operator/tenants/$tenantId" params={{ tenantId: organizationId }}>
        {organizationName}
      </Link>
    ),
  },
  { key: 'host', title: texts.host, cell: ({ host }) => host },
  { key: 'state', title: texts.state, cell: (webhook) => <WebhookState webhook={webhook} /> },
  { key: 'next', title: texts.next, cell: ({ nextDeliveryAt }) => (nextDeliveryAt === null ? '–' : formatTime(nextDeliveryAt)) },
  { key: 'created', title: common.created, sort: 'createdAt', cell: ({ createdAt }) => formatDate(createdAt) },
];

const filtersOf = { enabled: { enabled: true }, failing: { enabled: true, failing: true }, disabled: { enabled: false } } as const;

export function Page() {
  const health = useQuery(webhookHealthQuery);
  const [{ state }] = useFilters();
  const filters = isKeyOf(filtersOf, state) ? filtersOf[state] : {};
  return (
    <View title={common.webhooks} description={texts.description}>
      <Loaded query={health}>
        {({ enabled, failing, disabledByServer, pendingDeliveries, oldestDueAt }) => (
          <Stack>
            {oldestDueAt !== null && Date.now() - Date.parse(oldestDueAt) > lateAfter ? (
              <Alert color="red" variant="outline" role="status">
                {texts.late(formatTime(oldestDueAt))}
              </Alert>
            ) : null}
            <SimpleGrid cols={{ base: 2, md: 4 }}>
              <Figure label={texts.enabled} value={enabled} />
              <Figure label={texts.failing} value={failing} />
              <Figure label={texts.disabledByServer} value={disabledByServer} />
              <Figure label={texts.pending} value={pendingDeliveries} />
            </SimpleGrid>
          </Stack>
        )}
      </Loaded>
      <PlatformWebhooks />
      <Sinks />
      <Section title={texts.ofTenants}>
        <Filters>
          <ChoiceFilter name="state" label={texts.state} options={optionsOf(texts.states)} />
        </Filters>
        <DataTable
          label={common.webhooks}
          columns={columns}
          rowKey={({ id }) => id}
          queryKey={[operatorKey, 'webhooks', 'list', filters]}
          load={(page) => api.listPlatformWebhooks({ query: { ...filters, ...inOrder(page, orders), count: page.cursor === undefined } })}
          sort="-createdAt"
          isFiltered={isKeyOf(filtersOf, state)}
          empty={<EmptyState title={texts.none} />}
          minWidth={700}
        />
      </Section>
    </View>
  );
}

function WebhookState({ webhook: { enabled, disabledReason, failingSince } }: { readonly webhook: Webhook }) {
  if (!enabled)
    return (
      <Stack gap={2} align="flex-start">
        <StatusBadge isBad={disabledReason !== null}>{texts.states.disabled}</StatusBadge>
        <Text size="sm">{disabledReason === null ? texts.byMember : texts.reasons[disabledReason]}</Text>
      </Stack>
    );
  if (failingSince === null) return <StatusBadge>{texts.works}</StatusBadge>;
  return (
    <Stack gap={2} align="flex-start">
      <StatusBadge isBad>{texts.states.failing}</StatusBadge>
      <Text size="sm">{texts.since(formatTime(failingSince))}</Text>
    </Stack>
  );
}
