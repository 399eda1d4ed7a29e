import { View } from '../../../parts/view';
import { texts as common } from '../texts';
import { AuditTable } from './audit-table';
import { texts } from './texts';

/** The audit log of the platform. */
export function Page() {
  return (
    <View title={common.audit} description={texts.description}>
      <AuditTable />
    </View>
  );
}
