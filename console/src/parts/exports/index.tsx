import { Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ExportLink, OrganizationExport, OrganizationExportPage } from '@tenantry/sdk';
import { useState, type ReactNode } from 'react';
import { queries } from '../../api/client';
import { Confirm, ConfirmButton } from '../confirm';
import { Copyable } from '../copy';
import { DataTable, type Column } from '../data-table';
import { Dialog } from '../dialog';
import { Failure } from '../form';
import { useRecentLogin } from '../recent-login';
import { EmptyState } from '../states';
import { Section } from '../view';
import { formatBytes, formatNumber, formatTime } from '../../texts/texts';
import { texts } from './texts';

/** Milliseconds after which an export that runs is read again. */
const whileRunning = 1000;

const isRunning = ({ status }: OrganizationExport): boolean => status === 'queued' || status === 'running';

interface ExportsProps {
  /** What an archive has, in a sentence. */
  readonly description: string;
  /** What happens when one is made. */
  readonly children: ReactNode;
  /** The key of the list, for the cache. */
  readonly list: readonly unknown[];
  readonly load: (page: { readonly limit: number; readonly cursor?: string }) => Promise<OrganizationExportPage>;
  readonly create: () => Promise<unknown>;
  readonly cancel: (exportId: string) => Promise<unknown>;
  readonly makeLink: (exportId: string) => Promise<ExportLink>;
  /** What else can be done with the file of an export that is ready, whose name for screen readers is given. */
  readonly action?: (made: OrganizationExport, nameOf: (action: string) => string) => ReactNode;
  /** False if no export can be made, such as one of a deleted organization. */
  readonly canCreate?: boolean;
}

/** Exports of an organization, with the progress of one that runs. */
export function Exports({ description, children, list, load, create, cancel, makeLink, action, canCreate = true }: ExportsProps) {
  const prove = useRecentLogin();
  const [asks, setAsks] = useState(false);
  const [link, setLink] = useState<ExportLink>();
  const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: list });
  const linkTo = (exportId: string): Promise<ExportLink> => prove(() => makeLink(exportId));
  const download = useMutation({
    mutationFn: linkTo,
    // The API is at the origin of the page, whatever the address is that other people know.
    onSuccess: ({ url }) => location.assign(url.slice(new URL(url).origin.length)),
  });
  const show = useMutation({ mutationFn: linkTo, onSuccess: setLink });
  const columns: readonly Column<OrganizationExport>[] = [
    {
      key: 'created',
      title: texts.created,
      cell: ({ createdAt, byOperator }) => (
        <Stack gap={0}>
          <Text size="sm">{formatTime(createdAt)}</Text>
          {byOperator ? (
            <Text size="sm" c="dimmed">
              {texts.byOperator}
            </Text>
          ) : null}
        </Stack>
      ),
    },
    {
      key: 'status',
      title: texts.status,
      cell: ({ status, expiresAt }) => (
        <Stack gap={0}>
          <Text size="sm">{texts.statuses[status]}</Text>
          {expiresAt === null ? null : (
            <Text size="sm" c="dimmed">
              {texts.until(formatTime(expiresAt))}
            </Text>
          )}
        </Stack>
      ),
    },
    { key: 'progress', title: texts.progress, cell: (each) => <Course of={each} /> },
    { key: 'size', title: texts.size, align: 'end', cell: ({ bytes }) => (bytes === null ? '–' : formatBytes(bytes)) },
    {
      key: 'actions',
      title: texts.download,
      isTitleHidden: true,
      cell: (each) => {
        const time = formatTime(each.createdAt);
        return (
          <Group gap="xs" wrap="nowrap">
            {each.status === 'ready' ? (
              <>
                <Button
                  size="xs"
                  aria-label={texts.of(texts.download, time)}
                  loading={download.isPending && download.variables === each.id}
                  onClick={() => download.mutate(each.id)}
                >
                  {texts.download}
                </Button>
                <Button
                  variant="default"
                  size="xs"
                  aria-label={texts.of(texts.link, time)}
                  loading={show.isPending && show.variables === each.id}
                  onClick={() => show.mutate(each.id)}
                >
                  {texts.link}
                </Button>
                {action?.(each, (name) => texts.of(name, time))}
              </>
            ) : null}
            {isRunning(each) || each.status === 'ready' ? (
              <ConfirmButton
                title={texts.cancelQuestion}
                action={isRunning(each) ? texts.cancel : texts.remove}
                name={texts.of(isRunning(each) ? texts.cancel : texts.remove, time)}
                onConfirm={async () => {
                  await cancel(each.id);
                  await readAgain();
                }}
              >
                {texts.cancelHint}
              </ConfirmButton>
            ) : null}
          </Group>
        );
      },
    },
  ];
  return (
    <Section title={texts.exports} description={description} actions={canCreate ? <Button onClick={() => setAsks(true)}>{texts.create}</Button> : undefined}>
      <Failure error={download.error ?? show.error} />
      <DataTable
        label={texts.exports}
        columns={columns}
        rowKey={(each) => each.id}
        queryKey={list}
        load={({ limit, cursor }) => load({ limit, ...(cursor === undefined ? {} : { cursor }) })}
        refetchInterval={(rows) => (rows.some(isRunning) ? whileRunning : false)}
        empty={<EmptyState title={texts.none} />}
        minWidth={720}
      />
      <Confirm
        opened={asks}
        onClose={() => setAsks(false)}
        title={texts.createQuestion}
        action={texts.create}
        danger={false}
        onConfirm={async () => {
          await create();
          await readAgain();
        }}
      >
        {children}
      </Confirm>
      <Dialog opened={link !== undefined} onClose={() => setLink(undefined)} title={texts.linkTitle}>
        {link === undefined ? null : (
          <Stack>
            <Text>{texts.linkHint(formatTime(link.expiresAt))}</Text>
            <Copyable label={texts.link} value={link.url} />
            <Anchor href={link.url}>{texts.download}</Anchor>
          </Stack>
        )}
      </Dialog>
    </Section>
  );
}

/** How far an export is. */
function Course({ of: { status, rowsDone, rowsTotal } }: { readonly of: OrganizationExport }) {
  if (rowsTotal === null) return '–';
  const share = rowsTotal === 0 ? 100 : Math.min(100, (100 * rowsDone) / rowsTotal);
  return (
    <Stack gap={4}>
      <Text size="sm">{status === 'ready' ? texts.rowsDone(formatNumber(rowsDone)) : texts.rows(formatNumber(rowsDone), formatNumber(rowsTotal))}</Text>
      {status === 'running' ? <Progress value={share} aria-label={texts.progress} /> : null}
    </Stack>
  );
}
