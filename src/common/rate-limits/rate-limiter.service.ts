import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { AppConfig } from '../../config/app-config.js';
import { outsideRequests } from '../outside-requests.js';
import { RedisCircuit } from './redis-circuit.js';

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

/** A policy's counters: those of this replica, which keep a timer until their window ends, and those that all replicas share. */
interface Limiters {
  readonly memory: RateLimiterAbstract;
  readonly shared: RateLimiterAbstract | undefined;
}

/**
 * Counts requests against rate limits: in memory for this replica alone, or for all replicas in the Redis at REDIS_URL.
 * While Redis does not answer, each replica counts for itself.
 */
@Injectable()
export class RateLimiterService implements OnModuleInit, OnApplicationShutdown {
  readonly #limiters = new Map<string, Limiters>();
  readonly #redis: RedisCircuit | undefined;

  constructor(config: AppConfig) {
    if (config.redisUrl !== undefined && config.rateLimitsEnabled) this.#redis = new RedisCircuit(config.redisUrl);
  }

  /** The state of Redis; undefined without one. */
  get redis(): Pick<RedisCircuit, 'isUsable' | 'failures'> | undefined {
    return this.#redis;
  }

  /**
   * Counts a request against a policy and reports whether it is allowed.
   *
   * @param key the caller; each key is counted separately
   * @param cost the number of requests that this one counts as
   */
  async consume(policy: RateLimitPolicy, key: string, cost = 1): Promise<RateLimitState> {
    const { memory, shared } = this.#limitersOf(policy);
    if (shared === undefined || this.#redis?.isUsable !== true) return outsideRequests(consumeFrom, memory, policy, key, cost);
    try {
      return await consumeFrom(shared, policy, key, cost);
    } catch (error) {
      this.#redis.fail(error);
      return outsideRequests(consumeFrom, memory, policy, key, cost);
    }
  }

  /** Connects before the first request is counted. An unreachable Redis delays the start only briefly. */
  async onModuleInit(): Promise<void> {
    await this.#redis?.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#redis?.close();
  }

  #limitersOf(policy: RateLimitPolicy): Limiters {
    const { name, requests, seconds } = policy;
    const id = `${name}:${requests}:${seconds}`;
    const known = this.#limiters.get(id);
    if (known !== undefined) return known;
    const options = { keyPrefix: `tenantry:${id}`, points: requests, duration: seconds };
    const shared = this.#redis === undefined ? undefined : new RateLimiterRedis({ ...options, storeClient: this.#redis.client });
    const limiters = { memory: new RateLimiterMemory(options), shared };
    this.#limiters.set(id, limiters);
    return limiters;
  }
}

/** @throws {Error} when the counter cannot be reached */
async function consumeFrom(limiter: RateLimiterAbstract, policy: RateLimitPolicy, key: string, cost: number): Promise<RateLimitState> {
  try {
    return stateOf(policy, true, await limiter.consume(key, cost));
  } catch (error) {
    if (error instanceof RateLimiterRes) return stateOf(policy, false, error);
    throw error;
  }
}

function stateOf(policy: RateLimitPolicy, allowed: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): RateLimitState {
  return { policy, allowed, remaining: Math.max(0, remainingPoints), resetsIn: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
}
