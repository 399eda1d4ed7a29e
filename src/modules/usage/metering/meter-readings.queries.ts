import { Prisma } from '../../../generated/prisma/client.js';

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
     from usage.readings(${organizationIds}::uuid[], ${meters}::jsonb, ${plans}::jsonb, ${at}, ${perUnit}::jsonb))`;
