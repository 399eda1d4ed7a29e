import { Stack } from '@mantine/core';
import type { Data, Item } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { DataTable, type Column } from '../../../parts/data-table';
import { Link } from '../../../parts/link';
import { StatusBadge } from '../../../parts/status-badge';
import { formatDate } from '../../../texts/texts';
import { Filters, TextFilter } from '../parts';
import { inOrder, operatorKey } from '../queries';
import { useFilters } from '../search';
import { texts as common } from '../texts';
import { ImpersonateButton } from './impersonate';
import { texts } from './texts';

type Member = Item<'listTenantMembers'>;

const orders = ['createdAt', '-createdAt'] as const;

const columnsOf = (tenantId: string): readonly Column<Member>[] => [
  { key: 'name', title: common.name, cell: ({ name }) => name },
  {
    key: 'email',
    title: common.email,
    cell: ({ email, userName }) =>
      email === null ? (
        userName
      ) : (
        <Link to="/operator/users" search={{ search: email }}>
          {email}
        </Link>
      ),
  },
  { key: 'role', title: common.role, cell: ({ role, customRoles }) => [role, ...customRoles].join(', ') },
  { key: 'teams', title: texts.teams, cell: ({ teams }) => (teams.length === 0 ? '–' : teams.map(({ name }) => name).join(', ')) },
  { key: 'status', title: common.status, cell: ({ status }) => <StatusBadge isBad={status !== 'active'}>{texts.memberStatuses[status]}</StatusBadge> },
  { key: 'created', title: texts.joined, sort: 'createdAt', cell: ({ createdAt }) => formatDate(createdAt) },
  {
    key: 'actions',
    title: common.actions,
    isTitleHidden: true,
    cell: ({ userId, name }) => <ImpersonateButton tenantId={tenantId} userId={userId} label={texts.impersonate} name={texts.impersonateOf(name)} />,
  },
];

export function Members({ tenant: { id, deletedAt } }: { readonly tenant: Data<'getTenant'> }) {
  const [{ search }] = useFilters();
  const filters = search === undefined ? {} : { search };
  const columns = columnsOf(id).filter(({ key }) => key !== 'actions' || deletedAt === null);
  return (
    <Stack>
      <Filters>
        <TextFilter name="search" label={texts.searchMembers} />
      </Filters>
      <DataTable
        label={texts.tabs.members}
        columns={columns}
        rowKey={({ userId }) => userId}
        queryKey={[operatorKey, 'tenant', id, 'members', filters]}
        load={(page) => api.listTenantMembers({ path: { tenantId: id }, query: { ...filters, ...inOrder(page, orders), count: page.cursor === undefined } })}
        sort="createdAt"
        isFiltered={search !== undefined}
        minWidth={820}
      />
    </Stack>
  );
}
