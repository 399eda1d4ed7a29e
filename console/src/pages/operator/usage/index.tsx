import { useQuery } from '@tanstack/react-query';
import type { Data, Item } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { DataTable, type Column } from '../../../parts/data-table';
import { Link } from '../../../parts/link';
import { EmptyState } from '../../../parts/states';
import { View } from '../../../parts/view';
import { formatDate, formatNumber } from '../../../texts/texts';
import { ChoiceFilter, Filters, PlanName } from '../parts';
import { inOrder, operatorKey, plansQuery } from '../queries';
import { useFilters } from '../search';
import { Share } from '../tenant/usage';
import { texts as common } from '../texts';
import { texts } from './texts';

type Row = Item<'listTenantUsage'>;

const orders = ['percent', '-percent', 'used', '-used'] as const;
const shares = [50, 80, 100] as const;

const columns: readonly Column<Row>[] = [
  {
    key: 'tenant',
    title: common.tenant,
    cell: ({ tenantId, name }) => (
      <Link to="/operator/tenants/$tenantId" params={{ tenantId }} search={{ tab: 'usage' }}>
        {name}
      </Link>
    ),
  },
  { key: 'plan', title: common.plan, cell: ({ plan }) => <PlanName plan={plan} /> },
  { key: 'meter', title: texts.meter, cell: ({ meter }) => meter },
  { key: 'used', title: texts.used, sort: 'used', align: 'end', cell: ({ used }) => formatNumber(used) },
  { key: 'limit', title: texts.limit, align: 'end', cell: ({ limit }) => (limit === null ? common.unlimited : formatNumber(limit)) },
  { key: 'share', title: texts.share, sort: 'percent', cell: ({ name, meter, used, limit }) => <Share label={`${name}, ${meter}`} used={used} limit={limit} /> },
  { key: 'resets', title: texts.resets, cell: ({ resetsAt }) => (resetsAt === null ? '–' : formatDate(resetsAt)) },
];

const metersOf = (plans: Data<'listPlans'> | undefined): string[] => [...new Set(plans?.data.flatMap(({ limits }) => limits.map(({ meter }) => meter)))].toSorted();

export function Page() {
  const [{ meter, plan, percent }] = useFilters();
  const { data: plans } = useQuery(plansQuery);
  const minPercent = shares.find((share) => String(share) === percent);
  const filters = { ...(meter === undefined ? {} : { meter: [meter] }), ...(plan === undefined ? {} : { plan }), ...(minPercent === undefined ? {} : { minPercent }) };
  return (
    <View title={common.usage} description={texts.description}>
      <Filters>
        <ChoiceFilter name="meter" label={texts.meter} options={metersOf(plans).map((value) => ({ value, label: value }))} />
        <ChoiceFilter name="plan" label={common.plan} options={plans?.data.map(({ key, name }) => ({ value: key, label: name })) ?? []} />
        <ChoiceFilter name="percent" label={texts.atLeast} options={shares.map((share) => ({ value: String(share), label: texts.percent(share) }))} />
      </Filters>
      <DataTable
        label={common.usage}
        columns={columns}
        rowKey={({ tenantId, meter: key }) => `${tenantId} ${key}`}
        queryKey={[operatorKey, 'usage', filters]}
        load={(page) => api.listTenantUsage({ query: { ...filters, ...inOrder(page, orders) } })}
        sort="-percent"
        isFiltered={Object.keys(filters).length > 0}
        empty={<EmptyState title={texts.none} />}
        minWidth={760}
      />
    </View>
  );
}
