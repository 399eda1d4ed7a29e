import { Anchor, Container, Group, Image, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { optionsOf } from './choices';
import { settings } from '../api/settings';
import { chooseLanguage, currentLanguage, languages, texts, type Language } from '../texts/texts';
import { brandQuery } from './branded-theme';

/** Returns the name to show: of the organization of the host, or of the product. */
export function useBrandName(): string {
  const { data: brand } = useQuery(brandQuery);
  return brand?.branding.displayName ?? brand?.name ?? settings.product;
}

interface SheetProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Below the sheet, such as links to other pages. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
}

/** A page: one sheet with the brand above it. */
export function Sheet({ title, children, footer, wide = false }: SheetProps) {
  const { data: brand } = useQuery(brandQuery);
  const name = useBrandName();
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  const { logoUrl = null, supportEmail = null, supportUrl = null } = brand?.branding ?? {};
  const help = supportUrl ?? (supportEmail === null ? undefined : `mailto:${supportEmail}`);
  return (
    <Container component="main" size={wide ? 720 : 440} py="xl" px="md">
      <Stack gap="lg">
        <Group justify="center">
          {logoUrl === null ? (
            <Text fw={700} size="lg">
              {name}
            </Text>
          ) : (
            <Image src={logoUrl} alt={name} h={40} w="auto" fit="contain" referrerPolicy="no-referrer" />
          )}
        </Group>
        <Paper withBorder radius="md" p="md">
          <Stack>
            <Title order={1} size="h2">
              {title}
            </Title>
            {children}
          </Stack>
        </Paper>
        <Stack align="center" gap="xs">
          {footer}
          <Group gap="md">
            <NativeSelect
              aria-label="Language"
              size="xs"
              value={currentLanguage()}
              data={optionsOf(languages)}
              onChange={({ currentTarget }) => chooseLanguage(currentTarget.value as Language)}
            />
            {help === undefined ? null : (
              <Anchor href={help} size="sm">
                {texts().help}
              </Anchor>
            )}
          </Group>
        </Stack>
      </Stack>
    </Container>
  );
}
