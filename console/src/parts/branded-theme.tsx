import { Anchor, createTheme, MantineProvider, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../api/client';
import { mayHaveBrand } from '../api/settings';

/** The organization of the host, if it has one of its own, with the shades of its color. */
export const brandQuery = queryOptions({
  queryKey: ['brand'],
  staleTime: Infinity,
  queryFn: async () => {
    if (!mayHaveBrand) return null;
    const info = await api.getTenantInfo().catch(() => undefined);
    const color = info?.branding.primaryColor ?? undefined;
    const shades: MantineColorsTuple | undefined = color === undefined ? undefined : (await import('@mantine/colors-generator')).generateColors(color);
    return info === undefined ? null : { ...info, shades };
  },
});

const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// Links in a text differ from it by more than their color (WCAG 2.2, 1.4.1).
const components = { Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }) };
const base = { components, autoContrast: true, primaryShade: 8, respectReducedMotion: true } as const;

/** Raises the contrast of texts to what WCAG 2.2 asks for (1.4.3). */
const contrast: CSSVariablesResolver = ({ colors: { gray, red } }) => ({
  variables: {},
  light: { '--mantine-color-dimmed': gray?.[7] ?? '', '--mantine-color-error': red?.[9] ?? '', '--mantine-color-red-outline': red?.[9] ?? '' },
  dark: { '--mantine-color-dimmed': gray?.[4] ?? '', '--mantine-color-error': red?.[4] ?? '', '--mantine-color-red-outline': red?.[4] ?? '' },
});

/** Gives the pages the color of the organization of the host. */
export function BrandedTheme({ children }: { readonly children: ReactNode }) {
  const { data: brand, isPending } = useQuery(brandQuery);
  const shades = brand?.shades;
  const theme = createTheme(shades === undefined ? base : { ...base, colors: { brand: shades }, primaryColor: 'brand' });
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={contrast} getStyleNonce={() => nonce}>
      {isPending ? null : children}
    </MantineProvider>
  );
}
