import * as usage from '../usage.functions.js';
import { decideCorrections, isProblem, type Correction, type CorrectionFacts, type CorrectionProblem } from './correction.policy.js';
import type { Reporter } from './reporter.js';

/** A correction of a batch. */
export interface ReportedCorrection extends Correction, Reporter {
  readonly metadata?: object | undefined;
}

export interface CorrectionRules {
  /** The aggregation of each meter. */
  readonly aggregations: ReadonlyMap<string, string>;
  /** Events that occurred earlier cannot be corrected. */
  readonly oldest: Date;
}

/** A correction that cannot be applied. */
export interface ImpossibleCorrection {
  /** The place of the correction among the corrections. */
  readonly index: number;
  readonly problem: CorrectionProblem;
}

/** Thrown when events cannot be corrected. The transaction must be rolled back. */
export class ImpossibleCorrections extends Error {
  constructor(readonly impossible: readonly ImpossibleCorrection[]) {
    super(`corrections cannot be applied: ${impossible.map(({ index, problem }) => `${index} ${problem}`).join(', ')}`);
  }
}

/** The result of a batch of corrections. Those that are neither applied nor conflicting had been applied before. */
export interface AppliedCorrections {
  readonly applied: number;
  /** The places of the corrections whose id belongs to another event. */
  readonly conflicting: readonly number[];
}

/** Calls a SQL function inside a transaction and returns its rows. */
export type TransactionCall = <Row>(call: usage.SqlCall<Row>) => Promise<Row[]>;

/**
 * Applies all corrections or none, inside a transaction: locks their meters, reads the facts, decides, and writes. A
 * correction whose id belongs to another event is left out.
 *
 * @throws {ImpossibleCorrections}
 */
export async function applyCorrections(
  call: TransactionCall,
  organization: string,
  corrections: readonly ReportedCorrection[],
  { aggregations, oldest }: CorrectionRules,
  at: Date,
): Promise<AppliedCorrections> {
  const aggregationOf = ({ meter }: Correction): string => aggregations.get(meter) ?? 'sum';
  const facts = (await call(usage.readCorrections({ organization, corrections }))).map(factsOf);
  const decisions = decideCorrections(corrections, facts, (correction) => ({ aggregation: aggregationOf(correction), oldest }));
  const impossible = decisions.flatMap((decision, index) => (isProblem(decision) ? [{ index, problem: decision }] : []));
  if (impossible.length > 0) throw new ImpossibleCorrections(impossible);
  const accepted = corrections.flatMap((correction, index) => (decisions[index] === 'apply' ? [{ ...correction, aggregation: aggregationOf(correction) }] : []));
  if (accepted.length > 0) await call(usage.writeCorrections({ organization, corrections: accepted, at }));
  return { applied: accepted.length, conflicting: decisions.flatMap((decision, index) => (decision === 'reused' ? [index] : [])) };
}

function factsOf(row: usage.ReadCorrectionsRow): CorrectionFacts {
  const { meter, occurred_at: occurredAt, period_start: periodStart, counted } = row;
  return {
    known: row.known_quantity === null ? undefined : { corrects: row.known_corrects, quantity: Number(row.known_quantity) },
    original:
      meter === null || occurredAt === null || periodStart === null
        ? undefined
        : {
            meter,
            quantity: Number(row.quantity),
            occurredAt,
            periodStart,
            corrects: row.corrects,
            corrected: Number(row.corrected),
            isReset: row.is_reset,
            // Without a total there is nothing that could become too low.
            counted: counted === null ? Infinity : Number(counted),
          },
  };
}
