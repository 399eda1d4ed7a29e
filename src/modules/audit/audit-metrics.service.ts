import { Injectable, Logger } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { MetricsService } from '../../observability/metrics.service.js';
import { CheckpointDestination } from './checkpoints/checkpoint-destination.js';

interface State {
  readonly pending: number;
  readonly pendingAge: number;
  readonly lastCheckpoint: number | null;
  readonly unexportedAge: number;
}

// The position orders the changes by time, nearly: it is taken before the transaction commits.
const stateSql = `
  select (select count(*) from audit.pending)::float8 as pending,
         coalesce(extract(epoch from clock_timestamp() - (select occurred_at from audit.pending order by position limit 1)), 0)::float8 as "pendingAge",
         extract(epoch from (select made_at from audit.checkpoints order by number desc limit 1))::float8 as "lastCheckpoint",
         coalesce(extract(epoch from clock_timestamp() - (select made_at from audit.checkpoints where exported_at is null order by number limit 1)), 0)::float8 as "unexportedAge"`;

/** Metrics of the audit log, from the database: what is not in a chain yet, and the checkpoints. */
@Injectable()
export class AuditMetricsService {
  readonly #logger = new Logger(AuditMetricsService.name);
  readonly #pending;
  readonly #pendingAge;
  readonly #lastCheckpoint;
  readonly #unexportedAge;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly pool: PlatformPool,
    destination: CheckpointDestination,
    { registry }: MetricsService,
  ) {
    const registers = [registry];
    // The gauges are collected at the same time. The first one queries the database for all.
    const collect = (): Promise<void> => (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
    this.#pending = new Gauge({ name: 'tenantry_audit_pending', help: 'Recorded changes that are not in a chain of the audit log yet', registers, collect });
    this.#pendingAge = new Gauge({
      name: 'tenantry_audit_oldest_pending_age_seconds',
      help: 'Age of the oldest recorded change that is not in a chain of the audit log yet',
      registers,
      collect,
    });
    this.#lastCheckpoint = new Gauge({
      name: 'tenantry_audit_last_checkpoint_timestamp_seconds',
      help: 'Time of the newest checkpoint of the audit log',
      registers,
      collect,
    });
    this.#unexportedAge = destination.isSet
      ? new Gauge({
          name: 'tenantry_audit_oldest_unexported_checkpoint_age_seconds',
          help: 'Age of the oldest checkpoint that is not stored in AUDIT_CHECKPOINTS_URL',
          registers,
          collect,
        })
      : undefined;
  }

  async #read(): Promise<void> {
    const gauges = [this.#pending, this.#pendingAge, this.#lastCheckpoint, this.#unexportedAge];
    // Without an answer of the database, they have no value: an old one would look like the present one.
    for (const gauge of gauges) gauge?.remove();
    try {
      const { rows } = await this.pool.read<State>({ text: stateSql });
      const { pending, pendingAge, lastCheckpoint, unexportedAge } = rows[0] as State;
      this.#pending.set(pending);
      this.#pendingAge.set(pendingAge);
      if (lastCheckpoint !== null) this.#lastCheckpoint.set(lastCheckpoint);
      this.#unexportedAge?.set(unexportedAge);
    } catch (error) {
      this.#logger.warn(`the metrics of the audit log could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
