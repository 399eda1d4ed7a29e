// Checks openapi.json against the rules of Redocly (recommended-strict) and Spectral (oas). Prints each finding with its place.
import { createConfig, lint } from '@redocly/openapi-core';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { readFileSync } from 'node:fs';

const file = 'openapi.json';

const config = await createConfig({ extends: ['recommended-strict'] });
const ofRedocly = (await lint({ ref: file, config })).map(({ ruleId, message, location }) => `${location[0]?.pointer ?? '#/'} ${message} (Redocly: ${ruleId})`);

const linter = new spectral.Spectral();
linter.setRuleset({ extends: [[rulesets.oas, 'recommended']], rules: { 'oas3-parameter-description': 'warn' } });
const ofSpectral = (await linter.run(JSON.parse(readFileSync(file, 'utf8')))).map(({ code, message, path }) => `#/${path.join('/')} ${message} (Spectral: ${code})`);

const findings = [...ofRedocly, ...ofSpectral];
for (const finding of findings) console.error(`${file}: ${finding}`);
console.log(`${file}: ${findings.length} findings.`);
process.exitCode = findings.length > 0 ? 1 : 0;
