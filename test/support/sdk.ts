import { createClient, isTenantryError, memoryStore, type TenantryClient } from '@tenantry/sdk';
import type { Person } from './world.js';

/** The SDK with the session of a person, for their organization. It repeats no request, so that a test sees each refusal. */
export function sdkOf({ api, accessToken, refreshToken, organizationId }: Person): TenantryClient<true> {
  const store = memoryStore({ accessToken, refreshToken, expiresAt: Date.now() + 900_000 });
  return createClient({ url: api.url, store, retries: 0 }).forOrganization(organizationId);
}

/** The status and the code of the refusal of a call, such as `403 access_denied`; `done` if it is not refused. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (isTenantryError(error)) return `${error.status} ${error.code}`;
    throw error;
  }
}
