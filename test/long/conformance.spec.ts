import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/http.js';
import { ConformanceRun } from '../support/conformance/conformance-run.js';
import { seed } from '../support/rounds.js';

/** They take one minute. */
const requestsPerOperation = 12;

let server: TestServer;
beforeAll(async () => void (server = await startTestServer({ LOG_LEVEL: 'error' })));
afterAll(() => server.close());

describe('the document', () => {
  it('describes every answer to valid and invalid requests, of every operation to every kind of caller', async () => {
    const run = new ConformanceRun(server, seed);
    await run.send(requestsPerOperation);
    process.stdout.write(`${run.report()}\n`);
    expect(run.succeeded.size).toBeGreaterThan(120);
    expect({ seed, faults: run.faults }).toEqual({ seed, faults: [] });
  }, 600_000);
});
