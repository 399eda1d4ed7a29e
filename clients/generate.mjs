// Generates the clients from the document into generated/.
import { createClient } from '@hey-api/openapi-ts';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import openapiTypescript, { astToString } from 'openapi-typescript';
import orval from 'orval';
import { FetchingJSONSchemaStore, InputData, JSONSchemaInput, quicktype } from 'quicktype-core';

const file = '../openapi.json';
const target = 'generated';
export const document = JSON.parse(readFileSync(file, 'utf8'));

/** The types of the document, for openapi-fetch. */
async function withOpenapiTypescript() {
  writeFileSync(`${target}/openapi-typescript.ts`, astToString(await openapiTypescript(document)));
}

async function withHeyApi() {
  await createClient({ input: file, output: `${target}/hey-api`, plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch'], logs: { level: 'silent' } });
}

async function withOrval() {
  await orval.generate({ input: { target: file }, output: { target: `${target}/orval.ts`, client: 'fetch', mode: 'single' } });
}

/** Python classes that read and write the schemas. */
async function withQuicktype() {
  const definitions = JSON.parse(JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/definitions/'));
  const input = new JSONSchemaInput(new FetchingJSONSchemaStore());
  await input.addSource({ name: 'tenantry', uris: ['#/definitions/'], schema: JSON.stringify({ definitions }) });
  const inputData = new InputData();
  inputData.addInput(input);
  const { lines } = await quicktype({ inputData, lang: 'python', rendererOptions: { 'python-version': '3.7' } });
  writeFileSync(`${target}/models.py`, lines.join('\n'));
}

/** The types of the SDK must be those of another generator: each line compares one schema. */
function comparison() {
  const lines = Object.keys(document.components.schemas).map((name) => `export const of${name}: Same<components['schemas']['${name}'], sdk.${name}> = true;`);
  writeFileSync(
    `${target}/sdk.ts`,
    `import type * as sdk from '../../sdk/src/generated/api.js';
import type { components } from './openapi-typescript.js';

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;
${lines.join('\n')}
`,
  );
}

export async function generate() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  await withOpenapiTypescript();
  await withHeyApi();
  await withOrval();
  await withQuicktype();
  comparison();
}
