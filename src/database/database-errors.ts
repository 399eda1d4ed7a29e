import pg from 'pg';
import { Prisma } from '../generated/prisma/client.js';

interface ConstraintCause {
  readonly driverAdapterError?: { readonly cause?: { readonly originalMessage?: string; readonly constraint?: { readonly fields?: readonly string[]; readonly index?: string } } };
}

/** Returns everything that the driver reports about the violated constraint, in one text. */
function constraintText(error: Prisma.PrismaClientKnownRequestError): string {
  const cause = (error.meta as ConstraintCause | undefined)?.driverAdapterError?.cause;
  return [cause?.originalMessage, cause?.constraint?.index, ...(cause?.constraint?.fields ?? []), JSON.stringify(error.meta?.['target'] ?? '')].join(' ');
}

/** Whether a constraint was violated, as Prisma or pg reports it: a prepared write is sent without Prisma. */
function isViolation(error: unknown, prismaCode: string, sqlState: string, about: string): boolean {
  if (error instanceof pg.DatabaseError) return error.code === sqlState && error.constraint?.includes(about) === true;
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === prismaCode && constraintText(error).includes(about);
}

/**
 * Whether a write failed because a unique key already has the value (SQLSTATE 23505).
 *
 * @param about part of the name of the key
 */
export const isUniqueViolation = (error: unknown, about: string): boolean => isViolation(error, 'P2002', '23505', about);

/** Whether a write failed because it references a row that does not exist (SQLSTATE 23503), or not in this tenant. */
export const isForeignKeyViolation = (error: unknown, about: string): boolean => isViolation(error, 'P2003', '23503', about);

/** Whether a write failed because no operator would remain (app.keep_an_operator). */
export function isLastOperatorViolation(error: unknown): boolean {
  return error instanceof Error && /last_operator/.test(error.message + JSON.stringify((error as { meta?: unknown }).meta ?? ''));
}
