import { Group, NativeSelect, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { UsageGrouping } from '@tenantry/sdk';
import { useState } from 'react';
import { Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { useOrganization } from '../context';
import { Meters } from '../meters';
import { Course } from './course';
import { ExportUsage } from './export-usage';
import { Grants } from './grants';
import { texts } from './texts';

const groupings = ['day', 'endpoint', 'user', 'key'] as const satisfies readonly UsageGrouping[];
/** The value of the choice that shows requests; keys of meters have no colon. */
const ofRequests = ':requests';
const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

/** What the organization has used: against its limits, by day, endpoint, user and key, and as files. */
export function Page() {
  const organization = useOrganization();
  const [from, setFrom] = useState(() => `${dayOf(new Date()).slice(0, 8)}01`);
  const [to, setTo] = useState(() => dayOf(new Date()));
  const [groupBy, setGroupBy] = useState<UsageGrouping>('day');
  const [measure, setMeasure] = useState(ofRequests);
  const query = useQuery({
    queryKey: ['organization', organization.id, 'usage', { from, to, groupBy }],
    placeholderData: keepPreviousData,
    queryFn: () => organization.api.getUsage({ query: { from, to, groupBy } }),
  });
  const meters = query.data?.meters ?? [];
  return (
    <View title={texts.title}>
      <Stack gap="xl">
        <Section title={texts.limits}>
          <Loaded query={query}>{(report) => <Meters meters={report.meters.map(({ period, ...meter }) => ({ ...meter, ...period }))} />}</Loaded>
        </Section>
        <Section title={texts.course}>
          <Group align="flex-end">
            <TextInput type="date" label={texts.from} required value={from} max={to} onChange={({ currentTarget }) => setFrom(currentTarget.value)} />
            <TextInput type="date" label={texts.to} required value={to} min={from} onChange={({ currentTarget }) => setTo(currentTarget.value)} />
            <NativeSelect
              label={texts.measure}
              value={measure}
              data={[{ value: ofRequests, label: texts.requests }, ...meters.map(({ meter, name }) => ({ value: meter, label: name }))]}
              onChange={({ currentTarget }) => setMeasure(currentTarget.value)}
            />
            <SegmentedControl aria-label={texts.group} value={groupBy} data={groupings.map((value) => ({ value, label: texts.groups[value] }))} onChange={setGroupBy} />
          </Group>
          <Loaded query={query} height={360}>
            {(report) => <Course report={report} groupBy={groupBy} meter={meters.find(({ meter }) => meter === measure)} />}
          </Loaded>
        </Section>
        <Section title={texts.export} description={texts.exportHint}>
          <ExportUsage from={from} to={to} />
        </Section>
        <Section title={texts.grants} description={texts.grantsHint}>
          <Grants names={new Map(meters.map(({ meter, name }) => [meter, name]))} />
        </Section>
      </Stack>
    </View>
  );
}
