import type { ClientBase } from 'pg';
import { ArchiveConflictError, BadArchiveError } from './archive.errors.js';
import type { Row } from './archive-lines.js';

/** A user of the archive. */
export interface ArchivedUser {
  readonly line: string;
  readonly id: string;
  /** Their address, when it is verified. */
  readonly verifiedEmail: string | undefined;
}

/** Who the users of the archive are in this database. */
export class RestoredUsers {
  /** Archive's id → ours, for those who are known here by their verified address. */
  readonly matched = new Map<string, string>();
  /** The ids of those who were not here. */
  readonly created = new Set<string>();
  kept = 0;
  readonly #ours = new Set<string>();

  /**
   * Decides about some users: who is here by id stays as they are, who is here by verified address is that user, and the
   * others are new.
   *
   * @returns those who must be made
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

  #isNew({ id, verifiedEmail }: ArchivedUser, known: ReadonlySet<string>, byEmail: ReadonlyMap<string, string>): boolean {
    const match = known.has(id) ? id : verifiedEmail === undefined ? undefined : byEmail.get(verifiedEmail);
    const ours = match ?? id;
    if (this.#ours.has(ours)) throw new ArchiveConflictError(`Two users of the archive are one user here: ${ours}. Join them where the archive comes from, or change an address.`);
    this.#ours.add(ours);
    if (match === id) this.kept += 1;
    else if (match !== undefined) this.matched.set(id, match);
    else this.created.add(id);
    return match === undefined;
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws {BadArchiveError} */
export function parseArchivedUser(line: string, row: Row): ArchivedUser {
  const { id, email, email_verified_at: verified } = row;
  if (typeof id !== 'string' || !uuid.test(id) || typeof email !== 'string') throw new BadArchiveError('users: a line has no id or e-mail.');
  return { line, id, verifiedEmail: typeof verified === 'string' ? email : undefined };
}
