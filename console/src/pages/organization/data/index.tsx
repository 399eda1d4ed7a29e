import { Stack } from '@mantine/core';
import { Exports } from '../../../parts/exports';
import { Section, View } from '../../../parts/view';
import { useOrganization } from '../context';
import { DeleteOrganization } from './delete-organization';
import { texts } from './texts';

/** What leaves with the data of the organization: exports of everything, and its deletion. */
export function Page() {
  const { id, api, may } = useOrganization();
  const [mayExport, mayDelete] = [may('organization:export'), may('organization:delete')];
  return (
    <View title={texts.title}>
      <Stack gap="xl">
        {mayExport || !mayDelete ? (
          <Exports
            description={texts.exportsHint}
            list={['organization', id, 'exports']}
            load={(query) => api.listOrganizationExports({ query })}
            create={() => api.createOrganizationExport()}
            cancel={(exportId) => api.cancelOrganizationExport({ path: { exportId } })}
            makeLink={(exportId) => api.createOrganizationExportLink({ path: { exportId } })}
          >
            {texts.createHint}
          </Exports>
        ) : null}
        {mayDelete ? (
          <Section title={texts.deletion} description={texts.deletionHint}>
            <DeleteOrganization />
          </Section>
        ) : null}
      </Stack>
    </View>
  );
}
