import { formatAddress } from 'localized-address-format';
import { postcodeValidator, postcodeValidatorExistsForCountry } from 'postcode-validator';
import type { FieldError } from './errors/app-error.js';

/** The parts of an address whose rules differ between countries. */
export interface PostalAddress {
  readonly country: string;
  readonly city?: string | undefined;
  readonly region?: string | undefined;
  readonly postalCode?: string | undefined;
}

/** Countries without deliveries to an address that has no postal code. Source: the field `require` of Google's libaddressinput. */
const withRequiredPostalCode = new Set(
  (
    'AS AT AU AX BE BL BR CA CH CN CZ DE DK EE ES FI FK FM FR GB GF GG GL GP GR GS GU HU IM IN IO IT JE JP KR LI LT LU LV MF MH MP MQ MX MY NC NL NO NZ PF PL PM PN ' +
    'PR PT PW RE RO RU SE SG SH SJ SK SM TC TR TW UA US VI WF YT ZA'
  ).split(' '),
);
/** Countries whose addresses have a city, but can name a region instead. The same source. */
const withRegionOrCity = new Set(['CO', 'HK', 'ID']);

type Part = 'city' | 'region' | 'postalCode';

/** Returns which parts the address format of a country has. */
function partsOf(country: string): ReadonlySet<Part> {
  const parts = { locality: 'city', administrativeArea: 'region', postalCode: 'postalCode' } as const;
  const text = formatAddress({ postalCountry: country, locality: '<city>', administrativeArea: '<region>', postalCode: '<postalCode>', addressLines: [] }).join('\n');
  return new Set(Object.values(parts).filter((part) => text.includes(`<${part}>`)));
}

/** Whether a text is a postal code of a country. How it is separated and whether letters are capitals is left to the writer. */
function isPostalCode(text: string, country: string): boolean {
  if (!postcodeValidatorExistsForCountry(country)) return true;
  const compact = text.toUpperCase().replace(/[\s-]+/g, '');
  const separated = Array.from({ length: compact.length }, (_, at) => [' ', '-'].map((separator) => `${compact.slice(0, at)}${separator}${compact.slice(at)}`)).flat();
  const bare = compact.startsWith(country) ? [compact.slice(country.length)] : [];
  return [text, text.toUpperCase(), compact, ...separated, ...bare].some((spelling) => postcodeValidator(spelling, country));
}

/** Returns what is wrong with a postal code of a country; nothing where addresses have none. */
export function faultsOfPostalCode(postalCode: string, country: string, pointer: string): FieldError[] {
  if (!partsOf(country).has('postalCode') || isPostalCode(postalCode, country)) return [];
  return [{ pointer: `${pointer}/postalCode`, code: 'invalid_postal_code', message: `${postalCode} is not a postal code of ${country}` }];
}

/** Returns what the address lacks in its country, and what is wrong there. */
export function faultsOfAddress({ country, city, region, postalCode }: PostalAddress, pointer: string): FieldError[] {
  const parts = partsOf(country);
  const fault = (part: Part, code: string, message: string): FieldError => ({ pointer: `${pointer}/${part}`, code, message });
  const faults: FieldError[] = [];
  const regionSuffices = parts.has('region') && (!parts.has('city') || withRegionOrCity.has(country));
  if (city === undefined && !(regionSuffices && region !== undefined) && (parts.has('city') || parts.has('region')))
    faults.push(fault('city', 'city_required', `an address in ${country} needs a city${regionSuffices ? ' or region' : ''}`));
  if (postalCode === undefined && withRequiredPostalCode.has(country)) faults.push(fault('postalCode', 'postal_code_required', `an address in ${country} needs a postal code`));
  return postalCode === undefined ? faults : [...faults, ...faultsOfPostalCode(postalCode, country, pointer)];
}
