import { Stack, Text } from '@mantine/core';
import type { Item } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { DataTable, type Column } from '../../../parts/data-table';
import { EmptyState } from '../../../parts/states';
import { StatusBadge } from '../../../parts/status-badge';
import { Section } from '../../../parts/view';
import { formatTime } from '../../../texts/texts';
import { sinkStateOf, sinksQuery } from '../queries';
import { texts } from './texts';

type Sink = Item<'listEventSinks'>;

const timeOr = (time: string | null, none: string): string => (time === null ? none : formatTime(time));

const columns: readonly Column<Sink>[] = [
  { key: 'name', title: texts.sink, cell: ({ name }) => texts.sinkNames[name] },
  {
    key: 'state',
    title: texts.state,
    cell: (sink) => {
      const state = sinkStateOf(sink);
      return <StatusBadge isBad={state !== 'works'}>{texts.sinkStates[state]}</StatusBadge>;
    },
  },
  { key: 'delivered', title: texts.lastDelivered, cell: ({ lastDeliveredAt }) => timeOr(lastDeliveredAt, '–') },
  { key: 'waiting', title: texts.waitingSince, cell: ({ waitingSince }) => timeOr(waitingSince, texts.nothingWaits) },
  {
    key: 'failure',
    title: texts.lastFailure,
    cell: ({ lastFailedAt, lastFailure, failures, nextAttemptAt }) =>
      lastFailedAt === null ? (
        texts.noFailure
      ) : (
        <Stack gap={2}>
          <Text size="sm">{formatTime(lastFailedAt)}</Text>
          <Text size="sm">{lastFailure}</Text>
          {nextAttemptAt === null ? null : <Text size="sm">{texts.nextAttempt(failures, formatTime(nextAttemptAt))}</Text>}
        </Stack>
      ),
  },
];

/** The sinks that receive the events of all tenants, with how far they are. */
export const Sinks = () => (
  <Section title={texts.sinks} description={texts.sinksHint}>
    <DataTable
      label={texts.sinks}
      columns={columns}
      rowKey={({ name }) => name}
      queryKey={[...sinksQuery.queryKey, 'list']}
      load={() => api.listEventSinks()}
      empty={<EmptyState title={texts.noSinks} />}
      minWidth={760}
    />
  </Section>
);
