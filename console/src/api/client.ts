import { createClient, isTenantryError, type Data, type TenantryClient } from '@tenantry/sdk';
import { MutationCache, QueryClient } from '@tanstack/react-query';
import { SessionStore } from './session-store';

/** The refusals that tell that the page shows what is no longer so: somebody else has changed or removed it. */
const outdated: ReadonlySet<number> = new Set([404, 409, 410, 412]);

export const queries = new QueryClient({
  mutationCache: new MutationCache({
    onError: (error) => {
      if (isTenantryError(error) && outdated.has(error.status)) void queries.invalidateQueries();
    },
  }),
  defaultOptions: { queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: false } },
});

const listeners = new Set<() => void>();

/** Calls a function when the session ends in any tab. @returns what stops that */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function signedOut(): void {
  queries.clear();
  if (acting !== undefined) setActing(undefined);
  for (const listener of listeners) listener();
}

const store = new SessionStore(signedOut);

/** As whom an operator acts in this tab. */
export interface Acting {
  readonly organizationId: string;
  readonly reason: string;
  readonly mayWrite: boolean;
  /** When it ends by itself. */
  readonly endsAt: number;
}

let acting: Acting | undefined;
const actingListeners = new Set<() => void>();
let actingTimer: ReturnType<typeof setTimeout> | undefined;

function setActing(next: Acting | undefined): void {
  clearTimeout(actingTimer);
  acting = next;
  if (next === undefined) store.stopActing();
  queries.clear();
  for (const listener of actingListeners) listener();
}

export const currentActing = (): Acting | undefined => acting;

/** Calls a function when the operator begins or ends to act as somebody. @returns what stops that */
export function onActing(listener: () => void): () => void {
  actingListeners.add(listener);
  return () => actingListeners.delete(listener);
}

/** Lets an operator act as a member: all calls of this tab are those of the member from now on, until the operator ends it, or the token expires. */
export function actAs({ accessToken, expiresIn }: Data<'impersonateMember'>, who: Omit<Acting, 'endsAt'>): void {
  const endsAt = Date.now() + expiresIn * 1000;
  store.act({ accessToken, expiresAt: endsAt });
  setActing({ ...who, endsAt });
  actingTimer = setTimeout(() => void endActing(), expiresIn * 1000);
}

/** Ends the session of the member. The operator's goes on. */
export async function endActing(): Promise<void> {
  // A session that has ended already needs no end. Whatever the API answers, this tab forgets the token.
  await api.logOut().catch(() => undefined);
  if (acting !== undefined) setActing(undefined);
}

/**
 * Asks for the session's cookie where it can be set or read: browsers name the origin of a page in all requests but these two. The session of a member as whom an
 * operator acts is in no cookie, so its end must not remove that of the operator.
 */
const withCookie: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  if (acting === undefined && !['GET', 'HEAD'].includes(init?.method ?? 'GET')) headers.set('X-Session-Cookie', 'true');
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
