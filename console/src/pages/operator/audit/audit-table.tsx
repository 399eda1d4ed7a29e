import { Stack } from '@mantine/core';
import type { AuditEvent } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { isKeyOf, optionsOf } from '../../../parts/choices';
import { DataTable } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { formatNumber } from '../../../texts/texts';
import { EventDetails } from '../../organization/audit/event-details';
import { columnsOf } from '../../organization/audit/events';
import { texts as ofEvents } from '../../organization/audit/texts';
import { ChoiceFilter, Filters, TextFilter } from '../parts';
import { operatorKey } from '../queries';
import { useFilters } from '../search';
import { texts as common } from '../texts';
import { texts } from './texts';

interface AuditTableProps {
  /** The organization; the events of the platform without one. */
  readonly organizationId?: string;
}

/** The audit log of an organization or of the platform, the latest event first. */
export function AuditTable({ organizationId }: AuditTableProps) {
  const [{ action, actor, target, outcome }, change] = useFilters();
  const [shown, setShown] = useState<AuditEvent>();
  const filters = {
    ...(action === undefined ? {} : { action }),
    ...(actor === undefined ? {} : { actorId: actor }),
    ...(target === undefined ? {} : { targetId: target }),
    ...(isKeyOf(ofEvents.outcomes, outcome) ? { outcome } : {}),
  };
  const query = { ...filters, ...(organizationId === undefined ? {} : { organizationId }) };
  const filterBy = (changes: Parameters<typeof change>[0]): void => {
    setShown(undefined);
    change(changes);
  };
  return (
    <Stack>
      <Filters>
        <TextFilter name="action" label={ofEvents.action} />
        <TextFilter name="actor" label={texts.actor} />
        <TextFilter name="target" label={texts.target} />
        <ChoiceFilter name="outcome" label={ofEvents.outcome} options={optionsOf(ofEvents.outcomes)} />
      </Filters>
      <DataTable
        label={common.audit}
        columns={columnsOf(setShown)}
        rowKey={({ id }) => id}
        queryKey={[operatorKey, 'audit', query]}
        load={({ limit, cursor }) => api.listPlatformAuditLogs({ query: { ...query, limit, ...(cursor === undefined ? {} : { cursor }) } })}
        isFiltered={Object.keys(filters).length > 0}
        minWidth={760}
      />
      <Dialog opened={shown !== undefined} onClose={() => setShown(undefined)} title={shown === undefined ? '' : ofEvents.event(formatNumber(shown.sequence))} size="xl">
        {shown === undefined ? null : (
          <EventDetails event={shown} onAction={(name) => filterBy({ action: name })} onActor={(id) => filterBy({ actor: id })} onTarget={(id) => filterBy({ target: id })} />
        )}
      </Dialog>
    </Stack>
  );
}
