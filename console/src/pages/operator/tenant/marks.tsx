import { Group } from '@mantine/core';
import type { Item } from '@tenantry/sdk';
import { Mark } from '../parts';
import { texts as common } from '../texts';

/** The states of a tenant. */
export function TenantMarks({
  tenant: { status, deletedAt, maintenanceMode, isDemo },
}: {
  readonly tenant: Pick<Item<'listTenants'>, 'status' | 'deletedAt' | 'maintenanceMode' | 'isDemo'>;
}) {
  return (
    <Group gap={4}>
      <Mark isBad={status === 'suspended' || status === 'cancelled'}>{common.statuses[status]}</Mark>
      {deletedAt === null ? null : <Mark isBad>{common.deleted}</Mark>}
      {maintenanceMode ? <Mark isBad>{common.maintenance}</Mark> : null}
      {isDemo ? <Mark>{common.demo}</Mark> : null}
    </Group>
  );
}
