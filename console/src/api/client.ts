import { createClient, type Data, type TenantryClient } from '@tenantry/sdk';
import { QueryClient } from '@tanstack/react-query';
import { SessionStore } from './session-store';

export const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: false } } });

const listeners = new Set<() => void>();

/** Calls a function when the session ends in any tab. @returns what stops that */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function signedOut(): void {
  queries.clear();
  for (const listener of listeners) listener();
}

const store = new SessionStore(signedOut);

/** Asks for the session's cookie where it can be set or read: browsers name the origin of a page in all requests but these two. */
const withCookie: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  if (!['GET', 'HEAD'].includes(init?.method ?? 'GET')) headers.set('X-Session-Cookie', 'true');
  return fetch(input, { ...init, headers });
};

export const api: TenantryClient = createClient({ url: location.origin, store, onSignedOut: signedOut, fetch: withCookie });

export const isSignedIn = (): boolean => store.get() !== undefined;

const device = 'tenantry.device';

/** Names the trusted device of this browser, whose token is in a cookie. */
export const knownDevice = (): { readonly deviceToken?: string } => (localStorage.getItem(device) === null ? {} : { deviceToken: 'cookie' });
export const rememberDevice = (): void => localStorage.setItem(device, '1');

/** The answer to a first proof: the session has begun, or a second factor is missing. */
export type SignInAnswer = Data<'logIn'>;
