import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../common/crypto/secret-box.js';
import { CustomerHttp } from '../../common/http/outgoing/customer-http.js';
import { AppConfig } from '../../config/app-config.js';
import type { WebhookSignature } from '../../generated/prisma/client.js';
import { EventTypesService } from '../events/event-types.service.js';
import { newWebhookKey } from './webhook-keys.js';
import { faultOfWebhookUrl } from './webhook-url.js';
import { InvalidWebhookUrlError, UnknownEventTypeError } from './webhooks.errors.js';

/** A new key of a webhook. */
export interface NewWebhookKey {
  /** The secret that is shown; null for a public key. */
  readonly secret: string | null;
  readonly columns: { readonly secret: Uint8Array<ArrayBuffer>; readonly publicKey: string | null };
}

/** A new key with the one that it replaces. */
export interface RotatedWebhookKey extends NewWebhookKey {
  readonly columns: NewWebhookKey['columns'] & { readonly previousSecret: Uint8Array<ArrayBuffer> | null; readonly previousExpiresAt: Date | null };
}

/** Makes and checks the parts of webhooks, of organizations and of the platform: their URLs, types and keys. */
@Injectable()
export class WebhookPartsService {
  readonly #box: SecretBox;
  readonly #http: CustomerHttp;

  constructor(
    private readonly types: EventTypesService,
    config: AppConfig,
  ) {
    this.#box = new SecretBox(config.appSecret, 'webhooks', config.previousSecrets);
    this.#http = new CustomerHttp({ dnsServers: config.dnsServers, allowLoopback: config.webhooksAllowLoopback });
  }

  newKey(signature: WebhookSignature): NewWebhookKey {
    const { secret, publicKey } = newWebhookKey(signature);
    return { secret: publicKey === null ? secret : null, columns: { secret: this.#box.seal(secret), publicKey } };
  }

  /** Returns a new key in the place of a webhook's own, which signs, too, during the overlap. */
  rotatedKey(
    { signature, secret: previous }: { readonly signature: WebhookSignature; readonly secret: Uint8Array<ArrayBuffer> },
    overlapSeconds: number,
    now: Date,
  ): RotatedWebhookKey {
    const { secret, columns } = this.newKey(signature);
    const own =
      overlapSeconds > 0 ? { previousSecret: previous, previousExpiresAt: new Date(now.getTime() + overlapSeconds * 1000) } : { previousSecret: null, previousExpiresAt: null };
    return { secret, columns: { ...columns, ...own } };
  }

  /** @returns the one spelling of the URL @throws {InvalidWebhookUrlError} */
  checkedUrl(text: string): string {
    const fault = faultOfWebhookUrl(text, this.#http);
    if (fault !== undefined) throw new InvalidWebhookUrlError(fault);
    return new URL(text).href;
  }

  /** Returns the types that are asked for, each once; none for all of them. @throws {UnknownEventTypeError} */
  checkedTypes(wanted: readonly string[]): string[] {
    for (const type of wanted) if (type !== '*' && this.typesOf([type]).length === 0) throw new UnknownEventTypeError(type);
    return wanted.includes('*') ? [] : [...new Set(wanted)].toSorted();
  }

  /** Returns the types that patterns such as `member.*` match. @param wanted no type for all of them */
  typesOf(wanted: readonly string[]): string[] {
    return [...this.types.types.keys()].filter(
      (type) => wanted.length === 0 || wanted.some((each) => each === type || (each.endsWith('.*') && type.startsWith(each.slice(0, -1)))),
    );
  }
}
