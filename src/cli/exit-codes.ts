import { AppError } from '../common/errors/app-error.js';
import { ArchiveConflictError, BadArchiveError, UnknownOrganizationError } from '../modules/tenants/archive/archive.errors.js';

/** Exit codes of the command line, the same for all commands; docs/command-line.md lists them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, notFound: 3, partly: 4, badArchive: 5, conflict: 6, nothing: 7 } as const;

export type Exit = keyof typeof exitCodes;

/** As `--help` tells them. A command may have words of its own. */
export const exitMeanings: Readonly<Record<Exit, string>> = {
  done: 'done',
  failed: 'failed; the message says why',
  usage: 'not done: an option or argument is wrong, or nobody confirmed it',
  notFound: 'there is no such tenant',
  partly: 'partly done; run it again for the rest',
  badArchive: 'the archive is not sound, or newer than the database',
  conflict: 'what is in the database stands in the way: the organization, its slug or something of it, or the catalog lacks what it uses',
  nothing: 'nothing to do',
};

/** How a command ends that threw an error. */
export function exitOf(error: unknown): Exit {
  if (error instanceof UnknownOrganizationError || (error instanceof AppError && error.kind === 'not_found')) return 'notFound';
  if (error instanceof BadArchiveError) return 'badArchive';
  return error instanceof ArchiveConflictError ? 'conflict' : 'failed';
}
