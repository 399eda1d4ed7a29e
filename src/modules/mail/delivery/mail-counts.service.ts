import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import type { MailFailure } from '../../../generated/prisma/client.js';
import { MetricsService } from '../../../observability/metrics.service.js';

/** Counts the deliveries of this process, as metrics. */
@Injectable()
export class MailCountsService {
  readonly #sent;
  readonly #failed;
  readonly #ended;
  readonly #delay;
  readonly #duration;

  constructor({ registry }: MetricsService) {
    const registers = [registry];
    this.#sent = new Counter({ name: 'tenantry_mail_sent_total', help: 'Mails that the mail server has accepted', registers });
    this.#failed = new Counter({ name: 'tenantry_mail_failed_attempts_total', help: 'Attempts to deliver a mail that failed', labelNames: ['kind'], registers });
    this.#ended = new Counter({ name: 'tenantry_mail_failed_total', help: 'Mails that have failed: no further attempt is made', labelNames: ['kind'], registers });
    this.#delay = new Histogram({
      name: 'tenantry_mail_delay_seconds',
      help: 'Time from writing a mail to its acceptance by the mail server',
      buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 86_400],
      registers,
    });
    this.#duration = new Histogram({
      name: 'tenantry_mail_delivery_duration_seconds',
      help: 'Duration of the deliveries that the mail server has accepted',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
      registers,
    });
  }

  /** @param seconds since the mail was written, and since the attempt began */
  countSent({ delay, duration }: { readonly delay: number; readonly duration: number }): void {
    this.#sent.inc();
    this.#delay.observe(Math.max(0, delay));
    this.#duration.observe(duration);
  }

  countFailed(kind: MailFailure): void {
    this.#failed.inc({ kind });
  }

  countEnded(kind: MailFailure): void {
    this.#ended.inc({ kind });
  }
}
