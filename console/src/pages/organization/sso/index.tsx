import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Tabbed } from '../../../parts/tabbed';
import { View } from '../../../parts/view';
import { useOrganization } from '../context';
import { featuresQuery } from '../queries';
import { Connections } from './connections';
import { Directories } from './directories';
import { SetupLinks } from './setup-links';
import { texts } from './texts';

export function Page() {
  const { may } = useOrganization();
  return (
    <View title={texts.title}>
      <Tabbed
        tabs={[
          { key: 'connections', label: texts.connections, isOffered: may('security:read'), content: () => <InPlan feature="sso">{(has) => <Connections canAdd={has} />}</InPlan> },
          { key: 'links', label: texts.links, isOffered: may('security:read'), content: () => <InPlan feature="sso">{(has) => <SetupLinks canAdd={has} />}</InPlan> },
          {
            key: 'directories',
            label: texts.directories,
            isOffered: may('security:read'),
            content: () => <InPlan feature="directory_sync">{(has) => <Directories canAdd={has} />}</InPlan>,
          },
        ]}
      />
    </View>
  );
}

/** Says that a feature is missing. What was set up with it before can still be seen and removed. */
function InPlan({ feature, children }: { readonly feature: string; readonly children: (has: boolean) => ReactNode }) {
  const { data: features } = useQuery(featuresQuery(useOrganization()));
  const isMissing = features?.some(({ key, enabled }) => key === feature && !enabled) === true;
  return (
    <>
      {isMissing ? (
        <Alert color="yellow" variant="outline" role="status" mb="md">
          {texts.notInPlan}
        </Alert>
      ) : null}
      {children(!isMissing)}
    </>
  );
}
