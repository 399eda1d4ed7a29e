// npm run demo: plays two companies and the attacks of one on the other against a started server, over HTTP only, and
// says of each step whether it went as it must. Ends with 1 when anything differs.
// The server's address: the first argument, or TENANTRY_URL, or http://localhost:3000.
import { attacks } from './demo/attacks.mjs';
import { foundCompany, removeMember } from './demo/companies.mjs';
import { Api, check, scene, summary } from './demo/stage.mjs';

const url = process.argv[2] ?? process.env['TENANTRY_URL'] ?? 'http://localhost:3000';
const api = new Api(url.replace(/\/+$/, ''));

if (!(await api.get('//health/ready').catch(() => ({ status: 0 }))).status) {
  console.error(`No tenantry answers at ${url}. Start one with: npm start`);
  process.exit(1);
}

scene('Two companies sign up, invite two people each, and make projects');
const acme = await foundCompany(api, 'Acme');
const globex = await foundCompany(api, 'Globex');

scene(`${acme.name} attacks ${globex.name}`);
const before = await globex.snapshot();
await attacks(api, acme, globex);
check(`everything of ${globex.name} is as it was`, JSON.stringify(await globex.snapshot()), JSON.stringify(before));

scene('A member is removed');
await removeMember(acme);

process.exitCode = summary();
