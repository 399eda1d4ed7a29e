import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { shortLength, Signatures } from '../../../common/crypto/signatures.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import type { VisitEndCode } from './providers.errors.js';

/**
 * Makes the `state` of visits to identity providers. A visit is deleted when it ends; its signed `state` still says whether it was one, and until when. It has 56 characters: a RelayState of SAML has 80
 * at most.
 */
@Injectable()
export class VisitStates {
  readonly #signatures: Signatures;

  constructor(
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.#signatures = new Signatures(config.appSecret, 'visit-state', config.previousSecrets, { encoding: 'base64url', length: shortLength });
  }

  newState(): string {
    const until = Math.floor(this.clock.now().getTime() / 1000) + lifetimes.providerVisit;
    const content = `${randomBytes(24).toString('base64url')}.${until.toString(36)}`;
    return `${content}.${this.#signatures.sign(content)}`;
  }

  /** Returns why there is no visit with a `state`. */
  whyEnded(state: string): VisitEndCode {
    const [random = '', until = '', signature = ''] = state.split('.');
    const content = `${random}.${until}`;
    if (!this.#signatures.isValid(content, signature)) return 'provider_visit_unknown_state';
    return Number.parseInt(until, 36) * 1000 <= this.clock.now().getTime() ? 'provider_visit_expired' : 'provider_visit_used';
  }
}
