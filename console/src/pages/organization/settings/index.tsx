import { Tabbed } from '../../../parts/tabbed';
import { View } from '../../../parts/view';
import { useOrganization } from '../context';
import { Features } from './features';
import { Profile } from './profile';
import { ProductSettings } from './product-settings';
import { texts } from './texts';
import { Transfer } from './transfer';

export function Page() {
  const { may } = useOrganization();
  return (
    <View title={texts.title}>
      <Tabbed
        tabs={[
          { key: 'profile', label: texts.profile, isOffered: may('organization:update'), content: () => <Profile /> },
          { key: 'settings', label: texts.settings, isOffered: may('settings:read'), content: () => <ProductSettings /> },
          { key: 'features', label: texts.features, isOffered: may('settings:read'), content: () => <Features /> },
          { key: 'transfer', label: texts.transfer, isOffered: may('organization:transfer') && may('members:read'), content: () => <Transfer /> },
        ]}
      />
    </View>
  );
}
