import type { CatalogProblem } from '../catalog-problem.js';
import { countries } from '../countries.js';
import type { Rule } from './catalog-rule.js';

const hint = 'use an ISO 3166-1 alpha-2 code in capitals, such as DE or US.';
const countryProblem = (path: readonly (string | number)[], country: string, atKey = false): CatalogProblem[] =>
  countries.includes(country) ? [] : [{ path, atKey, message: `"${country}" is not a country.`, hint }];

const sellerIsSomewhere: Rule = ({ seller }) => (seller === undefined ? [] : countryProblem(['seller', 'address', 'country'], seller.address.country));

const taxesHaveASeller: Rule = ({ taxes, seller }) =>
  taxes === undefined || seller !== undefined
    ? []
    : [{ path: ['taxes'], atKey: true, message: 'there are taxes, but no seller.', hint: 'add `seller:` with a name and an address. Its country decides which tax applies.' }];

const taxCountriesExist: Rule = ({ taxes, seller }) => {
  if (taxes === undefined) return [];
  const { rates, reverseCharge = [] } = taxes;
  const home = seller?.address.country;
  const unpaid: CatalogProblem[] =
    home === undefined || Object.hasOwn(rates, home)
      ? []
      : [
          {
            path: ['taxes', 'rates'],
            atKey: true,
            message: `there is no rate for ${home}, the country of the seller.`,
            hint: `add \`${home}: { name: VAT, percent: … }\`; 0 is a rate.`,
          },
        ];
  return [
    ...Object.keys(rates).flatMap((country) => countryProblem(['taxes', 'rates', country], country, true)),
    ...Object.entries(rates).flatMap(([country, { percent }]): CatalogProblem[] =>
      Math.abs(percent * 1000 - Math.round(percent * 1000)) < 1e-6
        ? []
        : [{ path: ['taxes', 'rates', country, 'percent'], message: `the rate of ${country} has more than three decimals.`, hint: 'use at most three decimals, such as 8.875.' }],
    ),
    ...reverseCharge.flatMap((country, index) => countryProblem(['taxes', 'reverseCharge', index], country)),
    ...unpaid,
  ];
};

/** The rules for the seller and the taxes. */
export const taxRules: readonly Rule[] = [sellerIsSomewhere, taxesHaveASeller, taxCountriesExist];
