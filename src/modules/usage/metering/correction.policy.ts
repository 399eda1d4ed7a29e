/** The reason why an event cannot be corrected. Part of a code of the API: `correction_<problem>`. */
export type CorrectionProblem = 'unknown' | 'too_late' | 'too_much' | 'whole_only';

/** `repeated`: it was applied before. `reused`: its id belongs to another event. */
export type CorrectionDecision = 'apply' | 'repeated' | 'reused' | CorrectionProblem;

export const isProblem = (decision: CorrectionDecision): decision is CorrectionProblem => decision !== 'apply' && decision !== 'repeated' && decision !== 'reused';

/** An event that takes back units of another event. */
export interface Correction {
  readonly id: string;
  readonly meter: string;
  /** Negative. */
  readonly quantity: number;
  /** The id of the event that it corrects. */
  readonly corrects: string;
}

/** The event to correct, and what became of its units. */
export interface OriginalEvent {
  readonly meter: string;
  readonly quantity: number;
  readonly occurredAt: Date;
  readonly periodStart: Date;
  /** The id of the event that it corrects itself. */
  readonly corrects: string | null;
  /** The units of it that were corrected before. */
  readonly corrected: number;
  /** Whether the meter was reset after the event, which took its units back. */
  readonly isReset: boolean;
  /** The units that its meter counted in its period, without held ones. */
  readonly counted: number;
}

/** The state of the ledger for one correction. It must be read under the lock of the meter. */
export interface CorrectionFacts {
  /** The event with the id of the correction. */
  readonly known?: { readonly corrects: string | null; readonly quantity: number } | undefined;
  readonly original?: OriginalEvent | undefined;
}

export interface CorrectionTerms {
  readonly aggregation: string;
  /** Events that occurred earlier cannot be corrected. */
  readonly oldest: Date;
}

/** Decides whether a correction can be applied. An event can be corrected several times, up to its quantity. */
export function decideCorrection({ meter, quantity, corrects }: Correction, { known, original }: CorrectionFacts, { aggregation, oldest }: CorrectionTerms): CorrectionDecision {
  if (known !== undefined) return known.corrects === corrects && known.quantity === quantity ? 'repeated' : 'reused';
  if (original === undefined || original.corrects !== null || original.meter !== meter) return 'unknown';
  if (original.occurredAt < oldest || original.isReset) return 'too_late';
  const units = -quantity;
  if (original.corrected + units > original.quantity) return 'too_much';
  if (aggregation !== 'sum') return units === original.quantity ? 'apply' : 'whole_only';
  // A gauge may have been lowered after the event.
  return original.counted < units ? 'too_much' : 'apply';
}

/**
 * Decides about the corrections of one batch in their order. Each takes the ones before it into account.
 *
 * @param facts for each correction, in the same order, what the ledger had before the batch
 */
export function decideCorrections<Item extends Correction>(
  corrections: readonly Item[],
  facts: readonly CorrectionFacts[],
  termsOf: (correction: Item) => CorrectionTerms,
): CorrectionDecision[] {
  const applied = new Map<string, Item>();
  const correctedByEvent = new Map<string, number>();
  const takenByTotal = new Map<string, number>();
  return corrections.map((correction, index) => {
    const { known, original } = facts[index] ?? {};
    const total = `${original?.periodStart.toISOString() ?? ''} ${correction.meter}`;
    const corrected = correctedByEvent.get(correction.corrects) ?? 0;
    const taken = takenByTotal.get(total) ?? 0;
    const current = original && { ...original, corrected: original.corrected + corrected, counted: original.counted - taken };
    const decision = decideCorrection(correction, { known: known ?? applied.get(correction.id), original: current }, termsOf(correction));
    if (decision === 'apply') {
      applied.set(correction.id, correction);
      correctedByEvent.set(correction.corrects, corrected - correction.quantity);
      takenByTotal.set(total, taken - correction.quantity);
    }
    return decision;
  });
}
