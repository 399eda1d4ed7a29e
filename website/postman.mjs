// Writes the Postman collection of openapi.json to the website, where it is /tenantry.postman_collection.json. Its requests have the examples of the
// document; a sign-up or sign-in sets the token and the organization of the other requests.
import { readFileSync, writeFileSync } from 'node:fs';
import converter from 'openapi-to-postmanv2';
import postman from 'postman-collection';

const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
const options = { folderStrategy: 'Tags', requestNameSource: 'Fallback', parametersResolution: 'Example', optimizeConversion: true, enableOptionalParameters: false };
const { output } = await new Promise((resolve, reject) => {
  converter.convertV2({ type: 'json', data: document }, options, (error, result) => {
    if (error) reject(error);
    else if (result.result) resolve(result);
    else reject(new Error(result.reason));
  });
});

const [{ data: collection }] = output;
collection.variable = [
  { key: 'baseUrl', value: 'http://localhost:3000' },
  { key: 'accessToken', value: '' },
  { key: 'organizationId', value: '' },
];
collection.auth = { type: 'bearer', bearer: [{ key: 'token', value: '{{accessToken}}', type: 'string' }] };

/** Keeps the tokens of an answer for the requests after it. */
const keepsTokens = [
  'const { accessToken, organization } = pm.response.json();',
  "if (accessToken !== undefined) pm.collectionVariables.set('accessToken', accessToken);",
  "if (organization !== undefined) pm.collectionVariables.set('organizationId', organization.id);",
];
const signsIn = /^\/api\/v1\/(?:auth\/(?:signup|login|refresh|switch-organization|mfa\/verify)|invitations\/accept)$/;

for (const folder of collection.item) {
  for (const item of folder.item) {
    const { request } = item;
    // The answers are in the reference: as examples they would be nine tenths of the file.
    delete item.response;
    // The variables of the collection have the credential, which public requests do not send.
    delete request.auth;
    const path = `/${request.url.path.join('/').replaceAll(/:(\w+)/g, '{$1}')}`;
    const { security } = document.paths[path][request.method.toLowerCase()];
    if (security.every((schemes) => Object.keys(schemes).length === 0)) request.auth = { type: 'noauth' };
    for (const variable of request.url.variable ?? []) if (variable.key === 'organizationId') variable.value = '{{organizationId}}';
    // Postman sends a header of the example to every server: only the person who uses it knows a key or another organization.
    request.header = (request.header ?? []).filter(({ key }) => ['Content-Type', 'Accept'].includes(key));
    if (signsIn.test(path)) item.event = [{ listen: 'test', script: { type: 'text/javascript', exec: keepsTokens } }];
  }
}

/** The library of Postman reads the collection, with a request for each operation. */
let requests = 0;
new postman.Collection(collection).forEachItem(({ request }) => {
  if (request.url.toString().startsWith('{{baseUrl}}/') && request.method !== '') requests += 1;
});
const operations = Object.values(document.paths).flatMap((item) => Object.keys(item)).length;
if (requests !== operations) throw new Error(`The collection has ${requests} requests for ${operations} operations.`);
writeFileSync(new URL('pages/public/tenantry.postman_collection.json', import.meta.url), JSON.stringify(collection));
