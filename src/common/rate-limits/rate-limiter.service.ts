import { once } from 'node:events';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { AppConfig } from '../../config/app-config.js';

/** The number of requests that are allowed in a number of seconds. */
export interface RateLimitPolicy {
  readonly name: string;
  readonly requests: number;
  readonly seconds: number;
}

/** The state of a policy after a request. */
export interface RateLimitState {
  readonly policy: RateLimitPolicy;
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until the window ends and counting starts again. */
  readonly resetsIn: number;
}

/** Milliseconds to wait for Redis, per request and at shutdown. */
const redisTimeout = 500;

/**
 * Counts requests against rate limits: in memory for this replica alone, or for all replicas in the Redis at REDIS_URL.
 * While Redis does not answer, each replica counts for itself.
 */
@Injectable()
export class RateLimiterService implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(RateLimiterService.name);
  readonly #limiters = new Map<string, RateLimiterAbstract>();
  #redis: Redis | undefined;

  constructor(private readonly config: AppConfig) {}

  /**
   * Counts a request against a policy and reports whether it is allowed.
   *
   * @param key the caller; each key is counted separately
   * @param cost the number of requests that this one counts as
   */
  async consume(policy: RateLimitPolicy, key: string, cost = 1): Promise<RateLimitState> {
    const limiter = this.#limiterOf(policy);
    try {
      return stateOf(policy, true, await limiter.consume(key, cost));
    } catch (error) {
      if (error instanceof RateLimiterRes) return stateOf(policy, false, error);
      throw error;
    }
  }

  /** Connects before the first request is counted. An unreachable Redis delays the start only briefly. */
  async onModuleInit(): Promise<void> {
    if (this.config.redisUrl === undefined || !this.config.rateLimitsEnabled) return;
    const redis = this.#connected(this.config.redisUrl);
    await Promise.race([once(redis, 'ready'), new Promise((resolve) => setTimeout(resolve, redisTimeout).unref())]).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#redis?.quit().catch(() => this.#redis?.disconnect());
  }

  #limiterOf(policy: RateLimitPolicy): RateLimiterAbstract {
    const { name, requests, seconds } = policy;
    const id = `${name}:${requests}:${seconds}`;
    const known = this.#limiters.get(id);
    if (known !== undefined) return known;
    const options = { keyPrefix: `tenantry:${id}`, points: requests, duration: seconds };
    const memory = new RateLimiterMemory(options);
    const limiter =
      this.config.redisUrl === undefined ? memory : new RateLimiterRedis({ ...options, storeClient: this.#connected(this.config.redisUrl), insuranceLimiter: memory });
    this.#limiters.set(id, limiter);
    return limiter;
  }

  #connected(url: string): Redis {
    if (this.#redis !== undefined) return this.#redis;
    const redis = new Redis(url, { enableOfflineQueue: false, commandTimeout: redisTimeout, disconnectTimeout: redisTimeout, maxRetriesPerRequest: 1, connectionName: 'tenantry' });
    redis.on('error', (error: Error) => this.#logger.warn({ err: error }, 'Redis does not answer; this replica counts rate limits by itself'));
    this.#redis = redis;
    return redis;
  }
}

function stateOf(policy: RateLimitPolicy, allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): RateLimitState {
  return { policy, allowed, remaining: Math.max(0, remainingPoints), resetsIn: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
}
