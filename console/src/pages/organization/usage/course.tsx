import { Stack, Table, Text } from '@mantine/core';
import type { MeterUsage, UsageGroup, UsageGrouping, UsageReport } from '@tenantry/sdk';
import { BarChart, type BarEntry } from '../../../parts/bar-chart';
import { EmptyState } from '../../../parts/states';
import { unitName } from '../../../parts/units';
import { formatDate, formatDayOfYear, formatNumber } from '../../../texts/texts';
import { texts } from './texts';

interface CourseProps {
  readonly report: UsageReport;
  readonly groupBy: UsageGrouping;
  /** The meter to show; requests without one. */
  readonly meter: MeterUsage | undefined;
}

/** The most bars of a chart that is not by day. */
const mostBars = 12;
const dayInMs = 86_400_000;

/** Returns what a group is of, for people. */
function nameOf({ day, method, endpoint, userId, apiKeyId, name }: UsageGroup): string {
  // A day is one of UTC, and is written as such.
  if (day !== undefined) return formatDate(`${day}T12:00:00`);
  if (endpoint !== undefined) return `${method ?? ''} ${endpoint}`.trim();
  const id = userId ?? apiKeyId;
  return id === undefined ? texts.nobody : (name ?? texts.gone(id));
}

/** Returns a bar for each day of the report, also for those on which nothing was used. */
function everyDay({ from, to }: UsageReport, groups: readonly UsageGroup[], valueOf: (group: UsageGroup) => number): readonly BarEntry[] {
  const values = new Map(groups.map((group) => [group.day, valueOf(group)]));
  const bars: BarEntry[] = [];
  for (let time = Date.parse(from); time < Date.parse(to); time += dayInMs) {
    const day = new Date(time).toISOString().slice(0, 10);
    bars.push({ name: formatDayOfYear(`${day}T12:00:00`), value: values.get(day) ?? 0 });
  }
  return bars;
}

/** The chart and the table of the groups of a report. */
export function Course({ report, groupBy, meter }: CourseProps) {
  const groups = report.groups ?? [];
  const valueOf = ({ meters, requests }: UsageGroup): number => (meter === undefined ? requests.total : (meters[meter.meter] ?? 0));
  const measure = meter?.name ?? texts.requests;
  if (groups.length === 0) return <EmptyState title={texts.nothing} />;
  const sorted = groupBy === 'day' ? groups : [...groups].sort((one, other) => valueOf(other) - valueOf(one));
  const bars = groupBy === 'day' ? everyDay(report, groups, valueOf) : sorted.slice(0, mostBars).map((group) => ({ name: nameOf(group), value: valueOf(group) }));
  return (
    <Stack>
      <BarChart
        label={texts.chart(measure, texts.groups[groupBy])}
        unit={meter === undefined ? texts.requests : unitName(meter.unit)}
        data={bars}
        isHorizontal={groupBy !== 'day'}
      />
      {groupBy !== 'day' && groups.length > mostBars ? <Text size="sm">{texts.greatest(mostBars)}</Text> : null}
      <Table.ScrollContainer minWidth={560} maxHeight={420} type="native" tabIndex={0} role="group" aria-label={texts.course}>
        <Table striped aria-label={texts.chart(measure, texts.groups[groupBy])}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{texts.groups[groupBy]}</Table.Th>
              {meter === undefined ? null : (
                <Table.Th scope="col" ta="end">
                  {`${meter.name} (${unitName(meter.unit)})`}
                </Table.Th>
              )}
              {[texts.requests, texts.failures, texts.duration].map((title) => (
                <Table.Th key={title} scope="col" ta="end">
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((group, index) => (
              <Table.Tr key={index}>
                <Table.Td>{nameOf(group)}</Table.Td>
                {meter === undefined ? null : <Table.Td ta="end">{formatNumber(valueOf(group))}</Table.Td>}
                <Table.Td ta="end">{formatNumber(group.requests.total)}</Table.Td>
                <Table.Td ta="end">{formatNumber(group.requests.failures)}</Table.Td>
                <Table.Td ta="end">{group.requests.averageDurationMs === null ? '–' : texts.milliseconds(formatNumber(Math.round(group.requests.averageDurationMs)))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
