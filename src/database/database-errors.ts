import { Prisma } from '../generated/prisma/client.js';

interface ConstraintCause {
  readonly driverAdapterError?: { readonly cause?: { readonly originalMessage?: string; readonly constraint?: { readonly fields?: readonly string[]; readonly index?: string } } };
}

/** Everything that the driver tells about the violated constraint, in one text. */
function constraintText(error: Prisma.PrismaClientKnownRequestError): string {
  const cause = (error.meta as ConstraintCause | undefined)?.driverAdapterError?.cause;
  return [cause?.originalMessage, cause?.constraint?.index, ...(cause?.constraint?.fields ?? []), JSON.stringify(error.meta?.['target'] ?? '')].join(' ');
}

/**
 * Whether a write failed because a unique key holds the value already (SQLSTATE 23505).
 *
 * @param about a column or index name that the key's name or columns contain
 */
export function isUniqueViolation(error: unknown, about: string): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002' && constraintText(error).includes(about);
}

/** Whether a write failed because it refers to a row that is not there (SQLSTATE 23503), in this tenant. */
export function isForeignKeyViolation(error: unknown, about: string): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2003' && constraintText(error).includes(about);
}
