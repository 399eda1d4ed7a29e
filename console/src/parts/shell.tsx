import { AppShell, Burger, Button, Group, Menu, NativeSelect, NavLink, ScrollArea, Stack, Text, type NavLinkProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { createLink, Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { forwardRef, useEffect, type ReactNode } from 'react';
import { optionsOf } from './choices';
import { api } from '../api/client';
import { chooseLanguage, currentLanguage, languages, texts, type Language } from '../texts/texts';
import { RecentLoginProvider } from './recent-login';
import { useBrandName } from './sheet';
import './shell.css';

/** An entry of the navigation. It is marked while its page is shown. */
export const ShellLink = createLink(forwardRef<HTMLAnchorElement, NavLinkProps>((props, ref) => <NavLink ref={ref} variant="filled" {...props} />));

interface ShellProps {
  /** What the console is about: the name of an organization. */
  readonly title: string;
  /** The links of the navigation. */
  readonly navigation: ReactNode;
  /** The name of the person who is signed in. */
  readonly person: string;
  /** Above the page, such as a warning. */
  readonly banner?: ReactNode;
  /** Stands in the place of the page, such as the reason why it is not shown. */
  readonly children?: ReactNode;
}

/** The frame of a console: header, navigation, and the page. */
export function Shell({ title, navigation, person, banner, children = <Outlet /> }: ShellProps) {
  const t = texts();
  const brand = useBrandName();
  const [opened, { toggle, close }] = useDisclosure();
  const address = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(close, [address, close]);
  return (
    <RecentLoginProvider>
      <AppShell header={{ height: 56 }} navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding="md">
        <AppShell.Header px="md">
          <a href="#content" className="skip-link">
            {t.skipToContent}
          </a>
          <Group h="100%" justify="space-between" wrap="nowrap">
            <Group wrap="nowrap" gap="sm" miw={0}>
              <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t.navigation} aria-expanded={opened} />
              <Text fw={700} truncate>
                {title}
              </Text>
              <Text c="dimmed" size="sm" visibleFrom="sm" truncate>
                {brand}
              </Text>
            </Group>
            <PersonMenu person={person} />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label={t.navigation}>
          <AppShell.Section grow component={ScrollArea}>
            {navigation}
          </AppShell.Section>
          <AppShell.Section>
            <NativeSelect
              aria-label="Language"
              size="xs"
              value={currentLanguage()}
              data={optionsOf(languages)}
              onChange={({ currentTarget }) => chooseLanguage(currentTarget.value as Language)}
            />
          </AppShell.Section>
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          <Stack>
            {banner}
            {children}
          </Stack>
        </AppShell.Main>
      </AppShell>
    </RecentLoginProvider>
  );
}

function PersonMenu({ person }: { readonly person: string }) {
  const t = texts();
  const router = useRouter();
  const signOut = useMutation({ mutationFn: () => api.logOut(), onSuccess: () => router.navigate({ to: '/sign-in' }) });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" size="sm" maw={180} style={{ flexShrink: 0 }} loading={signOut.isPending}>
          {person}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void router.navigate({ to: '/account' })}>{t.account}</Menu.Item>
        <Menu.Item onClick={() => void router.navigate({ to: '/organizations' })}>{t.yourOrganizations}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => signOut.mutate()}>{t.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
