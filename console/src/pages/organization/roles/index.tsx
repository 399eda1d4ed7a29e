import { Tabbed } from '../../../parts/tabbed';
import { View } from '../../../parts/view';
import { useOrganization } from '../context';
import { Roles } from './roles';
import { Teams } from './teams';
import { texts } from './texts';
import { Why } from './why';

export function Page() {
  const { may } = useOrganization();
  return (
    <View title={texts.title}>
      <Tabbed
        tabs={[
          { key: 'roles', label: texts.roles, isOffered: may('roles:read'), content: () => <Roles /> },
          { key: 'teams', label: texts.teams, isOffered: may('teams:read'), content: () => <Teams /> },
          { key: 'why', label: texts.why, isOffered: true, content: () => <Why /> },
        ]}
      />
    </View>
  );
}
