import type { Item } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { isKeyOf, optionsOf } from '../../../parts/choices';
import { DataTable, type Column } from '../../../parts/data-table';
import { Link } from '../../../parts/link';
import { EmptyState } from '../../../parts/states';
import { View } from '../../../parts/view';
import { formatDate } from '../../../texts/texts';
import { invoiceNumber, invoiceState } from '../invoice-columns';
import { ChoiceFilter, Filters } from '../parts';
import { inOrder, operatorKey } from '../queries';
import { useFilters } from '../search';
import { texts as ofTenant } from '../tenant/texts';
import { texts as common } from '../texts';
import { texts } from './texts';

type Invoice = Item<'listPlatformInvoices'>;

const orders = ['issuedAt', '-issuedAt'] as const;
const filtersOf = { overdue: { overdue: true }, unmailed: { mailed: false } } as const;

const columns: readonly Column<Invoice>[] = [
  invoiceNumber,
  {
    key: 'tenant',
    title: common.tenant,
    cell: ({ organizationId, organizationName }) => (
      <Link to="/operator/tenants/$tenantId" params={{ tenantId: organizationId }} search={{ tab: 'billing' }}>
        {organizationName}
      </Link>
    ),
  },
  ...invoiceState,
  { key: 'mailed', title: texts.mailed, cell: ({ mailedAt }) => (mailedAt === null ? '–' : formatDate(mailedAt)) },
];

/** The invoices of all tenants. What is done with one is on the page of its tenant. */
export function Page() {
  const [{ status, state }] = useFilters();
  const filters = { ...(isKeyOf(ofTenant.invoiceStatuses, status) ? { status } : {}), ...(isKeyOf(filtersOf, state) ? filtersOf[state] : {}) };
  return (
    <View title={common.invoices} description={texts.description}>
      <Filters>
        <ChoiceFilter name="status" label={common.status} options={optionsOf(ofTenant.invoiceStatuses)} />
        <ChoiceFilter name="state" label={texts.state} options={optionsOf(texts.states)} />
      </Filters>
      <DataTable
        label={common.invoices}
        columns={columns}
        rowKey={({ id }) => id}
        queryKey={[operatorKey, 'invoices', filters]}
        load={(page) => api.listPlatformInvoices({ query: { ...filters, ...inOrder(page, orders), count: page.cursor === undefined } })}
        sort="-issuedAt"
        isFiltered={Object.keys(filters).length > 0}
        empty={<EmptyState title={texts.none} />}
        minWidth={820}
      />
    </View>
  );
}
