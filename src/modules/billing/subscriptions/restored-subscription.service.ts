import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';

/** An organization that was restored before there were subscriptions gets one: on trial until its trial ends, or active, and nothing is charged. */
const opened = `
  insert into subscriptions (organization_id, id, plan, status, trial_ends_at, period_start, period_end, updated_at)
    select o.id, usage.new_id(now()), o.plan, case when tried then 'trialing' else 'active' end::subscription_status,
           o.trial_ends_at, o.created_at, case when tried then greatest(o.trial_ends_at, o.created_at + interval '1 second') end, now()
      from organizations o
     cross join lateral (select o.status in ('trial', 'pending') and o.trial_ends_at is not null as tried) t
     where o.id = $1 and not exists (select from subscriptions s where s.organization_id = o.id)`;

/**
 * Whose debts are collected elsewhere has none here: it goes on in the period that runs, and the next one is invoiced. Who
 * was suspended stays so until somebody resumes it, with a new period.
 */
const freed = `
  update subscriptions
     set status = case status when 'past_due' then 'active' when 'unpaid' then 'paused' else status end,
         period_end = case when status = 'unpaid' then greatest(least(period_end, now()), period_start + interval '1 millisecond') else period_end end,
         past_due_since = null, past_due_reminders = 0, provider = 'manual'
   where organization_id = $1 and provider <> 'manual'`;

/** Also of one that had no customer yet: what the original buys later names the organization too. */
const detached = `
  with was as (select provider_customer_id is not null or provider_subscription_id is not null as known from subscriptions where organization_id = $1)
  update subscriptions
     set provider_customer_id = null, provider_subscription_id = null, provider_detached = true, usage_reported_since = null,
         version = version + 1, updated_at = now()
    from was where organization_id = $1
  returning was.known`;

/** What the original has used, it is charged for. */
const unreported = `delete from usage_reports where organization_id = $1 and sent_at is null`;

/** They are owed to whoever wrote them. */
const voided = `update invoices set status = 'void', updated_at = now() where organization_id = $1 and provider <> 'manual' and status = 'open'`;

/** What an organization pays, and to whom, that was restored from an archive. */
@Injectable()
export class RestoredSubscriptionService {
  /**
   * To be called on the transaction that restores.
   *
   * @param moved the original is given up: its customer at the payment provider is this one's from now on. Else the original
   *   keeps it, and nobody collects from it for this one
   * @returns whether a customer was left to the original
   */
  async settle(client: ClientBase, organizationId: string, { moved }: { readonly moved: boolean }): Promise<boolean> {
    await client.query(opened, [organizationId]);
    if (moved) return false;
    await client.query(freed, [organizationId]);
    await client.query(voided, [organizationId]);
    await client.query(unreported, [organizationId]);
    const { rows } = await client.query<{ known: boolean }>(detached, [organizationId]);
    return rows.some(({ known }) => known);
  }
}
