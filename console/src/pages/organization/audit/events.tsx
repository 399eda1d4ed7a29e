import { Autocomplete, Button, Group, NativeSelect, Pill, Stack, Text, TextInput, type OptionsFilter } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { AuditEvent, AuditOutcome, FileFormat } from '@tenantry/sdk';
import { useState } from 'react';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { DownloadButton } from '../../../parts/download';
import { StatusBadge } from '../../../parts/status-badge';
import { formatNumber, formatTime } from '../../../texts/texts';
import { useOrganization } from '../context';
import { EventDetails } from './event-details';
import { texts } from './texts';
import { actionInWords, operationIds, tableInWords } from './words';

/** An actor or a record to which the list is limited, with the name that is shown. */
interface Chosen {
  readonly id: string;
  readonly name: string;
}

interface Filters {
  /** The name of an action, or what the action means. */
  readonly action: string;
  readonly outcome: AuditOutcome | '';
  /** Days in the time zone of the browser. */
  readonly from: string;
  readonly to: string;
  readonly actor: Chosen | undefined;
  readonly target: Chosen | undefined;
}

const none: Filters = { action: '', outcome: '', from: '', to: '', actor: undefined, target: undefined };

/** The names of the operations by what they mean, as people type it. */
const byWords = new Map(operationIds.map((id) => [actionInWords(id).toLowerCase(), id]));

/** Finds the operations whose name or meaning has a text. */
const findOperations: OptionsFilter = ({ options, search, limit }) => {
  const text = search.trim().toLowerCase();
  return options.filter((option) => 'value' in option && `${option.value} ${actionInWords(option.value)}`.toLowerCase().includes(text)).slice(0, limit);
};

/** Returns the filters as the API takes them: times instead of days, the last of which is included. */
function queryOf({ action, outcome, from, to, actor, target }: Filters) {
  const end = to === '' ? undefined : new Date(`${to}T00:00:00`);
  end?.setDate(end.getDate() + 1);
  const named = action.trim();
  return {
    ...(named === '' ? {} : { action: byWords.get(named.toLowerCase()) ?? named }),
    ...(outcome === '' ? {} : { outcome }),
    ...(from === '' ? {} : { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(end === undefined ? {} : { to: end.toISOString() }),
    ...(actor === undefined ? {} : { actorId: actor.id }),
    ...(target === undefined ? {} : { targetId: target.id }),
  };
}

export const actorName = ({ kind, id, name }: AuditEvent['actor']): string => name ?? (kind === 'job' && id !== null ? id : texts.kinds[kind]);
export const targetName = (target: AuditEvent['target']): string => (target === null ? '–' : tableInWords(target.table));

/** The events, the latest first, with filters. */
export function AuditEvents() {
  const { id, api } = useOrganization();
  const [filters, setFilters] = useState(none);
  const [format, setFormat] = useState<FileFormat>('csv');
  const [shown, setShown] = useState<AuditEvent>();
  const [action] = useDebouncedValue(filters.action, 300);
  const query = queryOf({ ...filters, action });
  const set = (part: Partial<Filters>): void => setFilters({ ...filters, ...part });
  const filterBy = (part: Partial<Filters>): void => {
    set(part);
    setShown(undefined);
  };
  return (
    <Stack>
      <Group align="flex-end" role="search" aria-label={texts.filters}>
        <Autocomplete
          label={texts.action}
          placeholder={texts.actionHint}
          data={[...operationIds]}
          filter={findOperations}
          limit={50}
          renderOption={({ option: { value } }) => <ActionName action={value} />}
          value={filters.action}
          onChange={(next) => set({ action: next })}
        />
        <NativeSelect
          label={texts.outcome}
          value={filters.outcome}
          data={[{ value: '', label: texts.all }, ...(['done', 'refused'] as const).map((value) => ({ value, label: texts.outcomes[value] }))]}
          onChange={({ currentTarget: { value } }) => set({ outcome: value === 'done' || value === 'refused' ? value : '' })}
        />
        <TextInput type="date" label={texts.from} value={filters.from} onChange={({ currentTarget }) => set({ from: currentTarget.value })} />
        <TextInput type="date" label={texts.to} value={filters.to} onChange={({ currentTarget }) => set({ to: currentTarget.value })} />
        <NativeSelect
          label={texts.format}
          value={format}
          data={(['csv', 'ndjson'] as const).map((value) => ({ value, label: texts.formats[value] }))}
          onChange={({ currentTarget }) => setFormat(currentTarget.value === 'ndjson' ? 'ndjson' : 'csv')}
        />
        <DownloadButton size="sm" name={`audit.${format}`} load={() => api.exportAuditLogs({ query: { ...queryOf(filters), format } })}>
          {texts.download}
        </DownloadButton>
      </Group>
      <ChosenFilters filters={filters} onChange={set} />
      <DataTable
        label={texts.title}
        columns={columnsOf(setShown)}
        rowKey={({ id: eventId }) => eventId}
        queryKey={['organization', id, 'audit', query]}
        load={({ limit, cursor }) => api.listAuditLogs({ query: { ...query, limit, ...(cursor === undefined ? {} : { cursor }) } })}
        isFiltered={Object.keys(query).length > 0}
        minWidth={760}
      />
      <Dialog opened={shown !== undefined} onClose={() => setShown(undefined)} title={shown === undefined ? '' : texts.event(formatNumber(shown.sequence))} size="xl">
        {shown === undefined ? null : (
          <EventDetails
            event={shown}
            onAction={(name) => filterBy({ action: name })}
            onActor={(actorId) => filterBy({ actor: { id: actorId, name: actorName(shown.actor) } })}
            onTarget={(targetId) => filterBy({ target: { id: targetId, name: `${targetName(shown.target)} ${targetId.slice(0, 8)}` } })}
          />
        )}
      </Dialog>
    </Stack>
  );
}

/** What an action means, with its name. */
const ActionName = ({ action }: { readonly action: string }) => (
  <Stack gap={0}>
    <Text size="sm">{actionInWords(action)}</Text>
    <Text size="xs" c="dimmed">
      {action}
    </Text>
  </Stack>
);

/** The actor and the record to which the list is limited. */
function ChosenFilters({ filters: { actor, target }, onChange }: { readonly filters: Filters; readonly onChange: (part: Partial<Filters>) => void }) {
  if (actor === undefined && target === undefined) return null;
  const pill = (name: string, onRemove: () => void) => (
    <Pill withRemoveButton removeButtonProps={{ 'aria-label': texts.removeFilter(name), 'aria-hidden': false, tabIndex: 0 }} onRemove={onRemove}>
      {name}
    </Pill>
  );
  return (
    <Group gap="xs">
      {actor === undefined ? null : pill(texts.onlyActor(actor.name), () => onChange({ actor: undefined }))}
      {target === undefined ? null : pill(texts.onlyTarget(target.name), () => onChange({ target: undefined }))}
    </Group>
  );
}

/** The columns of a list of events. */
export const columnsOf = (onShow: (event: AuditEvent) => void): readonly Column<AuditEvent>[] => [
  { key: 'time', title: texts.time, cell: ({ occurredAt }) => formatTime(occurredAt) },
  { key: 'actor', title: texts.actor, cell: ({ actor }) => actorName(actor) },
  { key: 'action', title: texts.action, cell: ({ action, times }) => (times === 1 ? actionInWords(action) : `${actionInWords(action)} × ${formatNumber(times)}`) },
  { key: 'record', title: texts.record, cell: ({ target }) => <Text size="sm">{targetName(target)}</Text> },
  {
    key: 'outcome',
    title: texts.outcome,
    cell: ({ outcome }) => <StatusBadge isBad={outcome === 'refused'}>{texts.outcomes[outcome]}</StatusBadge>,
  },
  {
    key: 'details',
    title: texts.details,
    isTitleHidden: true,
    cell: (event) => (
      <Button variant="default" size="xs" aria-label={texts.detailsOf(actionInWords(event.action), formatTime(event.occurredAt))} onClick={() => onShow(event)}>
        {texts.details}
      </Button>
    ),
  },
];
