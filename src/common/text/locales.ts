import { packages } from '../packages.js';

/** Codes that stand for no language or region, for several, or for one that has no code. */
const unspecific = { language: ['und', 'mul', 'mis', 'zxx'], script: ['zzzz', 'zyyy', 'zinh', 'zxxx'], region: ['aa', 'zz'] } as const satisfies Record<string, readonly string[]>;
/** Kosovo: a private code in the registry that CLDR, and so every platform, uses. */
const alsoRegions: ReadonlySet<string> = new Set(['xk']);

function isKnown(kind: keyof typeof unspecific, subtag: string | undefined): boolean {
  if (subtag === undefined) return kind !== 'language';
  const code = subtag.toLowerCase();
  if (kind === 'region' && alsoRegions.has(code)) return true;
  const { languageSubtags } = packages;
  return !(unspecific[kind] as readonly string[]).includes(code) && Object.hasOwn(languageSubtags, code) && languageSubtags[code]?.[kind] !== undefined;
}

/**
 * Returns a BCP 47 language tag in its canonical form, such as `en-US` for `EN-us`. Undefined for a text that is not well-formed, and for a language,
 * script or region that is not in the registry.
 */
export function canonicalLocale(text: string): string | undefined {
  try {
    const [canonical = ''] = Intl.getCanonicalLocales(text);
    const { language, script, region } = new Intl.Locale(canonical);
    return isKnown('language', language) && isKnown('script', script) && isKnown('region', region) ? canonical : undefined;
  } catch {
    return undefined;
  }
}
