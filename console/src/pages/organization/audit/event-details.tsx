import { Button, Code, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { AuditChange, AuditEvent } from '@tenantry/sdk';
import { formatNumber, formatTime } from '../../../texts/texts';
import { texts } from './texts';
import { actionInWords, tableInWords } from './words';

interface EventDetailsProps {
  readonly event: AuditEvent;
  readonly onAction: (action: string) => void;
  readonly onActor: (id: string) => void;
  readonly onTarget: (id: string) => void;
}

/** Everything that is known of an event, with the values before and after. */
export function EventDetails({ event, onAction, onActor, onTarget }: EventDetailsProps) {
  const { actor, target, changes, changeCount } = event;
  const facts: readonly (readonly [string, string | null])[] = [
    [texts.time, formatTime(event.occurredAt)],
    [texts.action, actionInWords(event.action)],
    [texts.operation, event.action],
    [texts.outcome, texts.outcomes[event.outcome]],
    [texts.code, event.code],
    [texts.times, event.times === 1 ? null : formatNumber(event.times)],
    [texts.actor, [texts.kinds[actor.kind], actor.name, actor.id].filter((part) => part !== null).join(' · ')],
    [texts.record, target === null ? null : [tableInWords(target.table), target.id].filter((part) => part !== null).join(' · ')],
    [texts.address, event.ip],
    [texts.userAgent, event.userAgent],
    [texts.requestId, event.requestId],
    [texts.hash, event.hash],
  ];
  return (
    <Stack>
      <Table>
        <Table.Tbody>
          {facts.map(([name, value]) =>
            value === null ? null : (
              <Table.Tr key={name}>
                <Table.Th scope="row" w={120}>
                  {name}
                </Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Table>
      <Group>
        <Button variant="default" size="xs" onClick={() => onAction(event.action)}>
          {texts.filterAction}
        </Button>
        {actor.id === null ? null : (
          <Button variant="default" size="xs" onClick={() => onActor(actor.id ?? '')}>
            {texts.filterActor}
          </Button>
        )}
        {target === null || target.id === null ? null : (
          <Button variant="default" size="xs" onClick={() => onTarget(target.id ?? '')}>
            {texts.filterTarget}
          </Button>
        )}
      </Group>
      {changes === null ? <Text>{texts.erased}</Text> : changes.map((change, index) => <Change key={index} change={change} />)}
      {changes !== null && changeCount > changes.length ? <Text size="sm">{texts.more(formatNumber(changeCount))}</Text> : null}
    </Stack>
  );
}

const written = (value: unknown): string => (value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

/** One record, with each field that has changed. */
function Change({ change: { table, id, operation, before, after } }: { readonly change: AuditChange }) {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const title = `${texts.operations[operation]}: ${tableInWords(table)}`;
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {title}
      </Title>
      <Text size="sm" c="dimmed">
        {[table, id].filter((part) => part !== null).join(' · ')}
      </Text>
      {fields.length === 0 ? (
        <Text size="sm">{texts.noValues}</Text>
      ) : (
        <Table.ScrollContainer minWidth={480} type="native" tabIndex={0} role="group" aria-label={title}>
          <Table withTableBorder>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{texts.field}</Table.Th>
                <Table.Th scope="col">{texts.before}</Table.Th>
                <Table.Th scope="col">{texts.after}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {fields.map((field) => (
                <Table.Tr key={field}>
                  <Table.Th scope="row">{field}</Table.Th>
                  <Value of={before?.[field]} />
                  <Value of={after?.[field]} />
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

function Value({ of }: { readonly of: unknown }) {
  return (
    <Table.Td style={{ overflowWrap: 'anywhere' }}>
      <Code>{written(of)}</Code>
    </Table.Td>
  );
}
