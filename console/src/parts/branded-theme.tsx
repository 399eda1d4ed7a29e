import { Anchor, createTheme, darken, DirectionProvider, lighten, luminance, MantineProvider, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../api/client';
import { mayHaveBrand } from '../api/settings';

/** The shade of filled buttons and of what is chosen. */
const primaryShade = 8;

/** Puts the color itself where it is seen most: the generated shade of that place can be another one. */
const withColor = (shades: MantineColorsTuple, color: string): MantineColorsTuple => shades.with(primaryShade, color) as unknown as MantineColorsTuple;

/** The organization of the host, if it has one of its own, with the shades of its color. */
export const brandQuery = queryOptions({
  queryKey: ['brand'],
  staleTime: Infinity,
  queryFn: async () => {
    if (!mayHaveBrand) return null;
    const info = await api.getTenantInfo().catch(() => undefined);
    const color = info?.branding.primaryColor ?? undefined;
    const shades = color === undefined ? undefined : withColor((await import('@mantine/colors-generator')).generateColors(color), color);
    return info === undefined ? null : { ...info, shades };
  },
});

const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// Links in a text differ from it by more than their color (WCAG 2.2, 1.4.1).
const components = { Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }) };
// From a luminance of 0.179 on, black has more contrast than white.
const base = { components, autoContrast: true, luminanceThreshold: 0.179, primaryShade, respectReducedMotion: true } as const;

/** Changes a color step by step until it has a luminance with which texts can be read. */
function until(isReadable: (luminance: number) => boolean, change: (color: string, share: number) => string, color: string): string {
  const steps = Array.from({ length: 20 }, (_, step) => change(color, step / 20));
  return steps.find((step) => isReadable(luminance(step))) ?? change(color, 1);
}

/** Returns the variables of texts in the color of a brand, with the contrast that WCAG 2.2 asks for (1.4.3) on a white page, and on a dark one. */
function brandTexts(color: string) {
  const names = ['--mantine-color-anchor', '--mantine-color-brand-text', '--mantine-color-brand-light-color', '--mantine-color-brand-outline'];
  const all = (value: string): Record<string, string> => Object.fromEntries(names.map((name) => [name, value]));
  return { light: all(until((value) => value < 0.17, darken, color)), dark: all(until((value) => value > 0.3, lighten, color)) };
}

/** Raises the contrast of texts to what WCAG 2.2 asks for (1.4.3). */
const contrast: CSSVariablesResolver = ({ colors: { gray, red, brand } }) => {
  const texts = brand === undefined ? { light: {}, dark: {} } : brandTexts(brand[primaryShade]);
  return {
    variables: {},
    light: { ...texts.light, '--mantine-color-dimmed': gray?.[7] ?? '', '--mantine-color-error': red?.[9] ?? '', '--mantine-color-red-outline': red?.[9] ?? '' },
    dark: { ...texts.dark, '--mantine-color-dimmed': gray?.[4] ?? '', '--mantine-color-error': red?.[4] ?? '', '--mantine-color-red-outline': red?.[4] ?? '' },
  };
};

/** Gives the pages the color of the organization of the host, and the direction of the language, which the element `html` has. */
export function BrandedTheme({ children }: { readonly children: ReactNode }) {
  const { data: brand, isPending } = useQuery(brandQuery);
  const shades = brand?.shades;
  const theme = createTheme(shades === undefined ? base : { ...base, colors: { brand: shades }, primaryColor: 'brand' });
  return (
    <DirectionProvider>
      <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={contrast} getStyleNonce={() => nonce}>
        {isPending ? null : children}
      </MantineProvider>
    </DirectionProvider>
  );
}
