import pg from 'pg';
import { UtcClient, utcSessions } from '../../../src/database/utc-client.js';

class UtcPool extends pg.Pool {
  constructor(config: pg.PoolConfig = {}) {
    super({ ...utcSessions, ...config });
  }
}

/** pg, whose connections are in UTC as those of the application: tests read and write times in SQL, whatever the zone of their database. */
const utcPg: typeof pg = Object.create(pg, { Client: { value: UtcClient }, Pool: { value: UtcPool } });

export default utcPg;
