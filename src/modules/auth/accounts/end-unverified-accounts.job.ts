import { ownerRole } from '../../../access/roles.js';
import { dayLength } from '../../../common/calendar.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { isHeldUser } from '../../../database/legal-holds.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { Prisma } from '../../../generated/prisma/client.js';
import { ScheduledJob, type Job, type JobMoment, type JobResult } from '../../../jobs/scheduled-job.decorator.js';
import { AccountEndingsService } from './account-endings.service.js';
import { MailboxesService } from './mailboxes.service.js';

/** The accounts that one run ends: it locks all of them together. */
const batch = 200;

interface Unused {
  readonly id: string;
  readonly email: string;
  /** The organizations of which the account is the only member. */
  readonly organizations: readonly string[];
}

/**
 * Ends accounts that have never verified their address and were not used for `UNVERIFIED_ACCOUNT_DAYS`. An organization of
 * which such an account is the only member is deleted, and can be restored like every deleted organization.
 */
@ScheduledJob({
  name: 'end-unverified-accounts',
  cron: '0 27 * * * *',
  period: 'hour',
  // No more than a run ends, and as many users whose organizations were erased.
  mayDelete: { credentials: { rows: batch, share: 0.1 }, users: { rows: 2 * batch, share: 0.1 } },
})
export class EndUnverifiedAccountsJob implements Job {
  constructor(
    private readonly mailboxes: MailboxesService,
    private readonly endings: AccountEndingsService,
    private readonly catalog: Catalog,
    private readonly config: AppConfig,
  ) {}

  async run(tx: PlatformTransaction, { now }: JobMoment): Promise<JobResult> {
    const { unverifiedAccountDays: days } = this.config;
    if (days === 0) return { ended: 0, organizations: 0, erased: 0 };
    const before = new Date(now.getTime() - days * dayLength);
    const found = await this.#unused(tx, before, Prisma.sql`true`);
    await this.mailboxes.lockAddresses(tx, ...found.map(({ email }) => email));
    const claims = await this.endings.lockAccounts(tx, { claims: found.map(({ id }) => id), organizations: found.flatMap(({ organizations }) => organizations) });
    // Accounts that were used or verified meanwhile stay.
    const unused = await this.#unused(tx, before, Prisma.sql`u.id = any(${claims}::uuid[])`);
    const locked = new Set(found.flatMap(({ organizations }) => organizations));
    const ended = unused.filter(({ organizations }) => organizations.every((id) => locked.has(id)));
    await this.endings.endClaims(
      tx,
      ended.map(({ id }) => id),
    );
    const organizations = await tx.organization.updateMany({
      where: { id: { in: ended.flatMap((each) => each.organizations) }, deletedAt: null },
      data: { deletedAt: now, eraseAfter: new Date(now.getTime() + 1000 * lifetimes.deletedOrganization), version: { increment: 1 } },
    });
    // The owners that organizations have kept (AccountEndingsService.endClaims) go after the organizations are erased.
    const erased = await tx.$executeRaw`delete from users where id in (
      select u.id from users u where u.email = u.id || '@ended.invalid' and u.disabled_at < ${before} and not exists (select from memberships m where m.user_id = u.id) and not app.is_held(u.id)
       order by u.id limit ${batch}::int for update skip locked)`;
    return { ended: ended.length, organizations: organizations.count, erased };
  }

  /**
   * Finds unverified accounts without a session, a login or a used API key since a time. An account stays while it is the
   * only owner of an organization that has other members, is paid, or whose API keys are in use.
   */
  #unused(tx: PlatformTransaction, before: Date, which: Prisma.Sql): Promise<Unused[]> {
    const another = Prisma.sql`select from memberships x join users v on v.id = x.user_id where x.organization_id = m.organization_id and x.user_id <> u.id and v.disabled_at is null`;
    return tx.$queryRaw<Unused[]>`
      select u.id, u.email, array(select m.organization_id from memberships m where m.user_id = u.id and not exists (${another})) as organizations
        from users u
       where ${which} and not ${isHeldUser(Prisma.sql`u.id`)} and u.email_verified_at is null and u.email is not null and u.disabled_at is null and u.created_at < ${before} and coalesce(u.last_login_at < ${before}, true)
         and not exists (select from sessions s where s.user_id = u.id and s.last_used_at >= ${before})
         and not exists (select from platform_admins a where a.user_id = u.id)
         and not exists (select from api_keys k where k.owner_id = u.id and k.last_used_at >= ${before})
         and not exists (
           select from memberships m join organizations o on o.id = m.organization_id
            where m.user_id = u.id and m.role = ${ownerRole} and o.deleted_at is null and not exists (${another} and x.role = ${ownerRole})
              and (exists (${another}) or o.plan <> ${this.catalog.defaultPlan} or exists (select from invoices i where i.organization_id = o.id)
                   or exists (select from subscriptions b where b.organization_id = o.id and (b.provider_customer_id is not null or b.status = 'trialing'))
                   or exists (select from api_keys k where k.organization_id = o.id and k.last_used_at >= ${before})))
       order by u.created_at, u.id limit ${batch}::int`;
  }
}
