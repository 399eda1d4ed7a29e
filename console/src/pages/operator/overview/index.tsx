import { List, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../../api/client';
import { Link } from '../../../parts/link';
import { ErrorState, Loaded, LoadingState } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { formatNumber } from '../../../texts/texts';
import { Facts, Figure } from '../parts';
import { healthQuery, jobsQuery, operatorKey, sinkStateOf, sinksQuery, statsQuery, webhookHealthQuery } from '../queries';
import { texts as common } from '../texts';
import { texts } from './texts';

const failedMailsQuery = {
  queryKey: [operatorKey, 'mails', 'failed'],
  queryFn: () => api.listMails({ query: { status: 'failed', limit: 1, count: true } }),
};

export function Page() {
  const stats = useQuery(statsQuery);
  return (
    <View title={common.overview}>
      <ToDo />
      <Loaded query={stats}>
        {({ tenants, deleted, users, memberships, byStatus, byPlan }) => (
          <>
            <SimpleGrid cols={{ base: 2, md: 4 }}>
              <Figure label={texts.tenants} value={tenants} />
              <Figure label={texts.deletedTenants} value={deleted} />
              <Figure label={texts.users} value={users} />
              <Figure label={texts.memberships} value={memberships} />
            </SimpleGrid>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <Section title={texts.byStatus}>
                <Facts label={texts.byStatus} rows={countsOf(byStatus, (key) => statusName(key))} />
              </Section>
              <Section title={texts.byPlan}>
                <Facts label={texts.byPlan} rows={countsOf(byPlan, (key) => key)} />
              </Section>
            </SimpleGrid>
          </>
        )}
      </Loaded>
    </View>
  );
}

const statusName = (key: string): string => Object.entries(common.statuses).find(([name]) => name === key)?.[1] ?? key;

const countsOf = (counts: Readonly<Record<string, unknown>>, nameOf: (key: string) => string): (readonly [string, ReactNode])[] =>
  Object.entries(counts).map(([key, count]) => [nameOf(key), formatNumber(Number(count))]);

/** What the installation asks of its operators. It is shown when all of it is known, so that the page does not jump. */
function ToDo() {
  const [health, jobs, mails, webhooks, sinks] = [useQuery(healthQuery), useQuery(jobsQuery), useQuery(failedMailsQuery), useQuery(webhookHealthQuery), useQuery(sinksQuery)];
  const parts = [health, jobs, mails, webhooks, sinks];
  const isPending = parts.some((part) => part.isPending);
  const late = jobs.data?.data.filter(({ overdue, lastRun }) => overdue || lastRun?.status === 'failed').length ?? 0;
  const failedMails = mails.data?.total ?? 0;
  const bad = (webhooks.data?.failing ?? 0) + (webhooks.data?.disabledByServer ?? 0);
  const badSinks = sinks.data?.data.filter((sink) => sinkStateOf(sink) !== 'works').length ?? 0;
  const findings = health.data?.findings.length ?? 0;
  const items: readonly (readonly [string, ReactNode])[] = [
    ...(findings === 0 ? [] : [['findings', <Link to="/operator/health">{texts.findings(findings)}</Link>] as const]),
    ...(late === 0 ? [] : [['jobs', <Link to="/operator/jobs">{texts.jobs(late)}</Link>] as const]),
    ...(failedMails === 0
      ? []
      : [
          [
            'mails',
            <Link to="/operator/mail" search={{ status: 'failed' }}>
              {texts.mails(formatNumber(failedMails))}
            </Link>,
          ] as const,
        ]),
    ...(bad === 0 ? [] : [['webhooks', <Link to="/operator/webhooks">{texts.webhooks(formatNumber(bad))}</Link>] as const]),
    ...(badSinks === 0 ? [] : [['sinks', <Link to="/operator/webhooks">{texts.sinks(formatNumber(badSinks))}</Link>] as const]),
  ];
  return (
    <Section title={texts.toDo}>
      {isPending ? <LoadingState height={28} /> : null}
      {!isPending && items.length > 0 ? (
        <List>
          {items.map(([key, item]) => (
            <List.Item key={key}>{item}</List.Item>
          ))}
        </List>
      ) : null}
      {parts.map(({ error, refetch }, index) => (error === null ? null : <ErrorState key={index} error={error} onRetry={refetch} />))}
      {items.length === 0 && parts.every(({ isSuccess }) => isSuccess) ? <Text>{texts.allDone}</Text> : null}
    </Section>
  );
}
