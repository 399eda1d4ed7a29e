import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is as wanted, for up to 2 s; returns the last one, for the test to judge. */
export async function eventually<Answer>(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + 2000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer) || Date.now() > deadline) return answer;
    await pause(20);
  }
}
