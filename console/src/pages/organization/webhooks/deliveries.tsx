import { Button, Code, Group, NativeSelect, NumberInput, Stack, Switch, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data, WebhookAttempt, WebhookDelivery, WebhookDeliveryDetails, WebhookDeliveryStatus } from '@tenantry/sdk';
import { useState } from 'react';
import { queries } from '../../../api/client';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { Failure, Success, useSingleMutation } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { StatusBadge } from '../../../parts/status-badge';
import { Section } from '../../../parts/view';
import { formatNumber, formatTime } from '../../../texts/texts';
import { texts } from './texts';

const statuses = ['pending', 'delivered', 'failed'] as const satisfies readonly WebhookDeliveryStatus[];

/** Where the deliveries of a webhook are read, and sent again. */
export interface DeliveryLog {
  /** The key of all that is read, for the cache. */
  readonly key: readonly unknown[];
  readonly list: (page: { readonly limit: number; readonly cursor?: string; readonly status?: WebhookDeliveryStatus }) => Promise<{
    readonly data: readonly WebhookDelivery[];
    readonly nextCursor: string | null;
  }>;
  readonly get: (deliveryId: string) => Promise<WebhookDeliveryDetails>;
  /** What the person may send again. */
  readonly replays?: {
    readonly one: (deliveryId: string) => Promise<unknown>;
    readonly range: (range: { readonly after: number; readonly until?: number; readonly includeDelivered: boolean }) => Promise<Data<'replayWebhook'>>;
  };
}

interface DeliveriesProps {
  readonly log: DeliveryLog;
  /** The id of the delivery that is shown in a dialog. */
  readonly shown: string | undefined;
  readonly onShow: (deliveryId: string | undefined) => void;
}

/** What was sent to a webhook, the latest first. */
export function Deliveries({ log, shown, onShow }: DeliveriesProps) {
  const [status, setStatus] = useState<WebhookDeliveryStatus>();
  const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: log.key });
  return (
    <>
      <Section
        title={texts.deliveries}
        description={texts.deliveriesHint}
        actions={
          <Button variant="default" size="xs" onClick={() => void readAgain()}>
            {texts.refresh}
          </Button>
        }
      >
        <Group>
          <NativeSelect
            label={texts.status}
            value={status ?? ''}
            data={[{ value: '', label: texts.all }, ...statuses.map((value) => ({ value, label: texts.deliveryStatus[value] }))]}
            onChange={({ currentTarget }) => setStatus(statuses.find((each) => each === currentTarget.value))}
          />
        </Group>
        <DataTable
          label={texts.deliveries}
          columns={columnsOf(onShow)}
          rowKey={(delivery) => delivery.id}
          queryKey={[...log.key, { status }]}
          load={({ limit, cursor }) => log.list({ limit, ...(status === undefined ? {} : { status }), ...(cursor === undefined ? {} : { cursor }) })}
          isFiltered={status !== undefined}
          empty={<EmptyState title={texts.noDeliveries} />}
          minWidth={720}
        />
      </Section>
      {log.replays === undefined ? null : (
        <Section title={texts.replayRange} description={texts.replayHint}>
          <ReplayRange replay={log.replays.range} onReplayed={readAgain} />
        </Section>
      )}
      <Dialog opened={shown !== undefined} onClose={() => onShow(undefined)} title={texts.details} size="xl">
        {shown === undefined ? null : <Delivery log={log} deliveryId={shown} onReplayed={readAgain} />}
      </Dialog>
    </>
  );
}

function Status({ of: status }: { readonly of: WebhookDeliveryStatus }) {
  return <StatusBadge isBad={status === 'failed'}>{texts.deliveryStatus[status]}</StatusBadge>;
}

const resultOf = ({ lastResult, lastStatus }: WebhookDelivery): string =>
  lastResult === null ? '–' : `${texts.results[lastResult]}${lastStatus === null ? '' : ` (${lastStatus})`}`;

const columnsOf = (onShow: (deliveryId: string) => void): readonly Column<WebhookDelivery>[] => [
  { key: 'time', title: texts.time, cell: ({ createdAt }) => formatTime(createdAt) },
  { key: 'type', title: texts.type, cell: ({ eventType }) => eventType },
  { key: 'sequence', title: texts.sequence, align: 'end', cell: ({ sequence }) => (sequence === null ? '–' : formatNumber(sequence)) },
  { key: 'status', title: texts.status, cell: ({ status }) => <Status of={status} /> },
  { key: 'attempts', title: texts.attempts, align: 'end', cell: ({ attempts }) => formatNumber(attempts) },
  { key: 'result', title: texts.result, cell: resultOf },
  {
    key: 'details',
    title: texts.details,
    isTitleHidden: true,
    cell: ({ id, eventType, createdAt }) => (
      <Button variant="default" size="xs" aria-label={texts.detailsOf(eventType, formatTime(createdAt))} onClick={() => onShow(id)}>
        {texts.details}
      </Button>
    ),
  },
];

interface DeliveryProps {
  readonly log: DeliveryLog;
  readonly deliveryId: string;
  readonly onReplayed: () => Promise<void>;
}

/** Milliseconds after which a delivery that waits is read again. */
const whileWaiting = 2000;

/** A delivery with its body and its attempts. One that waits is read again while it is shown. */
function Delivery({ log: { key, get, replays }, deliveryId, onReplayed }: DeliveryProps) {
  const query = useQuery({
    queryKey: [...key, deliveryId],
    queryFn: () => get(deliveryId),
    refetchInterval: ({ state: { data } }) => (data?.status === 'pending' ? whileWaiting : false),
  });
  const prove = useRecentLogin();
  const replay = useSingleMutation({ mutationFn: async () => prove(async () => replays?.one(deliveryId)), onSuccess: onReplayed });
  return (
    <Loaded query={query}>
      {(delivery) => (
        <Stack>
          <Group>
            <Text fw={700}>{delivery.eventType}</Text>
            <Status of={delivery.status} />
            <Text size="sm">{resultOf(delivery)}</Text>
          </Group>
          {delivery.nextAttemptAt === null ? null : <Text size="sm">{texts.nextAttempt(formatTime(delivery.nextAttemptAt))}</Text>}
          {replays === undefined ? null : (
            <Group>
              <Button variant="default" size="xs" loading={replay.isPending} onClick={() => replay.mutate()}>
                {texts.replay}
              </Button>
            </Group>
          )}
          <Failure error={replay.error} />
          <Contents of={delivery} />
        </Stack>
      )}
    </Loaded>
  );
}

function Contents({ of: { body, log } }: { readonly of: WebhookDeliveryDetails }) {
  return (
    <>
      <Title order={3} size="h5">
        {texts.body}
      </Title>
      <Code block tabIndex={0}>
        {body}
      </Code>
      {log.length === 0 ? null : (
        <Title order={3} size="h5">
          {texts.attempts}
        </Title>
      )}
      {log.map((attempt) => (
        <Attempt key={attempt.startedAt} of={attempt} />
      ))}
    </>
  );
}

function Attempt({ of: { startedAt, durationMs, result, status, answer, headers } }: { readonly of: WebhookAttempt }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={700}>
        {texts.attempt(formatTime(startedAt), formatNumber(durationMs))}: {texts.results[result]}
        {status === null ? '' : ` (${status})`}
      </Text>
      <Text size="sm">{texts.headers}</Text>
      <Code block tabIndex={0}>
        {Object.entries(headers)
          .map(([name, value]) => `${name}: ${String(value)}`)
          .join('\n')}
      </Code>
      {answer === null ? null : (
        <>
          <Text size="sm">{texts.answer}</Text>
          <Code block tabIndex={0}>
            {answer}
          </Code>
        </>
      )}
    </Stack>
  );
}

interface ReplayRangeProps {
  readonly replay: NonNullable<DeliveryLog['replays']>['range'];
  readonly onReplayed: () => Promise<void>;
}

/** Sends a range of events again, part by part. */
function ReplayRange({ replay: send, onReplayed }: ReplayRangeProps) {
  const prove = useRecentLogin();
  const [after, setAfter] = useState(0);
  const [until, setUntil] = useState<number>();
  const [includeDelivered, setIncludeDelivered] = useState(false);
  const replay = useSingleMutation({
    mutationFn: (from: number) => prove(() => send({ after: from, includeDelivered, ...(until === undefined ? {} : { until }) })),
    onSuccess: onReplayed,
  });
  const rest = replay.data?.nextAfter ?? null;
  return (
    <Stack>
      <Group align="flex-start">
        <NumberInput label={texts.after} min={0} allowDecimal={false} value={after} onChange={(value) => setAfter(Number(value))} />
        <NumberInput
          label={texts.until}
          description={texts.untilHint}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          min={1}
          allowDecimal={false}
          value={until ?? ''}
          onChange={(value) => setUntil(value === '' ? undefined : Number(value))}
        />
      </Group>
      <Switch label={texts.includeDelivered} checked={includeDelivered} onChange={({ currentTarget }) => setIncludeDelivered(currentTarget.checked)} />
      <Failure error={replay.error} />
      {replay.data === undefined ? null : (
        <Success>
          {texts.replayed(formatNumber(replay.data.deliveries))} {rest === null ? null : texts.more}
        </Success>
      )}
      <Group>
        <Button variant="default" loading={replay.isPending} onClick={() => replay.mutate(rest ?? after)}>
          {rest === null ? texts.replayRange : texts.continueReplay}
        </Button>
      </Group>
    </Stack>
  );
}
