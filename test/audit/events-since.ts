import type pg from 'pg';
import { chained } from '../support/audit.js';

export interface FoundEvent {
  readonly organization_id: string | null;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly target_table: string | null;
  readonly listed: readonly { readonly table: string; readonly operation: string; readonly before: object | null; readonly after: object | null }[] | null;
}

/** The events of the whole installation between two moments; on a database that nobody else writes to. */
export class EventsSince {
  #known: readonly string[] = [];

  constructor(private readonly look: pg.Client) {}

  async begin(): Promise<void> {
    this.#known = (await (await chained(this.look)).query<{ id: string }>('select id from audit.events')).rows.map(({ id }) => id);
  }

  async end(): Promise<FoundEvent[]> {
    const { rows } = await (
      await chained(this.look)
    ).query<FoundEvent>(
      `select e.*, e.details as listed from audit.events e
        where e.id <> all($1::uuid[]) order by e.organization_id, e.sequence`,
      [this.#known],
    );
    return rows;
  }
}
