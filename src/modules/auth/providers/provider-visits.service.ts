import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { hashOpaqueToken } from '../../../common/crypto/opaque-token.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { AppConfig, lifetimes } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { ProviderVisitEndedError } from './providers.errors.js';
import { VisitStates } from './visit-states.js';

/** A visit to an identity provider, as its return must match it. */
export interface ProviderVisit {
  readonly provider: string;
  /** The purpose of the visit. A visit for one is not accepted for the other. */
  readonly purpose:
    | { readonly signIn: { readonly rememberMe: boolean; readonly organizationId: string | null } }
    | { readonly link: { readonly sessionId: string } }
    | { readonly test: { readonly sessionId: string } };
  /** The SHA-256 of the secret that the page of the user keeps. */
  readonly challenge: string;
  readonly state: string;
  readonly nonce: string;
  readonly pkceVerifier: string;
  /** What the provider has sent by itself: see {@link ProviderVisitsService.keepAnswer}. */
  readonly answer?: string;
}

/** Keeps visits to identity providers, for all replicas, until the user returns. A visit belongs to the page that began it and ends with its first return. */
@Injectable()
export class ProviderVisitsService {
  readonly #box: SecretBox;

  constructor(
    private readonly platform: PlatformDb,
    private readonly clock: Clock,
    private readonly states: VisitStates,
    config: AppConfig,
  ) {
    this.#box = new SecretBox(config.appSecret, 'provider-visit', config.previousSecrets);
  }

  async keepVisit(visit: ProviderVisit): Promise<void> {
    const expiresAt = new Date(this.clock.now().getTime() + 1000 * lifetimes.providerVisit);
    await this.platform.providerVisit.create({ data: { stateHash: hashOpaqueToken(visit.state), content: this.#box.seal(JSON.stringify(visit)), expiresAt } });
  }

  /**
   * Keeps what a provider sends by itself for the return of the user. A visit takes one answer. Nothing is checked: the return checks it.
   *
   * @returns whether the visit is open and had no answer
   */
  async keepAnswer(provider: string, state: string, answer: string): Promise<boolean> {
    const stateHash = hashOpaqueToken(state);
    const open = { stateHash, expiresAt: { gt: this.clock.now() }, answer: null };
    const row = await this.platform.providerVisit.findFirst({ where: open });
    if (row === null || (JSON.parse(this.#box.open(row.content)) as ProviderVisit).provider !== provider) return false;
    const { count } = await this.platform.providerVisit.updateMany({ where: open, data: { answer: this.#box.seal(answer) } });
    return count > 0;
  }

  /**
   * Ends a visit and returns it: of parallel returns one succeeds.
   *
   * @param verifier the secret of the page that began it. Without it, the answer to somebody else's visit could sign a user in (login CSRF)
   * @throws {ProviderVisitEndedError}
   */
  async takeVisit(provider: string, state: string, verifier: string): Promise<ProviderVisit> {
    const [row] = await this.platform.$queryRaw<{ content: Uint8Array; answer: Uint8Array | null }[]>`
      delete from provider_visits where state_hash = ${hashOpaqueToken(state)} and expires_at > ${this.clock.now()} returning content, answer`;
    if (row === undefined) throw new ProviderVisitEndedError(this.states.whyEnded(state));
    const visit = JSON.parse(this.#box.open(row.content)) as ProviderVisit;
    // Each provider has an address of its own to return to: the answer of one must not count as that of another (RFC 9700, section 4.4).
    if (visit.provider !== provider)
      throw new ProviderVisitEndedError(unversioned(visit.provider) === unversioned(provider) ? 'provider_visit_connection_changed' : 'provider_visit_other_provider');
    if (createHash('sha256').update(verifier).digest('base64url') !== visit.challenge) throw new ProviderVisitEndedError('provider_visit_other_page');
    return row.answer === null ? visit : { ...visit, answer: this.#box.open(row.answer) };
  }
}

/** Returns the name of a provider without the version of a connection: see visitNameOf. */
const unversioned = (provider: string): string => provider.split('/', 2).join('/');

/** @throws {ProviderVisitEndedError} unless the visit was begun for a purpose, by a session or a set-up link */
export function assertBegunBy({ purpose }: ProviderVisit, wanted: 'link' | 'test', sessionId: string): void {
  const begun = wanted === 'link' ? ('link' in purpose ? purpose.link : undefined) : 'test' in purpose ? purpose.test : undefined;
  if (begun === undefined) throw new ProviderVisitEndedError('provider_visit_other_purpose');
  if (begun.sessionId !== sessionId) throw new ProviderVisitEndedError('provider_visit_other_session');
}
