import { AsyncLocalStorage } from 'node:async_hooks';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import passport from 'passport';

const current = new AsyncLocalStorage<Record<string, unknown>>();
const unbound: Record<string, unknown> = {};

// Passport keeps its strategies for the whole process. Here each application has its own, with its own signing keys.
Object.defineProperty(passport, '_strategies', { get: () => current.getStore() ?? unbound });

/** Makes an application whose requests use the strategies that it registered itself. */
export async function withOwnStrategies(make: () => Promise<NestFastifyApplication>): Promise<NestFastifyApplication> {
  const strategies: Record<string, unknown> = {};
  const app = await current.run(strategies, make);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preHandler', (_request: unknown, _reply: unknown, done: () => void) => current.run(strategies, done));
  return app;
}
