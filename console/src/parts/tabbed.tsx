import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { NoPermissionState } from './states';

export interface Tab {
  readonly key: string;
  readonly label: string;
  /** Whether the person may see it. */
  readonly isOffered: boolean;
  readonly content: () => ReactNode;
}

/** The parts of a page in tabs. Each reads what it shows when it is opened. */
export function Tabbed({ tabs }: { readonly tabs: readonly Tab[] }) {
  const offered = tabs.filter(({ isOffered }) => isOffered);
  const [first] = offered;
  if (first === undefined) return <NoPermissionState />;
  return (
    <Tabs defaultValue={first.key} keepMounted={false}>
      <Tabs.List mb="md">
        {offered.map(({ key, label }) => (
          <Tabs.Tab key={key} value={key}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {offered.map(({ key, content }) => (
        <Tabs.Panel key={key} value={key}>
          {content()}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
