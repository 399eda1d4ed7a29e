import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is as wanted, for up to 10 s unless told otherwise; returns the last one, for the test to judge. */
export async function eventually<Answer>(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean, patience = 10_000): Promise<Answer> {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (wanted(answer) || Date.now() > deadline) return answer;
    await pause(20);
  }
}
