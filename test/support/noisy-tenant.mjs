// A tenant that does its worst, in a process of its own, so that it does not delay the measurements of the test. It sends requests without a pause, whatever it is answered,
// and writes the number of its answers by kind and status when its standard input ends.
import { Agent, request } from 'node:http';

const { url, token, organizationId, concurrency } = JSON.parse(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
const home = `/organizations/${organizationId}`;
const range = 'from=2020-01-01&to=2020-12-31';
const long = { type: 'text/css', text: 'a { color: red; } '.repeat(1_800).slice(0, 32_768) };
let sent = 0;

const events = () => ({ events: Array.from({ length: 1000 }, (_, index) => ({ id: `${process.pid}-${sent}-${index}`, meter: 'tokens', quantity: 1 })) });
const document = () => Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, `${sent} ${'x'.repeat(200)}`]));

/** Each kind of heavy request: exports, batches, reports, large documents, and writes of its own rows, which the test has locked. */
const kinds = {
  current: () => ['GET', '/organizations/current'],
  members: () => ['GET', `${home}/members?limit=100`],
  'usage export': () => ['GET', `${home}/usage/export?what=events&format=csv`],
  'audit export': () => ['GET', `${home}/audit-logs/export?format=csv`],
  report: () => ['GET', `${home}/usage?groupBy=day&includeDetails=true&${range}`],
  events: () => ['POST', '/usage/events', events()],
  css: () => ['PATCH', '/tenant/branding', { customCss: long.text }],
  document: () => ['PATCH', '/tenant/custom-settings', document()],
  'locked row': () => ['PATCH', home, { name: `Noisy ${sent}` }],
  'locked insert': () => ['POST', `${home}/teams`, { name: `Team ${sent}` }],
};

const tally = {};

function send(kind) {
  const [method, path, body] = kinds[kind]();
  const content = body === undefined ? undefined : JSON.stringify(body);
  sent += 1;
  return new Promise((resolve) => {
    const count = (status) => {
      tally[kind] ??= {};
      tally[kind][status] = (tally[kind][status] ?? 0) + 1;
      resolve();
    };
    const headers = { authorization: `Bearer ${token}`, ...(content === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }) };
    const sending = request(`${url}/api/v1${path}`, { method, agent, headers }, (response) => {
      response.resume();
      response.on('end', () => count(response.statusCode));
      response.on('error', () => count('lost'));
    });
    sending.on('error', () => count('lost'));
    sending.end(content);
  });
}

async function sendForEver(number) {
  for (let turn = number; ; turn += 1) await send(Object.keys(kinds)[turn % Object.keys(kinds).length]);
}

process.stdin.on('end', () => process.stdout.write(JSON.stringify(tally), () => process.exit(0)));
process.stdin.resume();
for (let number = 0; number < concurrency; number += 1) void sendForEver(number);
