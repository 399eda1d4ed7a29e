import { AppError } from '../common/errors/app-error.js';
import { Prisma } from '../generated/prisma/client.js';
import type { PlatformTransaction } from './transactions.js';

export class UnderLegalHoldError extends AppError {
  constructor(what: string) {
    super('conflict', 'under_legal_hold', `${what} is under a legal hold, and cannot be deleted or erased. An operator can release the hold.`);
  }
}

/** The condition that a user, by an SQL expression, or one of their organizations is under a legal hold. */
export const isHeldUser = (user: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(app.is_held(${user}) or exists (select from memberships held where held.user_id = ${user} and app.is_held(held.organization_id)))`;

/** The condition that an organization, by an SQL expression, or one of its members is under a legal hold. */
export const isHeldOrganization = (organization: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(app.is_held(${organization}) or exists (select from memberships held where held.organization_id = ${organization} and app.is_held(held.user_id)))`;

/** Call it under the locks of the users. @throws {UnderLegalHoldError} when one of the users, or one of their organizations, is under a legal hold */
export async function assertUsersNotHeld(tx: PlatformTransaction, userIds: readonly string[]): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`select 1 as one from unnest(${[...userIds]}::uuid[]) u where ${isHeldUser(Prisma.sql`u`)} limit 1`;
  if (held.length > 0) throw new UnderLegalHoldError('The user, or one of their organizations,');
}

/** Whether any legal hold exists. Data of which the part of one person cannot be kept alone is kept as a whole then. */
export async function hasLegalHolds(tx: PlatformTransaction): Promise<boolean> {
  return (await tx.legalHold.findFirst({ select: { id: true } })) !== null;
}
