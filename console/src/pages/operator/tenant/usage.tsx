import { Progress, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { Loaded } from '../../../parts/states';
import { formatQuantity } from '../../../parts/units';
import { Section } from '../../../parts/view';
import { formatDate, formatNumber, formatPercent } from '../../../texts/texts';
import { operatorKey } from '../queries';
import { Grants } from './grants';
import { texts as common } from '../texts';
import { texts } from './texts';

type Tenant = Data<'getTenant'>;
type Report = Data<'getTenantUsage'>;

export function Usage({ tenant }: { readonly tenant: Tenant }) {
  const query = useQuery({
    queryKey: [operatorKey, 'tenant', tenant.id, 'usage'],
    queryFn: () => api.getTenantUsage({ path: { tenantId: tenant.id }, query: { groupBy: 'day' } }),
  });
  return <Loaded query={query}>{(report) => <UsageReport tenant={tenant} report={report} />}</Loaded>;
}

function UsageReport({ tenant, report: { from, to, meters, groups = [] } }: { readonly tenant: Tenant; readonly report: Report }) {
  const { limits } = tenant;
  const days = groups.filter(({ requests }) => requests.total > 0);
  return (
    <Stack gap="lg">
      <Section title={texts.tabs.usage}>
        <Table.ScrollContainer minWidth={480} type="native" tabIndex={0} role="group" aria-label={texts.tabs.usage}>
          <Table aria-label={texts.tabs.usage}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{texts.meter}</Table.Th>
                <Table.Th scope="col" ta="end">
                  {texts.used}
                </Table.Th>
                <Table.Th scope="col" ta="end">
                  {texts.limit}
                </Table.Th>
                <Table.Th scope="col">{texts.share}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {meters.map(({ meter, name, unit, used }) => (
                <Table.Tr key={meter}>
                  <Table.Th scope="row">{name}</Table.Th>
                  <Table.Td ta="end">{formatQuantity(used, unit)}</Table.Td>
                  <Table.Td ta="end">{typeof limits[meter] === 'number' ? formatQuantity(limits[meter], unit) : common.unlimited}</Table.Td>
                  <Table.Td>
                    <Share label={name} used={used} limit={limits[meter]} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      <Grants tenant={tenant} meters={meters} />
      <Section title={texts.requests} description={`${formatDate(from)} – ${formatDate(to)}`}>
        {days.length === 0 ? (
          <Text c="dimmed">{texts.noRequests}</Text>
        ) : (
          <Table aria-label={texts.requests}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{texts.day}</Table.Th>
                <Table.Th scope="col" ta="end">
                  {texts.requestCount}
                </Table.Th>
                <Table.Th scope="col" ta="end">
                  {texts.failures}
                </Table.Th>
                <Table.Th scope="col" ta="end">
                  {texts.duration}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {days.map(({ day = '', requests: { total, failures, averageDurationMs } }) => (
                <Table.Tr key={day}>
                  <Table.Th scope="row">{day === '' ? '–' : formatDate(day)}</Table.Th>
                  <Table.Td ta="end">{formatNumber(total)}</Table.Td>
                  <Table.Td ta="end">{formatNumber(failures)}</Table.Td>
                  <Table.Td ta="end">{averageDurationMs === null ? '–' : texts.milliseconds(formatNumber(averageDurationMs))}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Section>
    </Stack>
  );
}

/** The share of a limit that is used, as a bar and in percent. */
export function Share({ label, used, limit }: { readonly label: string; readonly used: number; readonly limit: unknown }) {
  if (typeof limit !== 'number') return '–';
  const share = limit === 0 ? 1 : used / limit;
  const text = formatPercent(share);
  return (
    <Stack gap={2} miw={80}>
      <Text size="sm">{text}</Text>
      <Progress value={Math.min(100, share * 100)} color={share >= 1 ? 'red' : 'blue'} aria-label={`${label}: ${text}`} />
    </Stack>
  );
}
