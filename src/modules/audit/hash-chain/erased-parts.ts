import type { Fault } from '../checkpoints/checkpoint-verification.service.js';
import type { EventRow } from './event-hash.js';

const partTables = ['audit.actors', 'audit.details'] as const;
type Part = (typeof partTables)[number];

const reasons: Readonly<Record<Part, string>> = {
  'audit.actors': 'the actor was removed, and no later event says that it was erased',
  'audit.details': 'the recorded changes were removed, and no later event says that they were erased',
};

/** A changed row of an event, which may say that a part of other events was erased. */
export interface ErasureChange {
  readonly table: string;
  readonly id: string | null;
  readonly operation: string;
  readonly before: { readonly sequences?: readonly number[] } | null;
}

/**
 * The parts of a chain that are missing, and the later events that explain them: the erasure of a person names the events, and
 * the erasure of the organization explains all events before it.
 */
export class ErasedParts {
  readonly #missing: Readonly<Record<Part, Set<number>>> = { 'audit.actors': new Set(), 'audit.details': new Set() };

  /** @param chain the id of the organization */
  constructor(private readonly chain: string) {}

  /** Adds the next event of the chain, whose hashes were verified. */
  add({ actorSalt, detailsSalt, changesText, outcome }: EventRow, sequence: number): void {
    if (actorSalt === null) this.#missing['audit.actors'].add(sequence);
    if (detailsSalt === null) this.#missing['audit.details'].add(sequence);
    if (changesText === null || outcome !== 'done' || !/"(?:audit\.\w+|organizations)"/.test(changesText)) return;
    this.explain(JSON.parse(changesText) as ErasureChange[]);
  }

  /** Adds what says that parts of the events before were erased. */
  explain(changes: readonly ErasureChange[]): void {
    for (const change of changes) if (change.operation === 'delete') this.#explain(change);
  }

  #explain({ table, id, before }: ErasureChange): void {
    if (table === 'organizations' && id === this.chain) for (const part of partTables) this.#missing[part].clear();
    const part = partTables.find((each) => each === table);
    if (part !== undefined) for (const sequence of before?.sequences ?? []) this.#missing[part].delete(sequence);
  }

  /** Returns the first event with a missing part that no event explains; undefined when there is none. */
  firstUnexplained(): Fault | undefined {
    const first = partTables.flatMap((part) => [...this.#missing[part]].slice(0, 1).map((sequence) => ({ sequence, reason: reasons[part] })));
    return first.toSorted((a, b) => a.sequence - b.sequence)[0];
  }
}
