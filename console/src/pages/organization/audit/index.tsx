import { Tabs } from '@mantine/core';
import { View } from '../../../parts/view';
import { AuditEvents } from './events';
import { Reads } from './reads';
import { texts } from './texts';

/** The audit log: changes and refusals, and who read which records where that is recorded. */
export function Page() {
  return (
    <View title={texts.title} description={texts.description}>
      <Tabs defaultValue="changes" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="changes">{texts.changes}</Tabs.Tab>
          <Tabs.Tab value="reads">{texts.reads}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="changes">
          <AuditEvents />
        </Tabs.Panel>
        <Tabs.Panel value="reads">
          <Reads />
        </Tabs.Panel>
      </Tabs>
    </View>
  );
}
