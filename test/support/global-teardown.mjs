export default async function globalTeardown() {
  await globalThis.__TENANTRY_TEST_SERVER__?.stop();
}
