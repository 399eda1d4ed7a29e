import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(['default', 'toolboxai', 'quizmarker', 'mercura', 'knowton'])(
  'npm run demo passes every check on the catalog %s, on another port, with a DATA_DIR that only the server knows',
  async (catalog) => {
    const database = await scratchDatabase();
    const server = await ServerProcess.start({
      APP_SECRET: testSecret,
      CATALOG: catalog,
      DATA_DIR: path.join(folder, catalog),
      DATABASE_URL: database.app,
      DATABASE_PLATFORM_URL: database.platform,
    });
    const demo = spawn(process.execPath, ['scripts/demo.mjs'], { env: { PATH: process.env['PATH'], PORT: String(server.port) } });
    const [output, [code]] = await Promise.all([text(demo.stdout), once(demo, 'close')]);
    await server.end('SIGTERM');
    await database.drop();
    const checks = output.match(/^ {2}✓ /gm)?.length ?? 0;
    expect({ code, failed: output.match(/^ {2}✗ .*/gm), checks }).toEqual({ code: 0, failed: null, checks: expect.any(Number) });
    expect(output).toContain(`All ${checks} checks passed.`);
    expect(checks).toBeGreaterThan(40);
  },
  60_000,
);
