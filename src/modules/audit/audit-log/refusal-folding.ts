import type { AuditNote } from '../../../tenancy/tenant-context.js';

/** The actions of one member or key that are listed one by one between two writes. Further ones are counted by code. */
const maxOfActor = 30;
/** The network addresses, and the requests without a known caller, that are listed one by one in one organization, or on the platform. */
const maxAnonymous = 50;
/** The action of an event that counts refusals of several actions. */
const several = 'several';

export interface Refusal extends AuditNote {
  readonly code: string;
  readonly times: number;
  /** When the first of them happened, on the monotonic clock. */
  readonly since: number;
}

/**
 * Decides which refusals become one event until the next write. A refusal is always counted, whatever else is refused: each
 * member and key has a budget of its own, and requests without a known caller share one in each organization. Beyond a budget,
 * refusals are counted by code and network address, and then by code alone.
 */
export class RefusalFolding {
  readonly #keys = new Map<string, Set<string>>();

  /** Returns the refusal with its key: refusals with the same key are one event. */
  fold(refusal: Refusal): { readonly key: string; readonly refusal: Refusal } {
    const { organizationId = '', actorKind = '', actorId, actorName = '', action = '', ip = '', code } = refusal;
    const known = actorId !== undefined;
    const budget = known ? JSON.stringify([organizationId, actorKind, actorId]) : organizationId;
    const exact = JSON.stringify([budget, ip, code, action, known ? '' : actorName]);
    if (this.#fits(`each ${budget}`, exact, known ? maxOfActor : maxAnonymous)) return { key: exact, refusal };
    if (known) return { key: JSON.stringify([budget, code]), refusal: { ...refusal, action: several, ip: undefined, userAgent: undefined, requestId: undefined } };
    const folded = { ...refusal, action: several, actorName: undefined, userAgent: undefined, requestId: undefined };
    const byAddress = JSON.stringify([budget, code, ip]);
    if (this.#fits(`address ${budget}`, byAddress, maxAnonymous)) return { key: byAddress, refusal: folded };
    return { key: JSON.stringify([budget, code]), refusal: { ...folded, ip: undefined } };
  }

  /** Resets the budgets, after a write. */
  clear(): void {
    this.#keys.clear();
  }

  #fits(budget: string, key: string, max: number): boolean {
    const keys = this.#keys.get(budget) ?? new Set();
    this.#keys.set(budget, keys);
    if (keys.size < max) keys.add(key);
    return keys.has(key);
  }
}
