import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createProgram } from '../../src/cli/program.js';
import { ProcessTerminal } from '../../src/cli/terminal.js';
import { AuditVerificationService } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import { commands, harmlessCommands, type CommandStage, type ExpectedEvent } from '../audit/commands.js';
import { EventsSince } from '../audit/events-since.js';
import { runTenantry, startTenantry } from '../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { chained } from '../support/audit.js';

let folder: string;
let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
let stage: CommandStage;
let events: EventsSince;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-audit-'));
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
  events = new EventsSince(look);
  stage = {
    world: server.world,
    look,
    folder,
    alter: (...statements) => database.alter(...statements),
    run: async (name, ...args) => JSON.parse(await tenantry([name, ...args, '--json'])),
  };
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command, and expects that it goes well. */
async function tenantry(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const addresses = { DATABASE_URL: database.app, DATABASE_PLATFORM_URL: database.platform, DATABASE_OWNER_URL: database.owner };
  const usual = { NODE_ENV: 'test', APP_SECRET: testSecret, APP_SECRET_PREVIOUS: testSecret, DATA_DIR: folder, ...addresses };
  // The doctor loads the application's own modules to look at them, which Jest's loader does not let it.
  const ran = args[0] === 'doctor' ? startTenantry({ ...usual, ...env }, ...args).ended : runTenantry({ ...usual, ...env }, ...args);
  const { code, out, err } = await ran;
  expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
  return out;
}

const commandOf = (name: string): string => name.split(' ')[0] ?? '';

describe('every command that changes something', () => {
  it('every command that changes something is in the table of this test', () => {
    const there = createProgram(new ProcessTerminal()).commands.map((command) => command.name());
    const listed = [...Object.keys(commands), ...Object.keys(harmlessCommands)].map(commandOf);
    expect(there.filter((name) => !listed.includes(name))).toEqual([]);
    expect(listed.filter((name) => !there.includes(name))).toEqual([]);
  });

  it.each(Object.entries(commands))('%s leaves exactly one event in each chain that it changes', async (name, prepare) => {
    const { args, env, events: expected } = await prepare(stage);
    await events.begin();
    await tenantry([commandOf(name), ...args], env);
    const found = await events.end();
    expect(found.map(({ organization_id: home }) => home).toSorted()).toEqual(expected.map(homeOf).toSorted());
    for (const wanted of expected) {
      const event = found.find(({ organization_id: home }) => wanted.organizationId === 'any' || home === wanted.organizationId);
      expect(event).toMatchObject({ actor_kind: 'operator', action: `cli ${commandOf(name)}`, outcome: 'done', ...toldOf(wanted) });
      expect(JSON.stringify(event)).not.toMatch(/\$argon2|xoxb-integration|\\\\x[0-9a-f]{8}/);
    }
  });

  it.each(Object.entries(harmlessCommands))('%s changes nothing and leaves no event', async (name, prepare) => {
    const args = await prepare(stage);
    await events.begin();
    await tenantry([name, ...args]);
    expect(await events.end()).toEqual([]);
  });

  it('a repeated command that has nothing to do leaves no event', async () => {
    const { slug } = await stage.run('tenant:create', '--name', 'Twice', '--slug', 'twice', '--email', 'twice@example.com');
    await events.begin();
    await tenantry(['tenant:provision', slug]);
    expect(await events.end()).toEqual([]);
  });

  it('the hash chains are valid after all commands', async () => {
    await chained(look);
    const { chains: reports } = await server.app.get(AuditVerificationService).verifyLog();
    expect(reports.length).toBeGreaterThan(10);
    expect(reports.filter(({ bad }) => bad !== undefined)).toEqual([]);
  });
});

/** The id of an organization that the command makes is not known before. */
const anyId: unknown = expect.any(String);
const homeOf = ({ organizationId }: ExpectedEvent): unknown => (organizationId === 'any' ? anyId : organizationId);

/** The expected changes of the event. */
function toldOf({ table, operation, before, after, bones }: ExpectedEvent): object {
  // The proof of an erasure names the row, without its content.
  if (bones === true) return { target_table: table, listed: [{ table, operation: 'delete', before: null, after: null }] };
  const parts = Object.entries({ before, after })
    .filter(([, part]) => part !== undefined)
    .map(([key, part]) => [key, expect.objectContaining({ ...part })]);
  return { listed: expect.arrayContaining([expect.objectContaining({ table, operation, ...Object.fromEntries(parts) })]) };
}
