import { Tabbed } from '../../../parts/tabbed';
import { View } from '../../../parts/view';
import { useOrganization } from '../context';
import { Compliance } from './compliance';
import { Policy } from './policy';
import { texts } from './texts';

export function Page() {
  const { may } = useOrganization();
  return (
    <View title={texts.title}>
      <Tabbed
        tabs={[
          { key: 'policy', label: texts.policy, isOffered: may('security:read'), content: () => <Policy /> },
          { key: 'compliance', label: texts.compliance, isOffered: may('security:write') && may('organization:read'), content: () => <Compliance /> },
        ]}
      />
    </View>
  );
}
