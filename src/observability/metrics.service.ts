import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { NotFoundError } from '../common/errors/app-error.js';
import { AppConfig } from '../config/app-config.js';
import { MetricsTokenRequiredError } from './metrics.errors.js';

/** An answered request. */
export interface AnsweredRequest {
  readonly method: string;
  /** The route's template. With the ids filled in, every request would create its own time series. */
  readonly route: string;
  readonly status: number;
  /** The kind of the caller, by the words of the audit log. There are five, so that no caller makes a time series of their own. */
  readonly actor: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The metrics of this application. It has its own registry, so that several applications can run in one process. */
@Injectable()
export class MetricsService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });

  /** Apart from the histogram, whose buckets it would multiply. */
  readonly #callers = new Counter({
    name: 'tenantry_requests_total',
    help: 'Answered requests by the kind of the caller',
    labelNames: ['actor', 'status'],
    registers: [this.registry],
  });

  constructor(private readonly config: AppConfig) {}

  onApplicationBootstrap(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }

  observe({ method, route, status, actor }: AnsweredRequest, seconds: number): void {
    this.#requests.observe({ method, route, status }, seconds);
    this.#callers.inc({ actor, status });
  }

  /**
   * Returns all metrics in Prometheus text format.
   *
   * @param authorization the Authorization header of the request
   * @throws {NotFoundError} in production without METRICS_TOKEN, so that the metrics are never public
   * @throws {MetricsTokenRequiredError}
   */
  async show(authorization: string | undefined): Promise<string> {
    const { metricsToken, production } = this.config;
    if (metricsToken === undefined && production) throw new NotFoundError();
    if (metricsToken !== undefined && !timingSafeEqual(digest(`Bearer ${metricsToken}`), digest(authorization ?? ''))) throw new MetricsTokenRequiredError();
    return this.registry.metrics();
  }
}
