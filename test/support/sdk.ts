import { createClient, isTenantryError, memoryStore, type ClientOptions, type TenantryClient } from '@tenantry/sdk';
import type { Person } from './world.js';

type Headers = Readonly<Record<string, string>>;

/** Sends requests with header fields that are not the client's own, such as those of a proxy. */
const withHeaders =
  (more: Headers): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    return fetch(input, { ...init, headers });
  };

/** The SDK for a server. It repeats no request, so that a test sees each refusal. */
export const sdkFor = (url: string, options: Omit<ClientOptions, 'url'> = {}, headers: Headers = {}): TenantryClient =>
  createClient({ url, ...options, retries: 0, fetch: withHeaders(headers) });

/** The SDK with the session of a person. */
export function sessionOf({ api, accessToken, refreshToken }: Pick<Person, 'api' | 'accessToken' | 'refreshToken'>, headers?: Headers): TenantryClient {
  return sdkFor(api.url, { store: memoryStore({ accessToken, refreshToken, expiresAt: Date.now() + 900_000 }) }, headers);
}

/** The SDK with the session of a person, for their organization. */
export const sdkOf = (person: Person, headers?: Headers): TenantryClient<true> => sessionOf(person, headers).forOrganization(person.organizationId);

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
