import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../database/wire/platform-pool.js';

/** The jobs of a queue that are not done. */
export interface QueueReport {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  /** Jobs that are not tried again. They are kept for some days. */
  readonly failed: number;
  /** Seconds for which the oldest job could have begun. */
  readonly oldestDueAge: number;
}

/** Reports what waits in the queues, from the database, whether or not this process works on them. */
@Injectable()
export class QueueOverviewService {
  constructor(private readonly pool: PlatformPool) {}

  async list(): Promise<QueueReport[]> {
    const { rows } = await this.pool.query<QueueReport>(
      `select q.name, waiting, active, failed, "oldestDueAge"
         from pgboss.queue q
        cross join lateral (
          select count(*) filter (where state < 'active')::integer as waiting,
                 count(*) filter (where state = 'active')::integer as active,
                 count(*) filter (where state = 'failed')::integer as failed,
                 coalesce(extract(epoch from now() - min(start_after) filter (where state < 'active' and start_after <= now())), 0)::float8 as "oldestDueAge"
            from pgboss.job j where j.name = q.name and state in ('created', 'retry', 'active', 'failed')) jobs
        order by q.name`,
    );
    return rows;
  }
}
