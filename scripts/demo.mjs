// npm run demo: creates two companies on a running server, lets one attack the other over HTTP, and checks every response.
// Exits with 1 when a check fails. The URL of the server is the first argument, or TENANTRY_URL, or http://localhost:<PORT>.
import { attacks } from './demo/attacks.mjs';
import { foundCompany, removeMember } from './demo/companies.mjs';
import { Api, check, scene, summary } from './demo/stage.mjs';

const { TENANTRY_URL, PORT = '3000' } = process.env;
const url = process.argv[2] ?? TENANTRY_URL ?? `http://localhost:${PORT}`;
const api = new Api(url.replace(/\/+$/, ''));

if (!(await api.get('//health/ready').catch(() => ({ status: 0 }))).status) {
  console.error(`No tenantry server responds at ${url}. Start one with: npm start. For another server: npm run demo -- http://localhost:3001`);
  process.exit(1);
}

scene('Two companies sign up, invite two people each, and create projects');
const acme = await foundCompany(api, 'Acme');
const globex = await foundCompany(api, 'Globex');

scene(`${acme.name} attacks ${globex.name}`);
const before = await globex.snapshot();
await attacks(api, acme, globex);
check(`the data of ${globex.name} is unchanged`, JSON.stringify(await globex.snapshot()), JSON.stringify(before));

scene('A member is removed');
await removeMember(acme);

process.exitCode = summary();
