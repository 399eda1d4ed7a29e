import { Text } from '@mantine/core';
import type { AccessLogEntry } from '@tenantry/sdk';
import { DataTable, type Column } from '../../../parts/data-table';
import { formatTime } from '../../../texts/texts';
import { useOrganization } from '../context';
import { texts } from './texts';
import { actionInWords } from './words';

const columns: readonly Column<AccessLogEntry>[] = [
  { key: 'time', title: texts.time, cell: ({ occurredAt }) => formatTime(occurredAt) },
  { key: 'actor', title: texts.actor, cell: ({ actor: { kind, name } }) => name ?? texts.kinds[kind] },
  { key: 'action', title: texts.action, cell: ({ action }) => actionInWords(action) },
  { key: 'records', title: texts.records, cell: ({ recordIds }) => texts.recordCount(recordIds.length) },
  { key: 'address', title: texts.address, cell: ({ ip }) => ip ?? '–' },
];

/** Who read which records, the latest first. */
export function Reads() {
  const { id, api } = useOrganization();
  return (
    <DataTable
      label={texts.reads}
      columns={columns}
      rowKey={(entry) => entry.id}
      queryKey={['organization', id, 'reads']}
      load={({ limit, cursor }) => api.listAccessLogs({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } })}
      empty={<Text c="dimmed">{texts.noReads}</Text>}
    />
  );
}
