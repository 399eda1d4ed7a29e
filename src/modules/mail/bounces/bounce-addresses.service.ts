import { Injectable } from '@nestjs/common';
import { Signatures, shortLength } from '../../../common/crypto/signatures.js';
import { AppConfig } from '../../../config/app-config.js';

const idDigits = 32;

/**
 * Makes the address of each mail to which servers report that it bounced, from `MAIL_BOUNCE_ADDRESS`: `bounces@example.com` becomes
 * `bounces+<id of the mail><signature>@example.com`. Replies and forwarded mails do not have it, and nobody can make that of another mail.
 */
@Injectable()
export class BounceAddressesService {
  /** Of 64 bits: each guess is a mail. The local part of an address has at most 64 characters, and servers may change their case. */
  readonly #signatures: Signatures;
  readonly #mailbox: readonly [local: string, domain: string] | undefined;

  constructor(config: AppConfig) {
    this.#signatures = new Signatures(config.appSecret, 'bounce-address', config.previousSecrets, { encoding: 'hex', length: shortLength });
    const [local = '', domain] = config.mailBounceAddress?.split('@') ?? [];
    this.#mailbox = domain === undefined ? undefined : [local, domain];
  }

  get areUsed(): boolean {
    return this.#mailbox !== undefined;
  }

  /** Returns the envelope of a mail; nothing without `MAIL_BOUNCE_ADDRESS`. */
  envelopeOf(mailId: string, to: string): { readonly envelope?: { readonly from: string; readonly to: string } } {
    if (this.#mailbox === undefined) return {};
    const [local, domain] = this.#mailbox;
    const id = mailId.replaceAll('-', '');
    return { envelope: { from: `${local}+${id}${this.#signatures.sign(id)}@${domain}`, to } };
  }

  /** Returns the id of the mail whose address is in the header of a report; undefined if none is. Servers may change the case of letters. */
  findMail(header: string): string | undefined {
    for (const [, id = '', signature = ''] of header.toLowerCase().matchAll(addresses)) {
      if (this.#signatures.isValid(id, signature)) return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    }
    return undefined;
  }
}

const addresses = new RegExp(String.raw`\+([\da-f]{${idDigits}})([\da-f]{${shortLength}})@`, 'g');
