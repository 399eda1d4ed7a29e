import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudEvent, HTTP, type Message } from 'cloudevents';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

let server: TestServer;
let owner: Person;
beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'test/catalogs/usage.yaml' });
  owner = await server.world.owner();
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: any;
}

const post = (who: Person, raw: string | undefined, headers: Record<string, string>): Promise<Answer> => who.api.post('/usage/events', undefined, { raw: raw ?? '', headers });
const send = (message: Message, who = owner): Promise<Answer> => post(who, message.body as string | undefined, message.headers as Record<string, string>);
const sendStructured = (event: unknown, who = owner): Promise<Answer> => post(who, JSON.stringify(event), { 'content-type': 'application/cloudevents+json' });
const sendBatch = (events: unknown, who = owner): Promise<Answer> => post(who, JSON.stringify(events), { 'content-type': 'application/cloudevents-batch+json; charset=UTF-8' });
const used = async (who: Person, meter = 'tokens'): Promise<number> =>
  (await who.api.get('/tenant/limits')).body.data.find((limit: { meter: string }) => limit.meter === meter).used;

const attributes = (more: Record<string, unknown> = {}): Record<string, unknown> => ({ specversion: '1.0', id: randomUUID(), source: '/grader', type: 'tokens', ...more });
const recorded = { status: 200, body: { accepted: 1, repeated: 0, conflicts: [], refused: [] } };
const repeated = { status: 200, body: { accepted: 0, repeated: 1, conflicts: [], refused: [] } };

describe('CloudEvents of the official library', () => {
  const full = (more: Record<string, unknown> = {}): CloudEvent<unknown> =>
    new CloudEvent({
      id: randomUUID(),
      source: 'https://grader.example.com/runs?of=ada#1',
      type: 'tokens',
      subject: 'quiz 4711',
      time: new Date().toISOString(),
      datacontenttype: 'application/json; charset=utf-8',
      dataschema: 'urn:example:usage:1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      sampledrate: 30,
      data: { quantity: 7, metadata: { model: 'small' } },
      ...more,
    });

  it('an event in the structured mode and the same event in the binary mode count once', async () => {
    const who = await server.world.owner();
    const event = full();
    expect(await send(HTTP.structured(event), who)).toMatchObject(recorded);
    expect(await send(HTTP.binary(event), who)).toMatchObject(repeated);
    expect(await sendBatch([event.toJSON()], who)).toMatchObject(repeated);
    expect(await used(who)).toBe(7);
  });

  it('an event without data counts one unit in each mode', async () => {
    const who = await server.world.owner();
    for (const message of [HTTP.structured(full({ data: undefined })), HTTP.binary(full({ data: undefined }))]) expect(await send(message, who)).toMatchObject(recorded);
    const headers = { 'ce-specversion': '1.0', 'ce-id': randomUUID(), 'ce-source': '/x', 'ce-type': 'tokens' };
    expect(await post(who, undefined, headers)).toMatchObject(recorded);
    expect(await used(who)).toBe(3);
  });

  it('a batch of events is recorded, with extension attributes and any schema', async () => {
    const who = await server.world.owner();
    const events = [full(), full({ dataschema: 'tag:example.com,2026:usage' }), full({ partitionkey: 'a' })].map((event) => event.toJSON());
    expect(await sendBatch(events, who)).toMatchObject({ status: 200, body: { accepted: 3, repeated: 0 } });
    expect(await used(who)).toBe(21);
  });

  it('binary data in Base64 is read as JSON', async () => {
    const data = new TextEncoder().encode(JSON.stringify({ quantity: 4 }));
    const who = await server.world.owner();
    expect(await send(HTTP.structured(full({ data, datacontenttype: 'application/json' })), who)).toMatchObject(recorded);
    expect(await used(who)).toBe(4);
  });

  it('an event of the binary mode can have any type of JSON, and header values encoded with percent signs', async () => {
    const who = await server.world.owner();
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'run%20%E2%82%AC', 'ce-source': '/x', 'ce-type': 'tokens', 'content-type': 'application/vnd.usage+json; v=1' };
    expect(await post(who, '{"quantity":2}', headers)).toMatchObject(recorded);
    expect(await sendStructured({ ...attributes({ id: 'run €', source: '/x' }), data: { quantity: 2 } }, who)).toMatchObject(repeated);
    expect(await post(who, '{"quantity":2}', { 'content-type': 'application/vnd.usage+json' })).toMatchObject({ status: 415 });
  });
});

describe('the headers of the binary mode', () => {
  const headersOf = (more: Record<string, string>): Record<string, string> => ({
    'ce-specversion': '1.0',
    'ce-id': randomUUID(),
    'ce-source': '/x',
    'ce-type': 'visitors',
    'content-type': 'application/json',
    ...more,
  });

  it('a subject is the same in each spelling of its header and in each format', async () => {
    const who = await server.world.owner();
    for (const spelling of ['Zo%C3%AB%20%22x%22', 'zo%c3%ab'.replace('z', 'Z') + '%20%22x%22', '"Zo%C3%AB \\"x\\""', 'Zoe%CC%88 "x"', ' Zo%C3%AB%20"x"%20 '])
      expect({ spelling, ...(await post(who, '{}', headersOf({ 'ce-subject': spelling }))) }).toMatchObject({ spelling, ...recorded });
    expect(await sendStructured(attributes({ type: 'visitors', subject: ' Zoë "x" ' }), who)).toMatchObject(recorded);
    expect((await who.api.post('/usage/events', { events: [{ id: 'a', meter: 'visitors', subject: ' Zoë "x" ' }] })).status).toBe(200);
    expect(await used(who, 'visitors')).toBe(1);
  });

  it.each(['Zo\u00eb', 'Zo\u00c3\u00ab', '%C0%A0', '%ED%A0%80', '%FF', '%00', '%E2%80%8B', '%EF%BF%BE'])(
    'the subject %s is refused, because its text is unclear',
    async (subject) => {
      expect((await post(owner, '{}', headersOf({ 'ce-subject': subject }))).body).toMatchObject({
        code: 'invalid_events',
        errors: [{ pointer: '/ce-subject', code: 'invalid_attribute' }],
      });
    },
  );

  it('the name of an attribute that begins like that of another is pointed to', async () => {
    const { body } = await post(owner, '{}', headersOf({ 'ce-data-x': '1' }));
    expect(body.errors).toEqual([expect.objectContaining({ pointer: '/ce-data-x', code: 'invalid_attribute_name' })]);
  });

  it('a subject that the official library does not encode is refused, and read when it is encoded', async () => {
    const event = new CloudEvent({ source: '/x', type: 'visitors', subject: 'Zoë', data: { quantity: 1 } });
    expect(await send(HTTP.binary(event))).toMatchObject({ status: 422, body: { errors: [{ pointer: '/ce-subject' }] } });
    expect(await send(HTTP.binary(event.cloneWith({ subject: encodeURIComponent('Zoë') })))).toMatchObject(recorded);
    expect(await send(HTTP.structured(event))).toMatchObject(repeated);
  });
});

describe('the JSON format', () => {
  it.each([
    ['null for each attribute that is unset', { subject: null, time: null, datacontenttype: null, dataschema: null, data: null, data_base64: null, traceparent: null }],
    ['a long id and a long source', { id: 'i'.repeat(1024), source: `/${'s'.repeat(1023)}` }],
    ['a subject that has a line of 1024 bytes', { subject: 'x'.repeat(1024) }],
    ['a time with an offset and nanoseconds', { time: new Date().toISOString().replace('Z', '123456+00:00') }],
    ['extension attributes of each type', { attempt: 3, sampled: true, comment: '' }],
    ['a content type of JSON with a suffix', { datacontenttype: 'application/vnd.usage+json', data: { quantity: 1 } }],
  ])('an event with %s is recorded', async (_, more) => {
    expect(await sendStructured(attributes(more))).toMatchObject(recorded);
  });

  it.each([
    ['specversion', 'unsupported_specversion', { specversion: '0.3' }],
    ['id', 'attribute_required', { id: null }],
    ['source', 'attribute_required', { source: undefined }],
    ['id', 'invalid_attribute', { id: '' }],
    ['id', 'invalid_attribute', { id: 'a\u001fb' }],
    ['source', 'invalid_attribute', { source: 7 }],
    ['id', 'attribute_too_long', { id: 'i'.repeat(1025) }],
    ['source', 'attribute_too_long', { source: 'ä'.repeat(513) }],
    ['subject', 'attribute_too_long', { subject: 's'.repeat(1025) }],
    ['type', 'unknown_meter', { type: 'com.example.nothing' }],
    ['time', 'invalid_attribute', { time: '2026-11-21T09:30:00' }],
    ['time', 'invalid_attribute', { time: '2026-02-30' }],
    ['time', 'in_the_future', { time: '2999-01-01T00:00:00Z' }],
    ['dataschema', 'invalid_attribute', { dataschema: '/relative' }],
    ['datacontenttype', 'unsupported_datacontenttype', { datacontenttype: 'text/xml', data: '<a/>' }],
    ['Traceparent', 'invalid_attribute_name', { Traceparent: 'x' }],
    ['ext', 'invalid_attribute', { ext: { a: 1 } }],
    ['data', 'invalid_data', { data: [1] }],
    ['data_base64', 'invalid_data', { data_base64: '%%%' }],
    ['data_base64', 'invalid_data', { data_base64: 'e30=', data: {} }],
    ...[
      '',
      ' ',
      '{"metadata":{"a":"\\u0000"}}',
      '{"metadata":{"a":"\\ud800"}}',
      '{"metadata":{"a":1e400}}',
      '{"metadata":{"a":9007199254740993}}',
      '{"quantity":1,"quantity":2}',
    ].map((json) => ['data_base64', 'invalid_data', { data_base64: Buffer.from(json).toString('base64') }] as const),
    ['data_base64', 'invalid_data', { data_base64: Buffer.from('{"metadata":{"__proto__":{}}}').toString('base64') }],
    ['data_base64', 'invalid_data', { data_base64: Buffer.from('{"metadata":"Zo\u00eb"}', 'latin1').toString('base64') }],
    ['subject', 'invalid_attribute', { subject: 'a\u{1fffe}' }],
    ['subject', 'invalid_attribute', { subject: 'a\u200bb' }],
    ['subject', 'invalid_attribute', { subject: ' ' }],
    ['id', 'invalid_attribute', { id: 'a\u202eb' }],
    ['source', 'invalid_attribute', { source: '/a\u2028b' }],
    ['time', 'invalid_attribute', { time: '2026-11-26T23:59:60Z' }],
    ['time', 'invalid_attribute', { time: '0000-01-01T00:00:00Z' }],
    ['time', 'too_late', { time: '2016-12-31T23:59:60Z' }],
    ['time', 'in_the_future', { time: '9999-12-31T23:59:59-00:00' }],
    ['data/quantity', 'invalid_data', { data: { quantity: '3' } }],
    ['data/quantity', 'not_positive', { data: { quantity: -1 } }],
    ['data/tokens', 'unknown_field', { data: { tokens: 3 } }],
    ['data/metadata', 'invalid_data', { data: { metadata: { note: 'x'.repeat(4096) } } }],
  ])('an invalid %s is refused with the code %s, and the pointer leads to it in each mode', async (place, code, more) => {
    const event = attributes(more);
    const structured = await sendStructured(event);
    expect(structured).toMatchObject({ status: 422, body: { code: 'invalid_events', errors: [{ pointer: `/${place}`, code }] } });
    const batch = await sendBatch([attributes(), event, attributes()]);
    expect(batch).toMatchObject({ status: 200, body: { accepted: 2, repeated: 0, conflicts: [], refused: [{ pointer: `/1/${place}`, code }] } });
  });

  it('the pointers of a binary event lead to its headers and to its body', async () => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-source': '/x', 'ce-type': 'nothing', 'content-type': 'application/json' };
    expect((await post(owner, '{}', headers)).body.errors).toEqual([expect.objectContaining({ pointer: '/ce-type', code: 'unknown_meter' })]);
    expect((await post(owner, '{"quantity":0.5}', { ...headers, 'ce-type': 'tokens' })).body.errors).toEqual([expect.objectContaining({ pointer: '/quantity' })]);
    expect((await post(owner, '{}', { ...headers, 'ce-type': 'tokens', 'ce-id': '%FF' })).body.errors).toEqual([expect.objectContaining({ pointer: '/ce-id' })]);
    expect((await post(owner, '{}', { 'ce-id': 'a', 'content-type': 'application/json' })).body.errors).toEqual([expect.objectContaining({ pointer: '/ce-specversion' })]);
  });

  it('a body that is not an event or a list of events is malformed', async () => {
    expect((await sendBatch(attributes())).status).toBe(400);
    expect((await sendStructured([attributes()])).status).toBe(400);
    expect((await post(owner, '{', { 'content-type': 'application/cloudevents+json' })).status).toBe(400);
    expect((await sendBatch(Array.from({ length: 1001 }, () => attributes()))).status).toBe(400);
    expect(await sendBatch([])).toMatchObject({ status: 200, body: { accepted: 0 } });
    expect(await sendBatch([1, attributes()])).toMatchObject({ status: 200, body: { accepted: 1, refused: [{ pointer: '/0', code: 'invalid_event' }] } });
  });

  it('other routes do not accept CloudEvents', async () => {
    const answer = await owner.api.post('/usage/consume', undefined, { raw: '{"meter":"tokens"}', headers: { 'content-type': 'application/cloudevents+json' } });
    expect(answer.status).toBe(415);
  });
});

describe('the key of an event', () => {
  it('events with another source or another id are never the same event', async () => {
    const who = await server.world.owner();
    const [first, second] = [
      { source: 'a#b', id: 'c' },
      { source: 'a', id: 'b#c' },
    ];
    expect((await sendBatch([attributes(first), attributes(second), attributes({ source: 'a', id: 'b' })], who)).body).toMatchObject({ accepted: 3, repeated: 0 });
    expect(
      (
        await who.api.post('/usage/events', {
          events: [
            { id: 'a#b#c', meter: 'tokens' },
            { id: 'b', meter: 'tokens' },
          ],
        })
      ).body,
    ).toMatchObject({ accepted: 2, repeated: 0 });
    expect(await used(who)).toBe(5);
  });

  it('a source and an id that are cut at any place give different keys', async () => {
    const who = await server.world.owner();
    const piece = fc.string({ unit: fc.constantFrom('a', '#', '/', '%23', '\\', ' ', '|'), minLength: 1, maxLength: 3 });
    const pairs = [...new Map(fc.sample(fc.tuple(piece, piece), { numRuns: 400, seed: 15 }).map(([source, id]) => [JSON.stringify([source, id]), { source, id }])).values()];
    expect(
      (
        await sendBatch(
          pairs.map((pair) => attributes(pair)),
          who,
        )
      ).body,
    ).toMatchObject({ accepted: pairs.length, repeated: 0, conflicts: [], refused: [] });
  });

  it('a correction names an event of its own source by its id', async () => {
    const who = await server.world.owner();
    await sendBatch([attributes({ id: 'run', data: { quantity: 10 } }), attributes({ id: 'run', source: '/other', data: { quantity: 10 } })], who);
    const fix = attributes({ id: 'fix', data: { quantity: -4, corrects: 'run' } });
    expect(await sendStructured(fix, who)).toMatchObject(recorded);
    expect(await sendStructured(fix, who)).toMatchObject(repeated);
    const answer = await sendBatch(
      [
        attributes({ id: 'f2', source: '/third', data: { quantity: -1, corrects: 'run' } }),
        attributes({ id: 'f3', data: { quantity: -7, corrects: 'run' } }),
        attributes({ id: 'f4', data: { quantity: -6, corrects: 'run' } }),
      ],
      who,
    );
    expect(answer.body).toMatchObject({
      accepted: 1,
      refused: [
        { pointer: '/0/data/corrects', code: 'correction_unknown' },
        { pointer: '/1/data/corrects', code: 'correction_too_much' },
      ],
    });
    expect(await used(who)).toBe(10);
  });

  it('an export has the source and the id of an event in columns of their own', async () => {
    const who = await server.world.owner();
    await sendBatch([attributes({ id: 'run-1' })], who);
    const { body, text } = (await who.api.get(`${who.home}/usage/export?what=events&format=ndjson`)) as { body: any; text?: string };
    expect(JSON.stringify(body ?? text)).toMatch(/run-1/);
    expect(JSON.stringify(body ?? text)).not.toMatch(/\\u001f/);
  });
});

describe('an id that is used again', () => {
  const report = (who: Person, ...events: object[]): Promise<Answer> => who.api.post('/usage/events', { events });
  const conflict = (index: number, id: string): object => ({ pointer: `/events/${index}/id`, id, code: 'event_id_reused', message: expect.any(String) });

  it('an event with a known id and another meter or quantity is a conflict, and is not counted', async () => {
    const who = await server.world.owner();
    await report(who, { id: 'e1', meter: 'tokens', quantity: 5 }, { id: 'v1', meter: 'visitors', subject: 'ada' });
    const again = [
      { id: 'e1', meter: 'tokens', quantity: 5 },
      { id: 'e1', meter: 'tokens', quantity: 6 },
      { id: 'e1', meter: 'quizzes', quantity: 5 },
      { id: 'v1', meter: 'visitors', subject: 'ada' },
      { id: 'v1', meter: 'visitors', subject: 'bob' },
      { id: 'e2', meter: 'tokens' },
      { id: 'e1', meter: 'tokens', quantity: -5, corrects: 'e1' },
    ];
    expect(await report(who, ...again)).toEqual(
      expect.objectContaining({
        status: 200,
        body: { accepted: 1, repeated: 2, refused: [], conflicts: [conflict(1, 'e1'), conflict(2, 'e1'), conflict(4, 'v1'), conflict(6, 'e1')] },
      }),
    );
    expect([await used(who), await used(who, 'quizzes'), await used(who, 'visitors')]).toEqual([6, 0, 1]);
  });

  it('the first of two different events with one id in a batch counts', async () => {
    const who = await server.world.owner();
    expect((await report(who, { id: 'b', meter: 'tokens', quantity: 9 }, { id: 'a', meter: 'tokens', quantity: 1 }, { id: 'b', meter: 'tokens', quantity: 1 })).body).toEqual({
      accepted: 2,
      repeated: 0,
      refused: [],
      conflicts: [conflict(2, 'b')],
    });
    expect(await used(who)).toBe(10);
  });

  it('a consumption, a reservation and a correction keep their ids', async () => {
    const who = await server.world.owner();
    await who.api.post('/usage/consume', { id: 'c', meter: 'quizzes', quantity: 2 });
    await report(who, { id: 'e', meter: 'tokens', quantity: 5 });
    await report(who, { id: 'x', meter: 'tokens', quantity: -1, corrects: 'e' });
    const answer = await report(
      who,
      { id: 'c', meter: 'quizzes', quantity: 3 },
      { id: 'x', meter: 'tokens', quantity: 1 },
      { id: 'x', meter: 'tokens', quantity: -2, corrects: 'e' },
    );
    expect(answer.body).toMatchObject({ accepted: 0, repeated: 0, conflicts: [conflict(0, 'c'), conflict(1, 'x'), conflict(2, 'x')] });
    expect([await used(who), await used(who, 'quizzes')]).toEqual([4, 2]);
  });

  it('twenty concurrent events with one id and different quantities count once, and nineteen are conflicts', async () => {
    const who = await server.world.owner();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => report(who, { id: 'race', meter: 'tokens', quantity: index + 1 })));
    expect(answers.filter(({ body }) => body.accepted === 1)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.conflicts.length === 1)).toHaveLength(19);
    expect(await used(who)).toBe(answers.findIndex(({ body }) => body.accepted === 1) + 1);
  });
});
