import { setTimeout } from 'node:timers/promises';
import { MachineClock } from '../../src/common/clock.js';
import type { AppConfig } from '../../src/config/app-config.js';
import type { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { AuditCheckpointsService } from '../../src/modules/audit/checkpoints/audit-checkpoints.service.js';
import { CheckpointVerificationService } from '../../src/modules/audit/checkpoints/checkpoint-verification.service.js';
import { AuditVerificationService } from '../../src/modules/audit/hash-chain/audit-verification.service.js';

interface Queryable {
  query(text: string): Promise<{ readonly rows: readonly { readonly next: string | null; readonly more: boolean }[] }>;
}

/**
 * Waits until every committed change is in its chain, as the servers do within half a second.
 *
 * @param database a connection of the platform role, or of a superuser
 * @returns it, to look at the events
 */
export async function chained<Database>(database: Database): Promise<Database> {
  for (;;) {
    const { rows } = await (database as Queryable).query('select next::text, more from audit.chain()');
    if (rows[0]?.more === false && rows[0].next !== null) return database;
    // A server is chaining the rest.
    await setTimeout(5);
  }
}

/** Verifies the log of a database as an installation with another secret does. */
export function logVerification(pool: PlatformPool): AuditVerificationService {
  const config: Pick<AppConfig, 'appSecret' | 'previousSecrets'> = { appSecret: 'the secret of an installation', previousSecrets: [] };
  return new AuditVerificationService(pool, new CheckpointVerificationService(pool, new AuditCheckpointsService(config as AppConfig, new MachineClock())));
}
