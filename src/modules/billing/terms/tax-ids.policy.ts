import vat, { type Country } from 'jsvat-next';

const { checkVAT } = vat;
/** The countries whose tax ids have a form that is checked: the European Union. */
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
  ].map((country) => [country.codes[0] ?? '', country]),
);

/**
 * Whether a text has the form of a tax id of a country, such as `DE123456788`. In the European Union the prefix, the length and the check
 * digits are checked, without a network. Elsewhere every text of 4 characters is one.
 */
export function isTaxId(text: string, country: string): boolean {
  const rules = checked.get(country);
  return rules === undefined ? text.trim().length >= 4 : checkVAT(text, [rules]).isValid;
}
