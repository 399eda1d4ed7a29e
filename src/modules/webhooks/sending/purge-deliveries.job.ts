import type { PlatformTransaction } from '../../../database/transactions.js';
import { ScheduledJob, type Job, type JobResult } from '../../../jobs/scheduled-job.decorator.js';

/** The deliveries that one statement deletes, and after which a run ends. The next one, an hour later, continues. */
const batchSize = 10_000;
const mostDeliveries = 500_000;
/** Milliseconds after which no further statement begins. */
const longestPurge = 300_000;

/** Deletes the deliveries of webhooks that were deleted: a webhook can have many, so that a request does not. */
@ScheduledJob({
  name: 'purge-deliveries',
  cron: '0 12 * * * *',
  period: 'hour',
  mayDelete: { webhook_deliveries: { rows: mostDeliveries + batchSize, share: 0 }, webhook_attempts: { rows: 60 * mostDeliveries, share: 0 } },
})
export class PurgeDeliveriesJob implements Job {
  async run(tx: PlatformTransaction): Promise<JobResult> {
    const end = performance.now() + longestPurge;
    let deliveries = 0;
    for (const { organizationId, webhookId } of await findDeleted(tx)) {
      let deleted: number;
      do {
        deleted = await tx.$executeRaw`
          with batch as (select organization_id, id from webhook_deliveries where organization_id = ${organizationId}::uuid and webhook_id = ${webhookId}::uuid limit ${batchSize})
          delete from webhook_deliveries d using batch b where d.organization_id = b.organization_id and d.id = b.id`;
        deliveries += deleted;
        if (deliveries >= mostDeliveries || performance.now() > end) return { deliveries };
      } while (deleted === batchSize);
    }
    return { deliveries };
  }
}

/** Finds deleted webhooks with deliveries, of organizations without a legal hold. Reads one entry of an index for each webhook. */
const findDeleted = (tx: PlatformTransaction): Promise<{ organizationId: string; webhookId: string }[]> =>
  tx.$queryRaw`
    with recursive known (organization_id, webhook_id) as (
      (select d.organization_id, d.webhook_id from webhook_deliveries d order by d.organization_id, d.webhook_id limit 1)
      union all
      select n.organization_id, n.webhook_id from known k
        cross join lateral (select d.organization_id, d.webhook_id from webhook_deliveries d where (d.organization_id, d.webhook_id) > (k.organization_id, k.webhook_id)
                             order by d.organization_id, d.webhook_id limit 1) n)
    select k.organization_id::text as "organizationId", k.webhook_id::text as "webhookId" from known k
     where not exists (select from webhooks w where w.organization_id = k.organization_id and w.id = k.webhook_id)
       and not exists (select from platform_webhooks p where p.id = k.webhook_id) and not app.is_held(k.organization_id)`;
