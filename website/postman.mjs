// Writes the Postman collection of openapi.json to the website, where it is /tenantry.postman_collection.json.
import { readFileSync, writeFileSync } from 'node:fs';
import converter from 'openapi-to-postmanv2';

const input = { type: 'string', data: readFileSync(new URL('../openapi.json', import.meta.url), 'utf8') };
const result = await new Promise((resolve, reject) => {
  converter.convertV2(input, { folderStrategy: 'Tags', requestNameSource: 'Fallback' }, (error, found) => (error ? reject(error) : resolve(found)));
});
if (!result.result) throw new Error(result.reason);
writeFileSync(new URL('pages/public/tenantry.postman_collection.json', import.meta.url), JSON.stringify(result.output[0].data));
