import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';

/** Opens a subscription for an organization whose archive has none (it is older than subscriptions): on trial or active, and without a charge. */
const openMissing = `
  insert into subscriptions (organization_id, id, plan, status, trial_ends_at, period_start, period_end, updated_at)
    select o.id, usage.new_id(now()), o.plan, case when tried then 'trialing' else 'active' end::subscription_status,
           o.trial_ends_at, o.created_at, case when tried then greatest(o.trial_ends_at, o.created_at + interval '1 second') end, now()
      from organizations o
     cross join lateral (select o.status in ('trial', 'pending') and o.trial_ends_at is not null as tried) t
     where o.id = $1 and not exists (select from subscriptions s where s.organization_id = o.id)`;

/**
 * Detaches a copy from the debts that the provider collects from the original: the copy continues its current period, and its
 * next period is invoiced here. An unpaid copy is paused; resuming it begins a new period.
 */
const settleDebts = `
  update subscriptions
     set status = case status when 'past_due' then 'active' when 'unpaid' then 'paused' else status end,
         period_end = case when status = 'unpaid' then greatest(least(period_end, now()), period_start + interval '1 millisecond') else period_end end,
         past_due_since = null, past_due_reminders = 0, provider = 'manual'
   where organization_id = $1 and provider <> 'manual'`;

/** Detaches a copy from the customer of the original, also if there is none yet: later purchases of the original name the organization too. */
const detach = `
  with was as (select provider_customer_id is not null or provider_subscription_id is not null as known from subscriptions where organization_id = $1)
  update subscriptions
     set provider_customer_id = null, provider_subscription_id = null, provider_detached = true, usage_reported_since = null,
         version = version + 1, updated_at = now()
    from was where organization_id = $1
  returning was.known`;

/** Unsent usage reports belong to the original, which is charged for them. */
const dropUnsentReports = `delete from usage_reports where organization_id = $1 and sent_at is null`;

/** Voids the copies of open invoices: the payment provider collects them from the original. */
const voidProviderInvoices = `update invoices set status = 'void', updated_at = now() where organization_id = $1 and provider <> 'manual' and status = 'open'`;

/** Settles the subscription of an organization that is restored from an archive. */
@Injectable()
export class RestoredSubscriptionService {
  /**
   * Call it in the transaction that restores.
   *
   * @param moved the original is given up, and the restored organization keeps its customer at the payment provider.
   *   Otherwise the original keeps the customer, and the copy is billed here
   * @returns whether the original keeps a customer
   */
  async settleRestoredSubscription(client: ClientBase, organizationId: string, { moved }: { readonly moved: boolean }): Promise<boolean> {
    await client.query(openMissing, [organizationId]);
    if (moved) return false;
    await client.query(settleDebts, [organizationId]);
    await client.query(voidProviderInvoices, [organizationId]);
    await client.query(dropUnsentReports, [organizationId]);
    const { rows } = await client.query<{ known: boolean }>(detach, [organizationId]);
    return rows.some(({ known }) => known);
  }
}
