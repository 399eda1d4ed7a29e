import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Replicas } from '../support/replicas.js';
import { batchOf, deliver, expectExactly, pause, type Event } from '../support/usage/reported-events.js';

const kills = 20;
const senders = 3;

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start(3, { CATALOG: 'test/catalogs/cluster.yaml' });
}, 60_000);
afterAll(() => replicas.end());

describe('replicas that are killed (kill -9) while events come in', () => {
  it(`replicas that are killed ${kills} times while they count events count each event once`, async () => {
    const sent = new Map<string, Event>();
    const count = { kills: 0, retries: 0, accepted: 0 };
    const send = async (sender: number): Promise<void> => {
      for (let number = 0; count.kills < kills; number += 1) {
        const events = batchOf(sender, number);
        for (const event of events) sent.set(event.id, event);
        const delivered = await deliver(replicas, events, sender);
        count.accepted += delivered.accepted;
        if (delivered.attempts > 1) count.retries += 1;
        // The pacing of a sender: the work must last as long as the kills do.
        await pause(60);
      }
    };
    const kill = async (): Promise<void> => {
      for (; count.kills < kills; count.kills += 1) {
        // The moment of a kill must be random.
        await pause(Math.random() * 100);
        await replicas.replace(count.kills % 3);
      }
    };
    const killing = kill().finally(() => (count.kills = kills));
    await Promise.all([killing, ...Array.from({ length: senders }, (_, sender) => send(sender))]);
    expect(count.retries).toBeGreaterThan(0);
    // Events that were written but not acknowledged are answered as repeated.
    expect(count.accepted).toBeLessThanOrEqual(sent.size);
    await expectExactly(replicas, sent);
    process.stdout.write(
      `${kills} kills, ${sent.size} events, ${count.retries} batches sent again, ${sent.size - count.accepted} events counted without their batch being acknowledged\n`,
    );
  }, 400_000);
});
