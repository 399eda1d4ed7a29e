import { quantityOf } from '../../../config/catalog/quantities.js';
import type { Limit, MeterDefinition } from '../../../config/catalog/catalog.js';
import type { MeterPeriod } from './meter-period.js';

/** The rules of a meter for one organization at one moment. */
export interface MeterTerms extends MeterPeriod {
  readonly meter: MeterDefinition;
  /** The units of the period that the plan, its add-ons or the operator allow; undefined for unlimited. */
  readonly allowance: Limit;
  /** Whether units beyond the allowance use up grants. */
  readonly burns: boolean;
}

/** The units of a meter, as the database counts them: in whole parts of a unit. */
export interface MeterState {
  /** Units that are not available to others: used units, and units that a reservation or a server holds. */
  readonly taken: number;
  readonly held: number;
  /** The taken units that used up grants. */
  readonly fromGrants: number;
  /** The units left of grants. */
  readonly granted: number;
}

/** A meter of an organization in its current period. */
export interface MeterReading extends MeterTerms, MeterState {
  /** `taken` without `held`. */
  readonly used: number;
  /** The limit of the period, grants included; undefined for unlimited. */
  readonly limit: number | undefined;
  /** The units that can still be taken; undefined for unlimited. */
  readonly remaining: number | undefined;
}

export function readingOf(terms: MeterTerms, state: MeterState): MeterReading {
  const limit = terms.allowance === undefined ? undefined : terms.allowance + state.fromGrants + state.granted;
  return { ...terms, ...state, used: state.taken - state.held, limit, remaining: limit === undefined ? undefined : Math.max(0, limit - state.taken) };
}

/** Whether units can be taken now: the answer of checks. A call that takes units decides in SQL, under the lock of the meter. */
export const hasRoomFor = ({ taken, limit }: Pick<MeterReading, 'taken' | 'limit'>, quantity: number): boolean => limit === undefined || taken + quantity <= limit;

/** The numbers of a reading as callers read them, with the decimals of the meter. `null` stands for unlimited. */
export interface ReadQuantities {
  readonly used: number;
  readonly held: number;
  readonly granted: number;
  readonly limit: number | null;
  readonly remaining: number | null;
}

export function quantitiesOf({ meter: { decimals }, used, held, granted, limit, remaining }: MeterReading): ReadQuantities {
  const quantity = (parts: number): number => quantityOf(decimals, parts);
  return {
    used: quantity(used),
    held: quantity(held),
    granted: quantity(granted),
    limit: limit === undefined ? null : quantity(limit),
    remaining: remaining === undefined ? null : quantity(remaining),
  };
}
