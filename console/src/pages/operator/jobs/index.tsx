import { Alert, Button, Checkbox, Code, List, Stack, Text } from '@mantine/core';
import type { Data, Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { View } from '../../../parts/view';
import { StatusBadge } from '../../../parts/status-badge';
import { formatNumber, formatTime } from '../../../texts/texts';
import { jobsQuery, readAgain } from '../queries';
import { texts as common } from '../texts';
import { texts } from './texts';

type Job = Item<'listJobs'>;

/** Milliseconds for which the answer of a run is waited for: the longest run takes ten minutes. */
const longestRun = 660_000;

export function Page() {
  const [running, setRunning] = useState<string>();
  return (
    <View title={common.jobs} description={texts.description}>
      <DataTable label={common.jobs} columns={columnsOf(setRunning)} rowKey={({ name }) => name} queryKey={jobsQuery.queryKey} load={() => api.listJobs()} minWidth={820} />
      <Dialog opened={running !== undefined} onClose={() => setRunning(undefined)} title={texts.runOf(running ?? '')} size="lg">
        {running === undefined ? null : <RunJob job={running} />}
      </Dialog>
    </View>
  );
}

const columnsOf = (onRun: (job: string) => void): readonly Column<Job>[] => [
  { key: 'name', title: common.name, cell: ({ name }) => name },
  { key: 'schedule', title: texts.schedule, cell: ({ cron }) => <Code>{cron}</Code> },
  {
    key: 'next',
    title: texts.next,
    cell: ({ nextRunAt, overdue }) => (
      <>
        {formatTime(nextRunAt)} {overdue ? <StatusBadge isBad>{texts.overdue}</StatusBadge> : null}
      </>
    ),
  },
  { key: 'last', title: texts.last, cell: ({ lastRun }) => <LastRun run={lastRun} /> },
  {
    key: 'actions',
    title: common.actions,
    isTitleHidden: true,
    cell: ({ name }) => (
      <Button variant="default" size="xs" aria-label={texts.runOf(name)} onClick={() => onRun(name)}>
        {texts.run}
      </Button>
    ),
  },
];

function LastRun({ run }: { readonly run: Job['lastRun'] }) {
  if (run === null) return common.never;
  const { status, finishedAt, durationMs, attempts, error, retryAt } = run;
  return (
    <Stack gap={2} align="flex-start">
      <StatusBadge isBad={status === 'failed'}>{texts.states[status]}</StatusBadge>
      <Text size="sm">{texts.took(formatTime(finishedAt), formatNumber(durationMs), attempts)}</Text>
      {error === null ? null : (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {error}
        </Text>
      )}
      {retryAt === null ? null : <Text size="sm">{texts.retry(formatTime(retryAt))}</Text>}
    </Stack>
  );
}

function RunJob({ job }: { readonly job: string }) {
  const prove = useRecentLogin();
  const [run, setRun] = useState<Data<'runJob'>>();
  const own = useApiForm({
    initialValues: { force: false, dryRun: false },
    submit: async (body) => {
      setRun(await prove(() => api.runJob({ path: { job }, body, timeout: longestRun })));
      await readAgain();
    },
  });
  return (
    <Stack>
      <ApiFormView of={own} action={texts.run}>
        <Text>{texts.hint}</Text>
        <Checkbox label={texts.force} {...own.form.getInputProps('force', { type: 'checkbox' })} />
        <Checkbox label={texts.dryRun} {...own.form.getInputProps('dryRun', { type: 'checkbox' })} />
      </ApiFormView>
      {run === undefined || own.isPending ? null : <Outcome run={run} />}
    </Stack>
  );
}

function Outcome({ run: { outcome, error, result, changes, beyond } }: { readonly run: Data<'runJob'> }) {
  return (
    <Alert color={outcome === 'failed' ? 'red' : 'green'} variant="outline" role="status">
      <Stack gap="xs">
        <Text fw={600}>{texts.outcomes[outcome]}</Text>
        {error === null ? null : <Text size="sm">{error}</Text>}
        {changes === null ? null : <Changes of={changes} />}
        {beyond === null ? null : <Text size="sm">{beyond}</Text>}
        {result === null ? null : (
          <Text size="sm">
            {texts.result}: <Code>{JSON.stringify(result)}</Code>
          </Text>
        )}
      </Stack>
    </Alert>
  );
}

/** What a dry run would change, by table. */
function Changes({ of }: { readonly of: NonNullable<Data<'runJob'>['changes']> }) {
  if (of.length === 0) return <Text size="sm">{texts.noChanges}</Text>;
  return (
    <List size="sm">
      {of.map(({ table, inserted, updated, deleted }) => (
        <List.Item key={table}>
          {table}: {texts.changes(formatNumber(inserted), formatNumber(updated), formatNumber(deleted))}
        </List.Item>
      ))}
    </List>
  );
}
