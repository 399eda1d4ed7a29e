import { describe, expect, it } from '@jest/globals';
import { OrganizationLine } from './organization-line.js';
import { OrganizationBusyError } from './tenant-errors.js';

/** Work that lasts until `end` is called. */
class Work {
  begun = false;
  end: () => void = () => undefined;

  readonly run = (): Promise<void> => {
    this.begun = true;
    return new Promise((resolve) => (this.end = resolve));
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('OrganizationLine', () => {
  it('lets the writes of one organization begin one after another, in their order', async () => {
    const line = new OrganizationLine(10_000);
    const works = [new Work(), new Work(), new Work()] as const;
    const runs = works.map((work) => line.run('a', work.run));
    for (const [index, work] of works.entries()) {
      await settled();
      expect(works.map(({ begun }) => begun)).toEqual(works.map((_, other) => other <= index));
      work.end();
    }
    await Promise.all(runs);
  });

  it('lets no organization wait for another', async () => {
    const line = new OrganizationLine(10_000);
    const [first, other] = [new Work(), new Work()];
    const runs = [line.run('a', first.run), line.run('b', other.run)];
    await settled();
    expect([first.begun, other.begun]).toEqual([true, true]);
    first.end();
    other.end();
    await Promise.all(runs);
  });

  it('lets the next write begin after one that failed', async () => {
    const line = new OrganizationLine(10_000);
    const failed = line.run('a', () => Promise.reject(new Error('failed')));
    const next = line.run('a', () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('failed');
    await expect(next).resolves.toBe('done');
  });

  it('refuses a write that has waited too long, without calling it, and lets later ones begin', async () => {
    const line = new OrganizationLine(1);
    const [running, late] = [new Work(), new Work()];
    const run = line.run('a', running.run);
    await expect(line.run('a', late.run)).rejects.toThrow(OrganizationBusyError);
    expect(late.begun).toBe(false);
    running.end();
    await run;
    await expect(line.run('a', () => Promise.resolve('done'))).resolves.toBe('done');
  });
});
