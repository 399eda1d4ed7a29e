import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { NotFoundError } from '../common/errors/app-error.js';
import { AppConfig } from '../config/app-config.js';
import { MetricsTokenRequiredError } from './metrics.errors.js';

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** The route's template: with ids in it, every request would be a series of its own. */
  readonly route: string;
  readonly status: number;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The metrics of this process, in a registry of its own, so that several applications can live in one process. */
@Injectable()
export class MetricsService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took to answer',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });

  constructor(private readonly config: AppConfig) {}

  onApplicationBootstrap(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }

  observe({ method, route, status }: AnsweredRequest, seconds: number): void {
    this.#requests.observe({ method, route, status }, seconds);
  }

  /**
   * Everything, in Prometheus' text format.
   *
   * @param authorization the header of who asks
   * @throws {NotFoundError} in production without METRICS_TOKEN: nothing is shown to everybody
   * @throws {MetricsTokenRequiredError}
   */
  async show(authorization: string | undefined): Promise<string> {
    const { metricsToken, production } = this.config;
    if (metricsToken === undefined && production) throw new NotFoundError();
    if (metricsToken !== undefined && !timingSafeEqual(digest(`Bearer ${metricsToken}`), digest(authorization ?? ''))) throw new MetricsTokenRequiredError();
    return this.registry.metrics();
  }
}
