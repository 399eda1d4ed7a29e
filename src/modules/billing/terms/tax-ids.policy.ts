import vat, { type Country } from 'jsvat-next';

const { checkVAT } = vat;
/** The countries whose tax ids have a form that is checked: the European Union, and others that `jsvat-next` knows well. */
const checked: ReadonlyMap<string, Country> = new Map(
  [
    vat.austria,
    vat.belgium,
    vat.bulgaria,
    vat.croatia,
    vat.cyprus,
    vat.czechRepublic,
    vat.denmark,
    vat.estonia,
    vat.finland,
    vat.france,
    vat.germany,
    vat.greece,
    vat.hungary,
    vat.ireland,
    vat.italy,
    vat.latvia,
    vat.lithuania,
    vat.luxembourg,
    vat.malta,
    vat.netherlands,
    vat.poland,
    vat.portugal,
    vat.romania,
    vat.slovakiaRepublic,
    vat.slovenia,
    vat.spain,
    vat.sweden,
    vat.australia,
    vat.norway,
    vat.switzerland,
    vat.unitedKingdom,
  ].map((country) => [country.codes[0] ?? '', country]),
);

/**
 * Whether a text has the form of a tax id of a country, such as `DE123456788`. In the European Union, Australia, Norway, Switzerland and the United
 * Kingdom the prefix, the length and the check digits are checked, without a network. Elsewhere every text of 4 characters is one. A number of
 * zeros, whose check digit is right in some countries, is nobody's.
 */
export function isTaxId(text: string, country: string): boolean {
  if (/^[^1-9]*0[^1-9]*$/.test(text)) return false;
  const rules = checked.get(country);
  if (rules === undefined) return text.trim().length >= 4;
  // The library wants Norwegian ids without their prefix and with their suffix, which people write or not.
  const written = country === 'NO' ? `${text.replaceAll(/^\s*NO|\s*MVA\s*$/gi, '')}MVA` : text;
  return checkVAT(written, [rules]).isValid;
}
