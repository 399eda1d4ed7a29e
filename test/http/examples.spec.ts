import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf, type Operation, type PlacedOperation } from '../../src/contract/open-api.js';
import { calls, harmless, unrecorded, type Stage } from '../audit/calls.js';
import { resourceBodies } from '../audit/resource-calls.js';
import { closeStage, openStage } from '../audit/stage.js';
import type { Answer, Client } from '../support/client.js';
import { ExampleClient, type Example } from '../support/example-client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { Places } from '../support/places.js';
import type { Person } from '../support/world.js';

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as OpenAPIObject;
const operations = operationsOf(document);

/** Returns the examples of the body of an operation. */
const examplesOf = ({ operationId, requestBody }: Operation): Example[] =>
  Object.entries(requestBody?.content ?? {}).flatMap(([type, { example, examples }]) =>
    examples === undefined ? [{ operationId, type, value: example }] : Object.entries(examples).map(([name, { value }]) => ({ operationId, name, type, value })),
  );

const firstExamples = operations.flatMap(({ operation }) => examplesOf(operation).slice(0, 1));

const outcomeOf = ({ status, text }: Answer, { responses }: Operation): object => ({ isSuccess: status < 400 && String(status) in responses, text: status < 400 ? '' : text });
const success = { isSuccess: true, text: '' };

/** The day of the examples: what they report has happened lately. */
const day = new Date('2026-11-21T12:00:00.000Z');

let stage: Stage;
/** The default catalog has no meter that products report, reserve or lease, and sells webhooks. */
let grading: TestServer;
let leasing: TestServer;
beforeAll(async () => {
  stage = await openStage();
  grading = await startTestServer({ CATALOG: 'quizmarker' });
  leasing = await startTestServer({ CATALOG: 'toolboxai' });
  await stage.server.world.owner({ email: 'ada@example.com', verified: true });
});
afterAll(async () => {
  await grading.close();
  await leasing.close();
  await closeStage(stage);
});

const setClocks = (now: Date | undefined): Promise<unknown> => Promise.all([stage.server, grading, leasing].map(({ control }) => control.setClock(now)));

const serverOf = (path: string): TestServer => (path.includes('/usage/leases') ? leasing : /\/usage\/(?:events|reservations)|\/webhooks\//.test(path) ? grading : stage.server);

type Sending = (client: Client) => ExampleClient;

/** Examples that have a value of the world in which they work, where the call of the operation has another one. */
const ready: Readonly<Record<string, (sending: Sending, example: Example) => Promise<Answer>>> = {
  'completeMailSignIn code': async (sending) => {
    const { email } = await stage.server.world.owner({ verified: true });
    const { requestToken } = (await stage.server.api.post('/auth/mail/start', { email })).body;
    const { mail } = await stage.server.mailbox.waitFor(email, 'Sign in');
    const code = /^\d{4} \d{4}$/m.exec(mail.text ?? '')?.[0];
    return sending(stage.server.api).post('/auth/mail/complete', { requestToken, code });
  },
  'verifyDomain mail': async (sending) => {
    const { id } = (await stage.owner.api.post('/tenant/domains', { kind: 'email', domain: 'school.example' })).body;
    return sending(stage.owner.api).post(`/tenant/domains/${id}/verify`);
  },
  receiveStripeEvent: async (_, { value }) => stage.stripe.deliver(stage.paid.api, value as Record<string, unknown>),
};

/** Sends the request of an operation that has been made ready, with an example in the place of its body. */
async function send({ path, operation: { operationId } }: PlacedOperation, example: Example | undefined): Promise<Answer> {
  const examples = [...(example === undefined ? [] : [example]), ...firstExamples.filter((other) => other.operationId !== operationId)];
  const sending: Sending = (client) => new ExampleClient(client, examples);
  const own = ready[[operationId, example?.name].filter(Boolean).join(' ')];
  if (own !== undefined && example !== undefined) return own(sending, example);
  const [call, other] = [calls[operationId], unrecorded[operationId]?.call ?? harmless[operationId]];
  if (call !== undefined) return (await call(stage)).send(sending);
  if (other === undefined) throw new Error('test/audit/calls.ts does not make this operation ready.');
  const { world, api } = serverOf(path);
  const metered = await world.owner();
  return other({ ...stage, metered: { ...metered, api: sending(api.as(metered.accessToken)) } }, sending);
}

describe('the example in the document', () => {
  const changes = operations.filter(({ method }) => method !== 'GET');
  const cases = changes.flatMap((placed) => {
    const { operation } = placed;
    const examples: (Example | undefined)[] = examplesOf(operation);
    return (examples.length === 0 ? [undefined] : examples).map((example) => {
      const type = example?.type === 'application/json' ? undefined : example?.type;
      return { title: [operation.operationId, example?.name, type].filter(Boolean).join(' '), placed, example };
    });
  });

  // Somebody else has the short name of an example.
  beforeEach(() => stage.database.query(`update organizations set slug = 'no-longer-acme-' || right(id::text, 12) where slug = 'acme'`));

  it.each(cases)('$title', async ({ placed, example }) => {
    const isOfDay = JSON.stringify(example ?? {}).includes(day.toISOString().slice(0, 10));
    if (isOfDay) await setClocks(day);
    try {
      expect(outcomeOf(await send(placed, example), placed.operation)).toEqual(success);
    } finally {
      if (isOfDay) await setClocks(undefined);
    }
  });
});

describe('a read with the examples of its parameters', () => {
  let owner: Person;
  let grader: Person;
  let setupLink: Client;
  // The ids of an example are not those of resources to which another one can refer.
  const bodyOf = async ({ operationId }: Operation): Promise<unknown> =>
    (await resourceBodies[operationId]?.({ ...stage, owner })) ?? firstExamples.find((example) => example.operationId === operationId)?.value;
  beforeAll(async () => {
    [owner, grader] = (await Promise.all([stage.server, grading].map(({ world }) => world.owner({ verified: true })))) as [Person, Person];
    await new ExampleClient(owner.api, firstExamples).patch(`${owner.home}/subscription`);
    // The example buys another plan than the one that includes every feature.
    await stage.database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
    setupLink = stage.server.api.as((await owner.api.post('/tenant/sso-setup-links', { name: 'Pat' })).body.token as string);
    const invoice = await placesFor('').find('/api/v1/tenants/{tenantId}/invoices/{invoiceId}');
    await invoice.api.post(`${invoice.target}/credit-notes`, {});
  });

  const placesFor = (path: string): Places =>
    new Places(document, serverOf(path), { owner: serverOf(path) === grading ? grader : owner, operator: stage.operator.api, setupLink }, bodyOf);

  // The link of a download is signed, for a file that a worker writes: test/inside/organization-exports.spec.ts follows one.
  const reads = operations.filter(({ method, operation }) => method === 'GET' && operation.operationId !== 'downloadExport');
  it.each(reads)('$operation.operationId', async ({ path, operation }) => {
    const places = placesFor(path);
    const { target, api } = await places.find(path);
    const [{ organizationId, slug }, declared] = [serverOf(path) === grading ? grader : owner, JSON.stringify(operation.parameters ?? [])];
    const headers: Record<string, string> = declared.includes('/TenantId"')
      ? { 'x-tenant-id': organizationId }
      : declared.includes('"X-Tenant-Slug"')
        ? { 'x-tenant-slug': slug }
        : {};
    expect(outcomeOf(await api.get(`${target}${places.queryOf(operation)}`, { headers }), operation)).toEqual(success);
  });
});
