import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import { ownerRole, Roles } from '../../../access/roles.js';
import { Clock } from '../../../common/clock.js';
import { AppError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { lockOrganizations } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { MailboxesService } from '../../auth/accounts/mailboxes.service.js';
import { readPasswordHash, UnusablePasswordHashError } from '../../auth/passwords/password-hashes.js';
import { SignInMethodsService } from '../../auth/sign-in-methods.service.js';
import { MembershipRulesService } from '../../members/membership-rules.service.js';
import { endInvitations } from '../../members/new-members.js';
import { readRows, type ImportFormat } from './imported-rows.js';
import { isRefused, readImportedUser, type ImportedUser, type RefusedRow, type RowDefaults } from './imported-user.policy.js';

export interface UsersImportOptions extends RowDefaults {
  readonly format: ImportFormat;
  /** Reads and checks everything, and writes nothing. */
  readonly dryRun: boolean;
  /** Lines before it are not read again. */
  readonly fromLine: number;
  /** Gives users whose verified account exists already the membership of their line, if they lack it. */
  readonly addMemberships: boolean;
  /** Why members may exceed the seats of their organization; undefined when they may not. */
  readonly exceedSeats?: string | undefined;
  /** Receives the lines that were not imported, in the order of the file. */
  readonly report: (rows: readonly RefusedRow[]) => Promise<void>;
  readonly onProgress?: (line: number) => void;
}

export interface UsersImportResult {
  readonly dryRun: boolean;
  /** The last line that was read. */
  readonly lastLine: number;
  readonly created: number;
  readonly memberships: number;
  /** Users whose account existed already, and was not changed. */
  readonly existing: number;
  readonly refused: number;
}

/** A user with a valid hash, and the organization that they join. */
type Candidate = ImportedUser & {
  readonly importedKind: string | null;
  readonly organizationId: string | null;
};
/** One with an account of their own. */
type Person = Candidate & { readonly email: string };
/** One whose account the organization manages. */
type ManagedUser = Candidate & { readonly userName: string; readonly organizationId: string };

const isPerson = (candidate: Candidate): candidate is Person => candidate.email !== null;
const isManaged = (candidate: Candidate): candidate is ManagedUser => candidate.userName !== null && candidate.organizationId !== null;

type Known = ReadonlyMap<string, { readonly id: string | null; readonly verified: boolean }>;

/** The users of one transaction: its locks are held for as long as they are written. */
const batchSize = 200;
const batchTimeoutMs = 120_000;

const refuse = ({ line, email, userName }: ImportedUser, code: string, message: string): RefusedRow => ({ line, email, userName, code, message });
const distinct = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

/** Creates the users of a file, with the password hashes of another application. A file can be imported again: users who exist are not changed. */
@Injectable()
export class UsersImportService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly mailboxes: MailboxesService,
    private readonly methods: SignInMethodsService,
    private readonly rules: MembershipRulesService,
    private readonly entitlements: OrganizationEntitlementsService,
    private readonly roles: Roles,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /** @throws {Error} when the file cannot be read; the message of a failed batch names the line from which to continue */
  async importUsers(file: string, options: UsersImportOptions): Promise<UsersImportResult> {
    const total = { dryRun: options.dryRun, lastLine: 0, created: 0, memberships: 0, existing: 0, refused: 0 };
    const plan = options.dryRun ? new PlannedImport() : undefined;
    let pending: (ImportedUser | RefusedRow)[] = [];
    const flush = async (): Promise<void> => {
      const outcome = await this.#importBatch(pending, options, plan).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`${message} All lines before ${pending[0]?.line ?? 1} are done. To continue: --from-line ${pending[0]?.line ?? 1}.`, { cause: error });
      });
      await options.report(outcome.refused);
      total.created += outcome.created;
      total.memberships += outcome.memberships;
      total.existing += outcome.refused.filter(({ code }) => code === 'exists').length;
      total.refused += outcome.refused.filter(({ code }) => code !== 'exists').length;
      total.lastLine = pending.at(-1)?.line ?? total.lastLine;
      options.onProgress?.(total.lastLine);
      pending = [];
    };
    const inBatch = new Set<string>();
    for await (const row of readRows(file, options.format)) {
      if (row.line < options.fromLine) continue;
      const user = readImportedUser(row, options, this.clock.now());
      // A second line of the same person finds the account that the first one has created.
      if (pending.length === batchSize || (!isRefused(user) && inBatch.has(nameOf(user)))) {
        await flush();
        inBatch.clear();
      }
      pending.push(user);
      if (!isRefused(user)) inBatch.add(nameOf(user));
    }
    if (pending.length > 0) await flush();
    return total;
  }

  async #importBatch(
    rows: readonly (ImportedUser | RefusedRow)[],
    options: UsersImportOptions,
    plan: PlannedImport | undefined,
  ): Promise<{ readonly created: number; readonly memberships: number; readonly refused: readonly RefusedRow[] }> {
    const refused: RefusedRow[] = rows.filter(isRefused);
    const organizations = await this.#findOrganizations(rows.flatMap((row) => (isRefused(row) || row.organization === null ? [] : [row.organization])));
    const candidates = rows.flatMap((row) => {
      if (isRefused(row)) return [];
      const checked = this.#check(row, organizations);
      if (!isRefused(checked)) return [checked];
      refused.push(checked);
      return [];
    });
    const counts = { created: 0, memberships: 0 };
    // A transaction for each organization: the audit log of an organization has all users of the transaction.
    for (const organizationId of distinct(candidates.map((candidate) => candidate.organizationId))) {
      const own = candidates.filter((candidate) => candidate.organizationId === organizationId);
      const claimed = await this.platform.$transaction((tx) => this.#write(tx, own, { options, plan, refused, counts }), { timeout: batchTimeoutMs });
      for (const candidate of claimed) await this.#createOverClaims(candidate, { options, refused, counts });
    }
    return { ...counts, refused: refused.toSorted((a, b) => a.line - b.line) };
  }

  /** @returns the ids of organizations by id and by slug; a deleted organization does not exist */
  async #findOrganizations(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const wanted = distinct(names.map((name) => name.toLowerCase()));
    if (wanted.length === 0) return new Map();
    const where = { deletedAt: null, OR: [{ slug: { in: wanted } }, { id: { in: wanted.filter((name) => isUUID(name)) } }] };
    const found = await this.platform.organization.findMany({ where, select: { id: true, slug: true } });
    // An id wins over a slug that looks like it.
    return new Map([...found.map(({ id, slug }) => [slug, id] as const), ...found.map(({ id }) => [id, id] as const)]);
  }

  #check(user: ImportedUser, organizations: ReadonlyMap<string, string>): Candidate | RefusedRow {
    const organizationId = user.organization === null ? null : organizations.get(user.organization.toLowerCase());
    if (organizationId === undefined) return refuse(user, 'unknown_organization', `There is no organization "${user.organization}". Create it first: tenantry tenant:create.`);
    if (user.role !== null && this.roles.find(user.role) === undefined) return refuse(user, 'unknown_role', `The catalog has no role "${user.role}".`);
    if (user.userName !== null && user.role === ownerRole) return refuse(user, 'managed_account', 'An account without an address is never an owner. Choose another role.');
    if (user.passwordHash === null) return { ...user, organizationId, importedKind: null };
    if (!this.methods.offers('password')) return refuse(user, 'password_not_offered', 'The product offers no passwords. Leave passwordHash empty.');
    try {
      return { ...user, organizationId, importedKind: readPasswordHash(user.passwordHash).decoy };
    } catch (error) {
      if (error instanceof UnusablePasswordHashError) return refuse(user, 'unusable_hash', error.message);
      throw error;
    }
  }

  /**
   * Writes users in one transaction: addresses are locked first, then organizations (docs/database.md#order-of-locks).
   *
   * @returns the users whose address others claim: each needs a transaction of its own, which ends the claims
   */
  async #write(tx: PlatformTransaction, all: readonly Candidate[], batch: Batch): Promise<Person[]> {
    const candidates = all.filter(isPerson);
    const emails = candidates.map(({ email }) => email);
    await this.mailboxes.lockAddresses(tx, ...emails);
    await lockOrganizations(tx, distinct(all.flatMap(({ organizationId }) => organizationId ?? [])));
    await this.#writeManaged(tx, all.filter(isManaged), batch);
    const known = await this.#findAccounts(tx, emails, batch.plan);
    const claimed = candidates.filter(({ email, emailVerified }) => emailVerified && known.get(email)?.verified === false);
    const others = candidates.filter((candidate) => !claimed.includes(candidate));
    const admitted = await this.#admit(tx, batch.plan === undefined ? others : candidates, known, batch);
    if (batch.plan === undefined) await this.#insert(tx, admitted, known);
    else batch.plan.note(admitted);
    count(admitted, known, batch);
    return batch.plan === undefined ? claimed : [];
  }

  /** Writes accounts that the organization of the candidates manages. Call it under its lock. */
  async #writeManaged(tx: PlatformTransaction, candidates: readonly ManagedUser[], { options, plan, refused, counts }: Batch): Promise<void> {
    const [first] = candidates;
    if (first === undefined) return;
    const { organizationId } = first;
    const found = await tx.user.findMany({ where: { managedById: organizationId, userName: { in: candidates.map(({ userName }) => userName) } }, select: { userName: true } });
    const taken = new Set(found.map(({ userName }) => userName));
    const open = candidates.filter((candidate) => {
      const isFree = !taken.has(candidate.userName) && plan?.verifiedOf(nameOf(candidate)) === undefined;
      if (!isFree) refused.push(refuse(candidate, 'exists', 'The organization has an account with the user name already. It was not changed.'));
      taken.add(candidate.userName);
      return isFree;
    });
    const admitted = await this.#admitTo(tx, organizationId, open, { options, plan, refused });
    counts.created += admitted.length;
    counts.memberships += admitted.length;
    if (plan !== undefined) return plan.note(admitted);
    const created = await tx.user.createManyAndReturn({
      data: admitted.map(({ userName, name, createdAt }) => ({
        managedById: organizationId,
        userName,
        name,
        defaultOrganizationId: organizationId,
        ...(createdAt === null ? {} : { createdAt }),
      })),
      select: { id: true, userName: true },
    });
    const ids = new Map(created.map(({ id, userName }) => [userName, id]));
    const withId = admitted.map((candidate) => ({ ...candidate, id: ids.get(candidate.userName) ?? '' }));
    await tx.credential.createMany({ data: withId.flatMap(({ id, passwordHash, importedKind }) => (passwordHash === null ? [] : [{ userId: id, passwordHash, importedKind }])) });
    await tx.membership.createMany({ data: withId.flatMap(({ id, role }) => (role === null ? [] : [{ organizationId, userId: id, role }])) });
  }

  /** Creates a verified account for an address that others claim. Their claims end, as with every proof of the mailbox. */
  async #createOverClaims(candidate: Person, { options, refused, counts }: Omit<Batch, 'plan'>): Promise<void> {
    const { email, organizationId } = candidate;
    const later: { refused: RefusedRow[]; counts: Batch['counts'] } = { refused: [], counts: { created: 0, memberships: 0 } };
    try {
      await this.mailboxes.proveMailbox(email, organizationId === null ? {} : { organizationId }, async (tx) => {
        const none: Known = new Map();
        const admitted = await this.#admit(tx, [candidate], none, { options, plan: undefined, ...later });
        if (admitted.length === 0) return;
        const [id = ''] = await this.#insert(tx, [{ ...candidate, emailVerified: false }], none);
        await this.mailboxes.verifyAddress(tx, id, email);
        count(admitted, none, later);
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'email_taken') throw error;
      later.refused.push(refuse(candidate, 'exists', 'Another account has verified the address meanwhile. It was not changed.'));
    }
    refused.push(...later.refused);
    counts.created += later.counts.created;
    counts.memberships += later.counts.memberships;
  }

  /** Returns the accounts with these addresses: that which has verified it, or else a claim. */
  async #findAccounts(tx: PlatformTransaction, emails: readonly string[], plan: PlannedImport | undefined): Promise<Known> {
    const found = await tx.user.findMany({
      where: { email: { in: [...emails] } },
      select: { id: true, email: true, emailVerifiedAt: true },
      orderBy: { emailVerifiedAt: { sort: 'desc', nulls: 'first' } },
    });
    const known = new Map<string, { readonly id: string | null; readonly verified: boolean }>();
    for (const { id, email, emailVerifiedAt } of found) if (email !== null && known.get(email)?.verified !== true) known.set(email, { id, verified: emailVerifiedAt !== null });
    for (const email of emails) {
      const planned = plan?.verifiedOf(email);
      if (planned !== undefined && known.get(email)?.verified !== true) known.set(email, { id: null, verified: planned });
    }
    return known;
  }

  /** Returns those who can be imported, and reports the others. Call it under the locks of the organizations. */
  async #admit(tx: PlatformTransaction, candidates: readonly Person[], known: Known, { options, plan, refused }: Batch): Promise<Person[]> {
    const open = candidates.filter((candidate) => {
      const account = known.get(candidate.email);
      if (account === undefined || (!account.verified && candidate.emailVerified)) return true;
      const joins = options.addMemberships && account.verified && candidate.organizationId !== null;
      // A claim may be that of a stranger: it never gets a membership.
      if (!joins)
        refused.push(
          refuse(
            candidate,
            'exists',
            account.verified ? 'The user exists already, and was not changed.' : 'An account that has not verified the address exists. It was not changed.',
          ),
        );
      return joins;
    });
    const members = await this.#membersAmong(tx, open, known);
    const admitted: Person[] = open.filter(({ organizationId }) => organizationId === null);
    for (const organizationId of distinct(open.flatMap((each) => each.organizationId ?? [])).toSorted()) {
      const joining = open.filter((each) => each.organizationId === organizationId);
      const newcomers = joining.filter((each) => !members.has(memberKey(organizationId, known.get(each.email)?.id)));
      for (const each of joining.filter((present) => !newcomers.includes(present))) refused.push(refuse(each, 'exists', 'The user is a member already, and was not changed.'));
      admitted.push(...(await this.#admitTo(tx, organizationId, newcomers, { options, plan, refused })));
    }
    return admitted;
  }

  async #membersAmong(tx: PlatformTransaction, candidates: readonly Person[], known: Known): Promise<ReadonlySet<string>> {
    const userIds = candidates.flatMap(({ email }) => known.get(email)?.id ?? []);
    if (userIds.length === 0) return new Set();
    const found = await tx.membership.findMany({ where: { userId: { in: userIds } }, select: { organizationId: true, userId: true } });
    return new Set(found.map(({ organizationId, userId }) => memberKey(organizationId, userId)));
  }

  /** Applies the email domains and the seats of an organization. */
  async #admitTo<Joining extends Candidate>(
    tx: PlatformTransaction,
    organizationId: string,
    candidates: readonly Joining[],
    { options, plan, refused }: Omit<Batch, 'counts'>,
  ): Promise<Joining[]> {
    if (candidates.length === 0) return [];
    const security = await tx.settingsDocument.findFirst({ where: { section: 'security', organizationId }, select: { document: true } });
    const { allowedEmailDomains = [] } = (security?.document ?? {}) as { readonly allowedEmailDomains?: readonly string[] };
    const now = this.clock.now();
    const limit = await this.entitlements.readSeatLimit(tx, organizationId);
    let inUse = limit === undefined ? 0 : (await this.entitlements.countSeatsInUse(tx, now, { organizationId })) + (plan?.membersOf(organizationId) ?? 0);
    const before = inUse;
    const invited = await this.#invitedAmong(tx, organizationId, candidates, now);
    const admitted = candidates.filter((candidate) => {
      try {
        if (candidate.email !== null) this.rules.assertAtDomains(allowedEmailDomains, [candidate.email]);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        refused.push(refuse(candidate, error.code, error.message));
        return false;
      }
      const seats = candidate.email !== null && invited.has(candidate.email) ? 0 : 1;
      if (limit !== undefined && inUse + seats > limit && options.exceedSeats === undefined) {
        refused.push(refuse(candidate, 'no_seat_left', `The organization has ${limit} seats, and all are in use. Add seats, or pass --exceed-seats with a reason.`));
        return false;
      }
      inUse += seats;
      return true;
    });
    if (limit !== undefined && inUse > limit && inUse > before && plan === undefined)
      await this.#recordExcess(tx, organizationId, { limit, before, after: inUse, reason: options.exceedSeats ?? '' });
    return admitted;
  }

  /** The addresses for which a pending invitation holds a seat already. */
  async #invitedAmong(tx: PlatformTransaction, organizationId: string, candidates: readonly Candidate[], now: Date): Promise<ReadonlySet<string>> {
    if (!this.catalog.billing.invitationsTakeSeats) return new Set();
    const where = { organizationId, status: 'pending' as const, expiresAt: { gt: now }, email: { in: candidates.flatMap(({ email }) => email ?? []) } };
    return new Set((await tx.invitation.findMany({ where, select: { email: true } })).map(({ email }) => email));
  }

  /** Records in the audit log of the organization that its seats were exceeded, and why. */
  async #recordExcess(
    tx: PlatformTransaction,
    organizationId: string,
    { limit, before, after, reason }: { limit: number; before: number; after: number; reason: string },
  ): Promise<void> {
    const [was, is] = [JSON.stringify({ seats_in_use: before }), JSON.stringify({ seats_in_use: after, seats: limit, reason })];
    await tx.$executeRaw`select audit.record_change(${organizationId}::uuid, 'memberships', ${organizationId}, ${was}::jsonb, ${is}::jsonb)`;
  }

  /** Inserts accounts and memberships. @returns the ids of the users, in the order of the candidates */
  async #insert(tx: PlatformTransaction, candidates: readonly Person[], known: Known): Promise<string[]> {
    const now = this.clock.now();
    const ids = new Map([...known].flatMap(([email, { id, verified }]) => (id === null || !verified ? [] : [[email, id] as const])));
    const created = await tx.user.createManyAndReturn({
      data: candidates
        .filter(({ email }) => !ids.has(email))
        .map(({ email, name, emailVerified, createdAt, organizationId }) => ({
          email,
          name,
          emailVerifiedAt: emailVerified ? now : null,
          defaultOrganizationId: organizationId,
          ...(createdAt === null ? {} : { createdAt }),
        })),
      select: { id: true, email: true },
    });
    const createdEmails = new Set(created.map(({ email }) => email));
    for (const { id, email } of created) if (email !== null) ids.set(email, id);
    const withId = candidates.map((candidate) => ({ ...candidate, id: ids.get(candidate.email) ?? '' }));
    await tx.credential.createMany({
      data: withId.flatMap(({ id, email, passwordHash, importedKind }) => (passwordHash === null || !createdEmails.has(email) ? [] : [{ userId: id, passwordHash, importedKind }])),
    });
    const members = withId.flatMap(({ id, email, organizationId, role }) => (organizationId === null || role === null ? [] : [{ organizationId, userId: id, role, email }]));
    await tx.membership.createMany({ data: members.map(({ organizationId, userId, role }) => ({ organizationId, userId, role })) });
    for (const organizationId of distinct(members.map((member) => member.organizationId))) {
      const own = members.filter((member) => member.organizationId === organizationId);
      await tx.joinRequest.updateMany({
        where: { organizationId, userId: { in: own.map(({ userId }) => userId) }, status: 'pending' },
        data: { status: 'approved', decidedAt: now },
      });
      await endInvitations(
        tx,
        own.map(({ email }) => email),
        now,
        organizationId,
      );
    }
    return withId.map(({ id }) => id);
  }
}

interface Batch {
  readonly options: UsersImportOptions;
  readonly plan: PlannedImport | undefined;
  readonly refused: RefusedRow[];
  readonly counts: { created: number; memberships: number };
}

/** Returns what names an account in an import: the address, or the user name in the organization. A user name contains no `@`. */
const nameOf = (user: ImportedUser & { readonly organizationId?: string | null }): string => user.email ?? `${user.organizationId ?? user.organization}/${user.userName}`;

const memberKey = (organizationId: string, userId: string | null | undefined): string => `${organizationId} ${userId ?? ''}`;

function count(admitted: readonly Person[], known: Known, { counts }: Pick<Batch, 'counts'>): void {
  counts.created += admitted.filter(({ email, emailVerified }) => !known.has(email) || (emailVerified && known.get(email)?.verified === false)).length;
  counts.memberships += admitted.filter(({ organizationId }) => organizationId !== null).length;
}

/** The result of a dry run so far: the addresses and user names, and the members of each organization. Takes about 100 bytes a line. */
class PlannedImport {
  readonly #accounts = new Map<string, boolean>();
  readonly #members = new Map<string, number>();

  note(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) {
      const { emailVerified, organizationId } = candidate;
      const account = nameOf(candidate);
      this.#accounts.set(account, emailVerified || this.#accounts.get(account) === true);
      if (organizationId !== null) this.#members.set(organizationId, (this.#members.get(organizationId) ?? 0) + 1);
    }
  }

  verifiedOf(account: string): boolean | undefined {
    return this.#accounts.get(account);
  }

  membersOf(organizationId: string): number {
    return this.#members.get(organizationId) ?? 0;
  }
}
