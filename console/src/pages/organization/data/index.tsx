import { Stack } from '@mantine/core';
import { Section, View } from '../../../parts/view';
import { useOrganization } from '../context';
import { DeleteOrganization } from './delete-organization';
import { Exports } from './exports';
import { texts } from './texts';

/** What leaves with the data of the organization: exports of everything, and its deletion. */
export function Page() {
  const { may } = useOrganization();
  const [mayExport, mayDelete] = [may('organization:export'), may('organization:delete')];
  return (
    <View title={texts.title}>
      <Stack gap="xl">
        {mayExport || !mayDelete ? <Exports /> : null}
        {mayDelete ? (
          <Section title={texts.deletion} description={texts.deletionHint}>
            <DeleteOrganization />
          </Section>
        ) : null}
      </Stack>
    </View>
  );
}
