import { currentTenant } from './global-tables.js';

/** A table of the audit log, which only the triggers of the database write. */
export interface AuditTable {
  readonly reason: string;
  /** Whether the application role may read the rows of its tenant. */
  readonly readable: boolean;
}

/** They outlive their organization and have no foreign key to it. The application role reads the events and writes none of the tables. */
export const auditTables: Readonly<Record<string, AuditTable>> = {
  'audit.events': { reason: 'The events; append-only, except that actors and details are erased, and expired events removed.', readable: true },
  'audit.heads': { reason: 'The end of each chain.', readable: false },
  'audit.erasing': { reason: 'The organizations whose events are to be erased.', readable: false },
  'audit.erased_persons': { reason: 'The persons who were erased lately.', readable: false },
  'audit.checkpoints': { reason: 'Signed statements of the ends of the chains.', readable: false },
  'audit.log_retention': { reason: 'For how long events are kept.', readable: false },
  'audit.pending': { reason: 'The changes and refusals that are in no chain yet.', readable: false },
};

export const auditCondition = `(organization_id = ${currentTenant})`;
