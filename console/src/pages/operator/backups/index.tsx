import { Button, Checkbox, NativeSelect, Progress, Stack, Text, TextInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Data, Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { StatusBadge } from '../../../parts/status-badge';
import { Section, View } from '../../../parts/view';
import { formatBytes, formatNumber, formatTime } from '../../../texts/texts';
import { inOrder, operatorKey, readAgain } from '../queries';
import { useFilters } from '../search';
import { texts as common } from '../texts';
import { texts } from './texts';

type Backup = Data<'listBackups'>['data'][number];
type Restoration = Item<'listOrganizationImports'>;

/** Milliseconds after which a restoration that runs is read again. */
const whileRunning = 1000;
const orders = ['createdAt', '-createdAt'] as const;
const backupsQuery = queryOptions({ queryKey: [operatorKey, 'backups'], queryFn: () => api.listBackups() });

const isRunning = ({ status }: Restoration): boolean => status === 'queued' || status === 'running';

const restorationColumns: readonly Column<Restoration>[] = [
  { key: 'created', title: common.created, sort: 'createdAt', cell: ({ createdAt }) => formatTime(createdAt) },
  {
    key: 'organization',
    title: common.tenant,
    cell: ({ organization, organizationId, slug }) => (
      <Stack gap={0}>
        <Text size="sm">{organization}</Text>
        {slug === null ? null : <Text size="sm">→ {slug}</Text>}
        {organizationId === null ? null : (
          <Link to="/operator/tenants/$tenantId" params={{ tenantId: organizationId }}>
            {texts.open}
          </Link>
        )}
      </Stack>
    ),
  },
  { key: 'source', title: texts.source, cell: ({ backup, exportId }) => sourceOf(backup, exportId) },
  {
    key: 'status',
    title: common.status,
    cell: ({ status, failure }) => (
      <Stack gap={2} align="flex-start">
        <StatusBadge isBad={status === 'failed'}>{texts.status[status]}</StatusBadge>
        {failure === null ? null : <Text size="sm">{failure}</Text>}
      </Stack>
    ),
  },
  { key: 'progress', title: texts.progress, cell: (each) => <Course of={each} /> },
];

function sourceOf(backup: string | null, exportId: string | null): string {
  if (backup === null) return `${texts.anExport} ${exportId ?? ''}`;
  return backup === 'latest' ? texts.latest : backup;
}

/** How far a restoration is. */
function Course({ of: { status, rowsDone, rowsTotal } }: { readonly of: Restoration }) {
  if (rowsTotal === null) return '–';
  return (
    <Stack gap={4}>
      <Text size="sm">{texts.rows(formatNumber(rowsDone), formatNumber(rowsTotal))}</Text>
      {status === 'running' ? <Progress value={rowsTotal === 0 ? 100 : Math.min(100, (100 * rowsDone) / rowsTotal)} aria-label={texts.progress} /> : null}
    </Stack>
  );
}

const backupColumns: readonly Column<Backup>[] = [
  { key: 'backup', title: common.name, cell: ({ backup }) => backup },
  { key: 'began', title: texts.began, cell: ({ startedAt }) => formatTime(startedAt) },
  { key: 'ended', title: texts.ended, cell: ({ finishedAt }) => formatTime(finishedAt) },
  { key: 'organizations', title: texts.organizations, align: 'end', cell: ({ organizations }) => formatNumber(organizations) },
  {
    key: 'failed',
    title: texts.failed,
    align: 'end',
    cell: ({ failed }) => (failed === 0 ? formatNumber(0) : <StatusBadge isBad>{formatNumber(failed)}</StatusBadge>),
  },
  { key: 'size', title: texts.size, align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
];

/** Backups, and the restorations from them and from exports. */
export function Page() {
  const [{ search, target }] = useFilters();
  const [asks, setAsks] = useState(search !== undefined);
  const close = (): void => setAsks(false);
  return (
    <View title={common.backups} description={texts.description} actions={<Button onClick={() => setAsks(true)}>{texts.restore}</Button>}>
      <Section title={texts.restorations}>
        <DataTable
          label={texts.restorations}
          columns={restorationColumns}
          rowKey={({ id }) => id}
          queryKey={[operatorKey, 'restorations']}
          load={(page) => api.listOrganizationImports({ query: inOrder(page, orders) })}
          sort="-createdAt"
          refetchInterval={(rows) => (rows.some(isRunning) ? whileRunning : false)}
          empty={<EmptyState title={texts.noRestorations} />}
          minWidth={820}
        />
      </Section>
      <Section title={texts.backups} description={texts.backupsHint}>
        <DataTable
          label={texts.backups}
          columns={backupColumns}
          rowKey={({ backup }) => backup}
          queryKey={backupsQuery.queryKey}
          load={() => api.listBackups()}
          empty={<EmptyState title={texts.noBackups} />}
          minWidth={760}
        />
      </Section>
      <Dialog opened={asks} onClose={close} title={texts.restore} size="lg">
        <RestoreForm organization={search ?? ''} exportId={target} onDone={close} />
      </Dialog>
    </View>
  );
}

interface RestoreFormProps {
  readonly organization: string;
  /** The export to restore, if it is known. */
  readonly exportId: string | undefined;
  readonly onDone: () => void;
}

function RestoreForm(props: RestoreFormProps) {
  const query = useQuery(backupsQuery);
  return <Loaded query={query}>{({ data }) => <RestoreFields backups={data} {...props} />}</Loaded>;
}

/** The value of the source that stands for the file of an export. No backup has this name. */
const ofExport = 'export';

function RestoreFields({ backups, organization, exportId: ofFile, onDone }: RestoreFormProps & { readonly backups: readonly Backup[] }) {
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { source: backups.length === 0 || ofFile !== undefined ? ofExport : 'latest', exportId: ofFile ?? '', organization, slug: '', newId: ofFile !== undefined },
    validate: { organization: isFilled, exportId: (value, { source }) => (source === ofExport ? isFilled(value) : null) },
    submit: async ({ source, exportId, slug, ...rest }) => {
      const from = source === ofExport ? { exportId } : { backup: source };
      await prove(() => api.createOrganizationImport({ body: { ...from, ...rest, ...(slug === '' ? {} : { slug }) } }));
      await readAgain();
      onDone();
    },
  });
  const input = own.form.getInputProps;
  const choices = [
    ...(backups.length === 0 ? [] : [{ value: 'latest', label: texts.latest }]),
    ...backups.map(({ backup, finishedAt }) => ({ value: backup, label: texts.backupOf(formatTime(finishedAt)) })),
    { value: ofExport, label: texts.anExport },
  ];
  return (
    <ApiFormView of={own} action={texts.restore}>
      <Text>{texts.restoreHint}</Text>
      <NativeSelect label={texts.source} data={choices} {...input('source')} />
      {own.form.values.source === ofExport ? <TextInput label={texts.exportId} description={texts.exportIdHint} autoComplete="off" required {...input('exportId')} /> : null}
      <TextInput label={texts.organization} autoComplete="off" required data-autofocus {...input('organization')} />
      <TextInput label={texts.slug} description={texts.slugHint} autoComplete="off" {...input('slug')} />
      <Checkbox label={texts.newId} {...input('newId', { type: 'checkbox' })} />
    </ApiFormView>
  );
}
