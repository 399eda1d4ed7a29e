import { AppError } from '../common/errors/app-error.js';
import { LastOperatorError } from '../modules/auth/platform/platform.errors.js';
import { ArchiveConflictError, BadArchiveError, UnknownOrganizationError } from '../modules/tenants/archive/archive.errors.js';
import { BackupNotFoundError } from '../modules/tenants/backups/backups.errors.js';

/** Exit codes of the command line. Each code has the same meaning for all commands; docs/command-line.md lists them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, notFound: 3, partly: 4, badArchive: 5, conflict: 6, nothing: 7 } as const;

export type Exit = keyof typeof exitCodes;

/** The texts that `--help` prints. A command may replace them. */
export const exitMeanings: Readonly<Record<Exit, string>> = {
  done: 'success',
  failed: 'error; the message describes it',
  usage: 'not run: an option or argument is invalid, or the prompt was not confirmed',
  notFound: 'the tenant does not exist',
  partly: 'partially completed; run the command again to complete it',
  badArchive: 'the archive is invalid, or newer than the database',
  conflict: 'conflict with existing data, or the catalog lacks something the organization uses',
  nothing: 'nothing to do',
};

/** Returns the exit for an error that a command threw. */
export function exitOf(error: unknown): Exit {
  if (error instanceof UnknownOrganizationError || error instanceof BackupNotFoundError || (error instanceof AppError && error.kind === 'not_found')) return 'notFound';
  if (error instanceof BadArchiveError) return 'badArchive';
  return error instanceof ArchiveConflictError || error instanceof LastOperatorError ? 'conflict' : 'failed';
}
