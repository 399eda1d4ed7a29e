// Checks openapi.json against the rules of Redocly (recommended-strict) and Spectral (oas), and that all of its parts are described. Prints each finding with its place.
import { createConfig, lint } from '@redocly/openapi-core';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { readFileSync } from 'node:fs';
import { npmScript } from './arguments.mjs';

npmScript('check:contract', 'Checks openapi.json against the rules of Redocly and Spectral, and that all of its parts are described.').parse();

const file = 'openapi.json';

const config = await createConfig({ extends: ['recommended-strict'] });
const ofRedocly = (await lint({ ref: file, config })).map(({ ruleId, message, location }) => `${location[0]?.pointer ?? '#/'} ${message} (Redocly: ${ruleId})`);

const linter = new spectral.Spectral();
const { 'oas3-valid-schema-example': inSchemas, 'oas3-valid-media-example': inContent } = rulesets.oas.rules;
/** Redocly checks enums and other examples. It visits each schema once, where Spectral visits it again wherever the document refers to it. */
const rules = {
  'typed-enum': 'off',
  'duplicated-entry-in-enum': 'off',
  'oas3-valid-schema-example': 'off',
  'oas3-valid-media-example': 'off',
  'valid-default': { ...inSchemas, resolved: false, given: '$..[?(@ && @.default !== void 0 && (@.enum || @.type || @.format || @.$ref || @.properties || @.items))]' },
  'valid-header-example': { ...inContent, resolved: false, given: '$..headers[?(@ && @.schema && (@.example !== void 0 || @.examples))]' },
  'oas3-parameter-description': 'warn',
};
linter.setRuleset({ extends: [[rulesets.oas, 'recommended']], rules });
const document = JSON.parse(readFileSync(file, 'utf8'));
const ofSpectral = (await linter.run(document)).map(({ code, message, path }) => `#/${path.join('/')} ${message} (Spectral: ${code})`);

/** The last paragraph of an operation says who may call it, and is written by the server. */
const isExplained = ({ description = '' }) => description.split('\n\n').some((text, index, { length }) => index < length - 1 && !text.startsWith('Deprecated since'));
const operations = Object.entries(document.paths).flatMap(([route, item]) => Object.entries(item).map(([method, operation]) => [`#/paths/${route}/${method}`, operation]));
const fieldsOf = ([place, { properties = {}, allOf = [] }]) =>
  [...Object.entries(properties).map(([name, field]) => [`${place}/${name}`, field]), ...allOf.flatMap((part) => fieldsOf([place, part]))].flatMap((field) => [
    field,
    ...fieldsOf(field),
  ]);
const schemas = Object.entries(document.components.schemas).map(([name, schema]) => [`#/components/schemas/${name}`, schema]);
const parameters = [...operations.flatMap(([place, operation]) => (operation.parameters ?? []).map((each) => [place, each])), ...Object.entries(document.components.parameters)];
/** A caller cannot guess what null says: none, never, or as before. */
const isNullable = ({ type, anyOf = [], oneOf = [] }) => type === 'null' || (Array.isArray(type) && type.includes('null')) || [...anyOf, ...oneOf].some(isNullable);
const undescribed = [
  ...operations.filter(([, operation]) => !isExplained(operation)).map(([place]) => `${place} has no description`),
  ...parameters.filter(([, { $ref, description }]) => $ref === undefined && !description).map(([place, { name }]) => `${place} the parameter ${name} has no description`),
  ...(document.tags ?? []).filter(({ description }) => !description).map(({ name }) => `#/tags ${name} has no description`),
  ...schemas
    .flatMap(fieldsOf)
    .filter(([, { description }]) => !description)
    .map(([place]) => `${place} has no description`),
  ...schemas
    .flatMap(fieldsOf)
    .filter(([, field]) => isNullable(field) && !/\bnull\b/i.test(field.description))
    .map(([place]) => `${place} does not say what null means`),
];

const findings = [...ofRedocly, ...ofSpectral, ...undescribed];
for (const finding of findings) console.error(`${file}: ${finding}`);
console.log(`${file}: ${findings.length} findings.`);
process.exitCode = findings.length > 0 ? 1 : 0;
