import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { LineSink } from '../support/line-sink.js';
import { Replicas } from '../support/replicas.js';

let sink: LineSink;
let replicas: Replicas;
beforeEach(async () => {
  sink = await LineSink.open();
  replicas = await Replicas.start(2, { CATALOG: 'quizmarker', JOBS_ENABLED: 'true', EVENT_SINK_URL: sink.url });
}, 120_000);
afterEach(async () => {
  await replicas.end();
  await sink.close();
});

const teams = (): Set<unknown> => new Set(sink.lines.flatMap(({ type, data }) => (type === 'team.created' ? [data?.['name']] : [])));

it('replicas that are killed while they send to a sink lose no event', async () => {
  await eventually(
    () => replicas.rows('select from event_sinks'),
    (rows) => rows.length === 1,
  );
  for (const number of [0, 1]) {
    // The receiver has the events, and the replica does not know it yet, or the other way round.
    sink.status = number === 0 ? undefined : 204;
    for (let n = 0; n < 20; n += 1) expect((await replicas.owner(n % 2).post(`${replicas.home}/teams`, { name: `Team ${number * 20 + n}` })).status).toBe(201);
    const before = sink.requests;
    await eventually(
      () => Promise.resolve(sink.requests),
      (requests) => requests > before || teams().size > number * 20,
      20_000,
    );
    await replicas.replace(number);
  }
  sink.status = 204;
  // As the time ends the lease of a replica that was killed.
  await replicas.rows(`update event_sinks set leased_until = now() where leased_until is not null`);
  const arrived = await eventually(
    () => Promise.resolve(teams()),
    (names) => names.size === 40,
    40_000,
  );
  expect(arrived.size).toBe(40);
  expect(
    await eventually(
      () => replicas.rows('select from sink_ranges'),
      (rows) => rows.length === 0,
      20_000,
    ),
  ).toEqual([]);
}, 120_000);
