import { Injectable } from '@nestjs/common';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';

/** Whom to erase: by the id of their user, their address, or both when the user is gone already. */
export interface Person {
  readonly userId?: string | undefined;
  readonly email?: string | undefined;
}

export interface ErasureResult {
  /** The users that were meant: several accounts may claim an address that nobody has proved. */
  readonly userIds: readonly string[];
  /** Events that tell no more who did them. */
  readonly actors: number;
  /** Events that tell no more what was changed. */
  readonly details: number;
  /** Entries of the access log that tell no more by what name, address and device. */
  readonly reads: number;
}

/** Takes a person out of what stands beside the chains of the audit log. The chains hold their hashes, and still verify. */
@Injectable()
export class AuditErasureService {
  constructor(private readonly platform: PlatformDb) {}

  /** Erases who they were (name, address, device) from what they did, and the before and after of what names them. */
  async erasePerson(person: Person, tx?: PlatformTransaction): Promise<ErasureResult> {
    if (tx === undefined) return this.platform.$transaction((own) => this.erasePerson(person, own), { timeout: 600_000 });
    const { userIds, emails } = await this.#find(tx, person);
    const named = emails.map(wholeAddressPattern);
    const actors = await tx.$executeRaw`
      delete from audit.actors a using audit.events e
       where e.id = a.event_id and (e.actor_id = any(${userIds}::text[]) or lower(a.name) ~ any(${named}::text[]))`;
    const details = await tx.$executeRaw`
      delete from audit.details d
       where lower(d.changes::text) ~ any(${named}::text[])
          or exists (select from jsonb_array_elements(d.changes) c
                      where (c ->> 'table' = 'users' and c ->> 'id' = any(${userIds}::text[]))
                         or c -> 'before' ->> 'user_id' = any(${userIds}::text[]) or c -> 'after' ->> 'user_id' = any(${userIds}::text[]))`;
    const reads = await tx.$executeRaw`
      update access_log set actor_name = null, ip = null, user_agent = null
       where num_nonnulls(actor_name, ip, user_agent) > 0 and (actor_id = any(${userIds}::text[]) or lower(actor_name) ~ any(${named}::text[]))`;
    return { userIds, actors, details, reads };
  }

  async #find(tx: PlatformTransaction, { userId, email }: Person): Promise<{ userIds: string[]; emails: string[] }> {
    const where = { OR: [...(userId === undefined ? [] : [{ id: userId }]), ...(email === undefined || userId !== undefined ? [] : [{ email: email.toLowerCase() }])] };
    const users = await tx.user.findMany({ where, select: { id: true, email: true } });
    const ids = [...users.map(({ id }) => id), ...(userId === undefined ? [] : [userId])];
    const addresses = [...users.map((user) => user.email), ...(email === undefined ? [] : [email.toLowerCase()])];
    return { userIds: [...new Set(ids)], emails: [...new Set(addresses)] };
  }
}

/** An address as a pattern of PostgreSQL's, that is not found in a longer one. */
const wholeAddressPattern = (email: string): string => `(?<![a-z0-9._%+-])${email.replace(/[^\p{L}\p{N}@]/gu, String.raw`\$&`)}(?![a-z0-9-]|[.][a-z0-9])`;
