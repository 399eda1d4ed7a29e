import { Group } from '@mantine/core';
import type { Item } from '@tenantry/sdk';
import { StatusBadge } from '../../../parts/status-badge';
import { texts as common } from '../texts';

/** The states of a tenant. */
export function TenantMarks({
  tenant: { status, deletedAt, maintenanceMode, isDemo },
}: {
  readonly tenant: Pick<Item<'listTenants'>, 'status' | 'deletedAt' | 'maintenanceMode' | 'isDemo'>;
}) {
  return (
    <Group gap={4}>
      <StatusBadge isBad={status === 'suspended' || status === 'cancelled'}>{common.statuses[status]}</StatusBadge>
      {deletedAt === null ? null : <StatusBadge isBad>{common.deleted}</StatusBadge>}
      {maintenanceMode ? <StatusBadge isBad>{common.maintenance}</StatusBadge> : null}
      {isDemo ? <StatusBadge>{common.demo}</StatusBadge> : null}
    </Group>
  );
}
