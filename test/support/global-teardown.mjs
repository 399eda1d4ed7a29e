/** Stops the server. Fails the run if transactions of any test have waited for each other in a circle (docs/database.md#order-of-locks). */
export default async function globalTeardown() {
  const server = globalThis.__TENANTRY_TEST_SERVER__;
  const deadlocks = (await server?.deadlocks()) ?? [];
  await server?.stop();
  if (deadlocks.length > 0) throw new Error(`The server has detected ${deadlocks.length} deadlocks:\n\n${deadlocks.join('\n\n')}`);
}
