import type { ClientBase } from 'pg';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import { ArchiveConflictError, BadArchiveError } from './archive.errors.js';
import type { Row } from './format/archive-lines.js';

/** A user of the archive. */
export interface ArchivedUser {
  readonly line: string;
  readonly id: string;
  /** The email address, if it is verified. */
  readonly verifiedEmail: string | undefined;
  /** Whether the organization manages the account. */
  readonly managed: boolean;
}

/** Matches the users of an archive with the users of this database. */
export class RestoredUsers {
  /** The ids of users who did not exist in this database. */
  readonly created = new Set<string>();
  kept = 0;
  /** How many users were matched by their verified address. */
  matched = 0;
  /** Id in the archive → id in this database, where it differs: also for managed accounts of the original, which a restore under a new id creates again, because each works in one organization. */
  readonly newIds = new Map<string, string>();
  readonly #resolved = new Set<string>();

  /** @param copiedAt the time of a restore under a new id; undefined for another one */
  constructor(private readonly copiedAt: Date | undefined) {}

  /** Returns the id in this database of a user of the archive. */
  idOf(id: string): string {
    return this.newIds.get(id) ?? id;
  }

  /**
   * Matches users by id, then by verified email address. Users who match by id are not changed; users without a match are new.
   *
   * @returns the users to create
   */
  async matchUsers(client: ClientBase, people: readonly ArchivedUser[]): Promise<ArchivedUser[]> {
    const emails = people.flatMap(({ verifiedEmail }) => verifiedEmail ?? []);
    const { rows } = await client.query<{ id: string; email: string; verified: boolean }>(
      `select id, email, email_verified_at is not null as verified from public.users where id = any($1::uuid[]) or (email_verified_at is not null and email = any($2))`,
      [people.map(({ id }) => id), emails],
    );
    const known = new Set(rows.map(({ id }) => id));
    const byEmail = new Map(rows.filter(({ verified }) => verified).map(({ email, id }) => [email, id]));
    return people.filter((person) => this.#isNew(person, known, byEmail));
  }

  #isNew({ id, verifiedEmail, managed }: ArchivedUser, known: ReadonlySet<string>, byEmail: ReadonlyMap<string, string>): boolean {
    if (managed && this.copiedAt !== undefined) {
      this.newIds.set(id, timeOrderedId(this.copiedAt));
      this.created.add(id);
      return true;
    }
    const match = known.has(id) ? id : verifiedEmail === undefined ? undefined : byEmail.get(verifiedEmail);
    const resolvedId = match ?? id;
    if (this.#resolved.has(resolvedId))
      throw new ArchiveConflictError(
        `Two users of the archive match the same user of this database: ${resolvedId}. Merge them in the source, or change one of their email addresses.`,
      );
    this.#resolved.add(resolvedId);
    if (match === id) this.kept += 1;
    else if (match !== undefined) {
      this.matched += 1;
      this.newIds.set(id, match);
    } else this.created.add(id);
    return match === undefined;
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param organizationId the restored organization @throws {BadArchiveError} */
export function parseArchivedUser(line: string, row: Row, organizationId: string): ArchivedUser {
  const { id, email, managed_by_id: managedBy, email_verified_at: verified } = row;
  const managed = typeof managedBy === 'string';
  if (typeof id !== 'string' || !uuid.test(id) || (typeof email !== 'string' && !managed)) throw new BadArchiveError('users: a line has no id or email.');
  if (managed && managedBy !== organizationId) throw new BadArchiveError(`users: the managed account ${id} belongs to another organization.`);
  return { line, id, verifiedEmail: typeof verified === 'string' && typeof email === 'string' ? email : undefined, managed };
}
