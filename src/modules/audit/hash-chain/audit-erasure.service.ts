import { Injectable } from '@nestjs/common';
import { emailAddressOf } from '../../../common/text/internet-names.js';
import { AuditChainService } from './audit-chain.service.js';
import { assertUsersNotHeld } from '../../../database/legal-holds.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';

/** The person to erase, by user id, email address, or both if the user was deleted. */
export interface Person {
  readonly userId?: string | undefined;
  readonly email?: string | undefined;
}

export interface ErasureResult {
  /** The matching users. Several accounts can have the same unverified address. */
  readonly userIds: readonly string[];
  /** The number of events whose actor was erased. */
  readonly actors: number;
  /** The number of events whose changes were erased. */
  readonly details: number;
  /** The number of access log entries whose name, address and device were erased. */
  readonly reads: number;
  /** The number of events for webhooks that were deleted, because they name the person. */
  readonly events: number;
}

/** Erases a person from the audit log and the log of events. The hash chains contain only hashes of the erased parts, so they still verify. */
@Injectable()
export class AuditErasureService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly chains: AuditChainService,
  ) {}

  /**
   * Erases the name, address and device from the person's events, and all changes that name the person. Chains the events that wait first, so that the
   * record of the erasure names them.
   *
   * @throws {UnderLegalHoldError} when the person, or one of their organizations, is under a legal hold
   */
  async erasePerson(person: Person): Promise<ErasureResult> {
    await this.chains.chainAll();
    return this.platform.$transaction(
      async (tx) => {
        await assertUsersNotHeld(tx, (await this.#find(tx, person)).userIds);
        return this.#erase(tx, person);
      },
      { timeout: 600_000 },
    );
  }

  /**
   * Erases a person in a transaction, in which the caller has removed whatever else names them.
   *
   * @param known the address of a user who was deleted; undefined if none was verified
   */
  async eraseDeletedUser(tx: PlatformTransaction, userId: string, known: string | undefined): Promise<ErasureResult> {
    await this.chains.chainAll();
    return this.#erase(tx, { userId, email: known });
  }

  async #erase(tx: PlatformTransaction, person: Person): Promise<ErasureResult> {
    // One erasure or purge of events at a time (PurgeEventsJob).
    await tx.$executeRaw`lock table event_streams in share update exclusive mode`;
    const { userIds, emails } = await this.#find(tx, person);
    const [erased] = await tx.$queryRaw<{ actors: bigint; details: bigint }[]>`select actors, details from audit.erase_person(${userIds}::text[], ${emails}::text[])`;
    const named = emails.map(wholeAddressPattern);
    const reads = await tx.$executeRaw`
      update access_log set actor_name = null, ip = null, user_agent = null
       where num_nonnulls(actor_name, ip, user_agent) > 0 and (actor_id = any(${userIds}::text[]) or lower(actor_name) ~ any(${named}::text[]))`;
    // Waits for events that are being written, which may name the person, and lets none be written until the erasure is committed.
    await tx.$executeRaw`lock table event_streams in exclusive mode`;
    await tx.$executeRaw`delete from event_changes where concat(before, after) ~ any(${userIds}::text[]) or lower(concat(before, after)) ~ any(${named}::text[])`;
    const events = await tx.$executeRaw`delete from domain_events where data::text ~ any(${userIds}::text[]) or lower(data::text) ~ any(${named}::text[])`;
    // Answers of receivers. The deliveries of the deleted events are gone with them.
    await tx.$executeRaw`update webhook_attempts set answer = null where answer ~ any(${userIds}::text[]) or lower(answer) ~ any(${named}::text[])`;
    return { userIds, actors: Number(erased?.actors ?? 0), details: Number(erased?.details ?? 0), reads, events };
  }

  async #find(tx: PlatformTransaction, { userId, email }: Person): Promise<{ userIds: string[]; emails: string[] }> {
    const where = { OR: [...(userId === undefined ? [] : [{ id: userId }]), ...(email === undefined || userId !== undefined ? [] : [{ email: emailAddressOf(email) ?? email }])] };
    const users = await tx.user.findMany({ where, select: { id: true, email: true } });
    const ids = [...users.map(({ id }) => id), ...(userId === undefined ? [] : [userId])];
    const addresses = [...users.flatMap((user) => user.email ?? []), ...(email === undefined ? [] : [emailAddressOf(email) ?? email, email.toLowerCase()])];
    return { userIds: [...new Set(ids)], emails: [...new Set(addresses)] };
  }
}

/** Returns a PostgreSQL pattern that matches the address, but not as a part of a longer address. */
const wholeAddressPattern = (email: string): string => `(?<![a-z0-9._%+-])${email.replace(/[^\p{L}\p{N}@]/gu, String.raw`\$&`)}(?![a-z0-9-]|[.][a-z0-9])`;
