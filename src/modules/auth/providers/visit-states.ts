import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import type { VisitEnd } from './providers.errors.js';

/**
 * Makes the `state` of visits to identity providers. A visit is deleted when it ends; its signed `state` still says whether it was one, and until when. It has 56 characters: a RelayState of SAML has 80
 * at most.
 */
@Injectable()
export class VisitStates {
  /** The present key, then those of earlier secrets. */
  readonly #keys: readonly [Buffer, ...Buffer[]];

  constructor(
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    const keyOf = (secret: string): Buffer => deriveKey(secret, 'visit-state');
    this.#keys = [keyOf(config.appSecret), ...config.previousSecrets.map(keyOf)];
  }

  newState(): string {
    const until = Math.floor(this.clock.now().getTime() / 1000) + lifetimes.providerVisit;
    const content = `${randomBytes(24).toString('base64url')}.${until.toString(36)}`;
    return `${content}.${sign(content, this.#keys[0])}`;
  }

  /** Returns why there is no visit with a `state`. */
  whyEnded(state: string): VisitEnd {
    const [random = '', until = '', signature = ''] = state.split('.');
    const content = `${random}.${until}`;
    if (!this.#keys.some((key) => isEqual(signature, sign(content, key)))) return 'unknown_state';
    return Number.parseInt(until, 36) * 1000 <= this.clock.now().getTime() ? 'expired' : 'used';
  }
}

const sign = (content: string, key: Buffer): string => createHmac('sha256', key).update(content).digest('base64url').slice(0, 16);
const isEqual = (given: string, expected: string): boolean => given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
