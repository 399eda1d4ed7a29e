/** Receives every request that is answered with a problem, to record refusals. The response does not wait for it. */
export abstract class RefusalObserver {
  /** @param claimed the email address in the body of the request, if there is one: the account that the caller tried to use */
  abstract refused(problem: { readonly status: number; readonly code: string }, claimed: string | undefined): void;
}
