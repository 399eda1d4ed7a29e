import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { Clock } from '../../../common/clock.js';
import { SecretBox } from '../../../common/crypto/secret-box.js';
import { CustomerHttp, CustomerHttpError, type CustomerHttpReason } from '../../../common/http/outgoing/customer-http.js';
import { storableText } from '../../../common/text/storable-text.js';
import { inSpan } from '../../../common/tracing.js';
import { AppConfig } from '../../../config/app-config.js';
import type { DomainEvent, WebhookResult } from '../../../generated/prisma/client.js';
import { version } from '../../../observability/version.js';
import { webhookBody } from '../webhook-body.js';
import { signedHeaders } from '../webhook-keys.js';
import type { BegunDelivery, EndedAttempt, WebhookTurn } from './webhook-queue.queries.js';
import { askedPause } from './webhook-retries.policy.js';

/** Milliseconds until the answer must be complete. The specification recommends 15 to 30 seconds. */
export const answerTimeout = 15_000;
/** The bytes of an answer that are kept. */
const keptBytes = 4096;

const results: Readonly<Record<CustomerHttpReason, WebhookResult>> = {
  refused_host: 'address_refused',
  timed_out: 'timeout',
  no_connection: 'unreachable',
  bad_answer: 'unreachable',
  too_large: 'unreachable',
};

/** An attempt, and for how many milliseconds the receiver asks to wait. */
export interface SentAttempt extends EndedAttempt {
  readonly askedPause?: number | undefined;
}

/** Signs events and sends them to webhooks. */
@Injectable()
export class WebhookSenderService {
  readonly #box: SecretBox;
  readonly #http: CustomerHttp;

  constructor(
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.#box = new SecretBox(config.appSecret, 'webhooks', config.previousSecrets);
    this.#http = new CustomerHttp({ dnsServers: config.dnsServers, allowLoopback: config.webhooksAllowLoopback });
  }

  /** Makes an attempt. A failure is a result, also one from before the request. */
  async send(turn: WebhookTurn, { id, attempts, event }: BegunDelivery, signal: AbortSignal): Promise<SentAttempt> {
    const [startedAt, began] = [this.clock.now(), performance.now()];
    let headers: Readonly<Record<string, string>> = {};
    let ended: Pick<SentAttempt, 'result' | 'status' | 'answer' | 'askedPause'>;
    try {
      const body = webhookBody(event);
      headers = this.#headersOf(turn, event, body, startedAt);
      const attributes = { 'tenantry.webhook.id': turn.id, 'tenantry.webhook.delivery': id, 'tenantry.webhook.attempt': attempts };
      ended = await inSpan('send webhook', { kind: 'client', attributes, parent: {} }, () => this.#post(turn.url, headers, body, signal));
    } catch (error) {
      ended = { ...failureOf(error), status: null };
    }
    return { startedAt, durationMs: Math.round(performance.now() - began), url: turn.url, headers, ...ended };
  }

  async #post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<Pick<SentAttempt, 'result' | 'status' | 'answer' | 'askedPause'>> {
    const answer = await this.#http.send(url, { method: 'POST', headers, body, timeoutMs: answerTimeout, maxBytes: keptBytes, cut: true, signal });
    const { status } = answer;
    const text = storableText(await answer.text(), keptBytes);
    return { result: answer.ok ? 'accepted' : 'refused', status, answer: text, askedPause: askedPause(status, answer.headers.get('retry-after')) };
  }

  #headersOf({ secret, previousSecret, previousExpiresAt }: WebhookTurn, { id }: DomainEvent, body: string, timestamp: Date): Readonly<Record<string, string>> {
    const previous = previousSecret !== null && previousExpiresAt !== null && previousExpiresAt > timestamp ? [previousSecret] : [];
    const secrets = [secret, ...previous].map((sealed) => this.#box.open(sealed));
    return { 'content-type': 'application/json', 'user-agent': `tenantry/${version}`, ...signedHeaders(secrets, { id, timestamp, body }) };
  }
}

/** Why there is no answer, in words that say nothing about this server. */
function failureOf(error: unknown): { readonly result: WebhookResult; readonly answer: string } {
  if (error instanceof CustomerHttpError) return { result: results[error.reason], answer: error.message };
  return { result: 'unreadable', answer: 'The request could not be made. The operator can see the reason in the log of the server.' };
}
