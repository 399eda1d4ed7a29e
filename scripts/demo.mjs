// npm run demo: creates two companies on a running server, lets one attack the other over HTTP, and checks every response.
// Exits with 1 when a check fails.
import { npmScript } from './arguments.mjs';
import { attacks } from './demo/attacks.mjs';
import { foundCompany, removeMember } from './demo/companies.mjs';
import { assertServerResponds, serverUrl, urlArgument } from './demo/server-url.mjs';
import { Api, check, scene, summary } from './demo/stage.mjs';

const [argument] = npmScript('demo', 'Creates two companies on a running server, lets one attack the other, and checks every response.')
  .argument(...urlArgument)
  .parse().args;
const url = serverUrl(argument);
await assertServerResponds(url, 'demo');
const api = new Api(url);

scene('Two companies sign up, invite two people each, and create teams');
const acme = await foundCompany(api, 'Acme');
const globex = await foundCompany(api, 'Globex');

scene(`${acme.name} attacks ${globex.name}`);
const before = await globex.snapshot();
await attacks(api, acme, globex);
check(`the data of ${globex.name} is unchanged`, JSON.stringify(await globex.snapshot()), JSON.stringify(before));

scene('A member is removed');
await removeMember(acme);

process.exitCode = summary();
