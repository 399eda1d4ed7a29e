import { inSpan, tracing } from '../common/tracing.js';
import type { PrismaClient } from '../generated/prisma/client.js';

/** Puts each operation that Prisma itself runs in a span, if traces are on. Most statements are run without Prisma, and have a span of their own only. */
export function tracedClient(client: PrismaClient): PrismaClient {
  if (tracing.active === undefined) return client;
  const traced = client.$extends({
    name: 'tracing',
    query: {
      $allOperations: ({ model, operation, args, query }) =>
        inSpan(`prisma ${model === undefined ? operation : `${model}.${operation}`}`, { attributes: { 'prisma.model': model, 'prisma.operation': operation } }, () => query(args)),
    },
  });
  return traced as unknown as PrismaClient;
}
