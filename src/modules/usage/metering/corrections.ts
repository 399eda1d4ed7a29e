import * as usage from '../usage.functions.js';
import { decideCorrections, type Correction, type CorrectionFacts, type CorrectionProblem } from './correction.policy.js';
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

/** Thrown when an event cannot be corrected. Its transaction must be rolled back. */
export class ImpossibleCorrection extends Error {
  constructor(
    /** The place of the correction among the corrections. */
    readonly index: number,
    readonly problem: CorrectionProblem,
  ) {
    super(`correction ${index} cannot be applied: ${problem}`);
  }
}

/** Calls a SQL function inside a transaction and returns its rows. */
export type TransactionCall = <Row>(call: usage.SqlCall<Row>) => Promise<Row[]>;

/**
 * Applies all corrections or none, inside a transaction: locks their meters, reads the facts, decides, and writes.
 *
 * @returns the number of corrections that were applied; the others had been applied before
 * @throws {ImpossibleCorrection}
 */
export async function applyCorrections(
  call: TransactionCall,
  organization: string,
  corrections: readonly ReportedCorrection[],
  { aggregations, oldest }: CorrectionRules,
  at: Date,
): Promise<number> {
  const aggregationOf = ({ meter }: Correction): string => aggregations.get(meter) ?? 'sum';
  const facts = (await call(usage.readCorrections({ organization, corrections }))).map(factsOf);
  const decisions = decideCorrections(corrections, facts, (correction) => ({ aggregation: aggregationOf(correction), oldest }));
  const accepted = corrections.flatMap((correction, index) => {
    const decision = decisions[index] ?? 'unknown';
    if (decision === 'repeated') return [];
    if (decision !== 'apply') throw new ImpossibleCorrection(index, decision);
    return [{ ...correction, aggregation: aggregationOf(correction) }];
  });
  if (accepted.length === 0) return 0;
  const [written] = await call(usage.writeCorrections({ organization, corrections: accepted, at }));
  const usedId = written?.write_corrections ?? null;
  if (usedId !== null)
    throw new ImpossibleCorrection(
      corrections.findIndex(({ id }) => id === usedId),
      'reused',
    );
  return accepted.length;
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
