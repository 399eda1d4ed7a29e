/** Is told of every request that is answered with a problem; so that refusals can be recorded. Nothing waits for it. */
export abstract class RefusalObserver {
  /** @param claimed the address that the request's body names, if it does: whom somebody tried to be */
  abstract refused(problem: { readonly status: number; readonly code: string }, claimed: string | undefined): void;
}
