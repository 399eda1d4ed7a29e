import { Group, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Data } from '@tenantry/sdk';
import { Link } from '../../../parts/link';
import { Loaded } from '../../../parts/states';
import { View } from '../../../parts/view';
import { AuditTable } from '../audit/audit-table';
import { tenantQuery } from '../queries';
import { useFilters } from '../search';
import { TenantActions } from './actions';
import { Billing } from './billing';
import { Data as TenantData } from './data';
import { TenantMarks } from './marks';
import { Members } from './members';
import { Overview } from './overview';
import { Plan } from './plan';
import { texts } from './texts';
import { Usage } from './usage';

const tabs = ['overview', 'members', 'plan', 'usage', 'billing', 'data', 'audit'] as const;

/** Everything that the API knows of a tenant. */
export function Page() {
  const { tenantId = '' } = useParams({ strict: false });
  const query = useQuery(tenantQuery(tenantId));
  return (
    <>
      <Link to="/operator/tenants">{texts.back}</Link>
      <Loaded query={query}>{(tenant) => <Tenant key={tenant.id} tenant={tenant} />}</Loaded>
    </>
  );
}

function Tenant({ tenant }: { readonly tenant: Data<'getTenant'> }) {
  const [{ tab }, change] = useFilters();
  const open = tabs.find((each) => each === tab) ?? 'overview';
  return (
    <View title={tenant.name} description={tenant.slug} actions={<TenantActions tenant={tenant} />}>
      <Group>
        <TenantMarks tenant={tenant} />
      </Group>
      <Tabs value={open} onChange={(value) => change({ tab: value ?? undefined })} keepMounted={false}>
        <Tabs.List>
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {texts.tabs[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" pt="md">
          <Overview tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="members" pt="md">
          <Members tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="plan" pt="md">
          <Plan tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="usage" pt="md">
          <Usage tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="billing" pt="md">
          <Billing tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="data" pt="md">
          <TenantData tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="audit" pt="md">
          <AuditTable organizationId={tenant.id} />
        </Tabs.Panel>
      </Tabs>
    </View>
  );
}
