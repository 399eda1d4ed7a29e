import { Text } from '@mantine/core';
import type { Grant } from '@tenantry/sdk';
import { DataTable, type Column } from '../../../parts/data-table';
import { formatDate, formatNumber } from '../../../texts/texts';
import { useOrganization } from '../context';
import { texts } from './texts';

/** The units in addition to the plan. */
export function Grants({ names }: { readonly names: ReadonlyMap<string, string> }) {
  const { id, api } = useOrganization();
  const columns: readonly Column<Grant>[] = [
    { key: 'meter', title: texts.meter, cell: ({ meter }) => names.get(meter) ?? meter },
    { key: 'amount', title: texts.amount, align: 'end', cell: ({ amount }) => formatNumber(amount) },
    { key: 'burnt', title: texts.burnt, align: 'end', cell: ({ burnt }) => formatNumber(burnt) },
    { key: 'expires', title: texts.expires, cell: ({ expiresAt }) => (expiresAt === null ? texts.never : formatDate(expiresAt)) },
  ];
  return (
    <DataTable
      label={texts.grants}
      columns={columns}
      rowKey={(grant) => grant.id}
      queryKey={['organization', id, 'grants']}
      load={({ limit, cursor }) => api.listGrants({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } })}
      empty={<Text c="dimmed">{texts.noGrants}</Text>}
    />
  );
}
