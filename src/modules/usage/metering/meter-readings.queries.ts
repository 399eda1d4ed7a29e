import type { PlatformTransaction } from '../../../database/transactions.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { periodBeginnings } from './meter-period.js';

/** The limits of the catalog, as JSON for statements about all organizations. */
export interface LimitsBasis {
  readonly plans: string;
  readonly perUnit: string;
}

/** The meters and limits of the catalog, as JSON for statements about all organizations. */
export interface ReadingBasis extends LimitsBasis {
  readonly meters: string;
}

/**
 * A table expression: a row for each organization and meter, with the columns `organization_id`, `meter`, `used`
 * (without held units) and `limit` (with grants; null for unlimited). Only the platform may run it.
 *
 * @param organizationIds all organizations when null
 */
export const meterReadings = ({ meters, plans, perUnit }: ReadingBasis, at: Date, organizationIds: readonly string[] | null): Prisma.Sql => Prisma.sql`
  (select organization_id, meter, used, allowance + from_grants + granted as "limit"
     from usage.readings(${organizationIds}::uuid[], ${meters}::jsonb, ${plans}::jsonb, ${at}, ${periodBeginnings(at)}::jsonb, ${perUnit}::jsonb))`;

/** The units of a meter that an organization uses, and those that grants add to any allowance. In whole parts of a unit. */
export interface UnitsInUseRow {
  readonly meter: string;
  readonly used: bigint;
  readonly granted: bigint;
}

/** Reads meters of one organization in the transaction of a decision about its plan, so the allowance is left out. */
export const findUnitsInUse = (tx: PlatformTransaction, { meters, plans, perUnit }: ReadingBasis, at: Date, organizationId: string): Promise<UnitsInUseRow[]> =>
  tx.$queryRaw<UnitsInUseRow[]>`
    select meter, used, from_grants + granted as granted from usage.readings(array[${organizationId}::uuid], ${meters}::jsonb, ${plans}::jsonb, ${at}, ${periodBeginnings(at)}::jsonb, ${perUnit}::jsonb)`;
