import { expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AppConfig } from '../../config/app-config.js';
import { RateLimiterService } from './rate-limiter.service.js';

const request = new AsyncLocalStorage<object>();

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 2; round += 1) {
    await setImmediate();
    collect();
  }
}

it('a counter does not keep the request that started it', async () => {
  const limiter = new RateLimiterService({ redisUrl: undefined, rateLimitsEnabled: true } as AppConfig);
  const kept: WeakRef<object>[] = [];
  for (let caller = 0; caller < 100; caller += 1)
    await request.run({ caller }, async () => {
      kept.push(new WeakRef(request.getStore() as object));
      expect((await limiter.consume({ name: 'login', requests: 20, seconds: 3600 }, `caller ${caller}`)).remaining).toBe(19);
    });
  await collectGarbage();
  expect(kept.filter((each) => each.deref() !== undefined).length).toBeLessThan(5);
});
