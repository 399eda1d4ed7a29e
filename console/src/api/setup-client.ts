import { createClient, memoryStore, type TenantryClient } from '@tenantry/sdk';

/** Returns a client with the token of a set-up link. It knows nothing of the session of this browser. */
export const setupClient = (token: string): TenantryClient => createClient({ url: location.origin, store: memoryStore({ accessToken: token, expiresAt: Infinity }) });
