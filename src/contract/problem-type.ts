import type { Schema } from './open-api.js';

/** A kind of problem, which its code names. */
export interface ProblemType {
  readonly statuses: readonly number[];
  /** The cause, and what to do. */
  readonly description: string;
  /** Its members in addition to those of every problem. */
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}
