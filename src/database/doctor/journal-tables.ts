import { currentTenant } from './global-tables.js';

/** A table of the audit log: written by the database's own triggers, and by nobody else. */
export interface JournalTable {
  readonly reason: string;
  /** Whether the application role may read the rows of its tenant. */
  readonly readable: boolean;
}

/** They outlive their organization, so that they have no key to it; the application role reads three of them and writes none. */
export const journalTables: Readonly<Record<string, JournalTable>> = {
  'audit.events': { reason: 'What happened; append-only.', readable: true },
  'audit.actors': { reason: 'Who did it, beside the chain.', readable: true },
  'audit.details': { reason: 'What was changed, beside the chain.', readable: true },
  'audit.heads': { reason: 'The end of each chain.', readable: false },
  'audit.pending': { reason: 'What running transactions have changed.', readable: false },
};

export const journalCondition = `(organization_id = ${currentTenant})`;
