import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derived-key.js';

/** Characters of a signature in a text whose length is limited, such as a part of an address: 64 bits as hexadecimal digits, 96 as base64url. */
export const shortLength = 16;

interface SignatureForm {
  readonly encoding: 'hex' | 'base64url';
  /** The characters that are kept; all without it. */
  readonly length?: number;
}

/** Signs texts with a key of the installation (HMAC-SHA256). */
export class Signatures {
  /** The present key, then those of earlier secrets. */
  readonly #keys: readonly [Buffer, ...Buffer[]];

  /**
   * @param secret `APP_SECRET`
   * @param purpose a constant that identifies the use
   * @param previousSecrets earlier secrets, whose signatures are accepted
   */
  constructor(
    secret: string,
    purpose: string,
    previousSecrets: readonly string[],
    private readonly form: SignatureForm,
  ) {
    const keyOf = (each: string): Buffer => deriveKey(each, purpose);
    this.#keys = [keyOf(secret), ...previousSecrets.map(keyOf)];
  }

  sign(content: string): string {
    return this.#signWith(this.#keys[0], content);
  }

  /** Whether a signature is that of a text. */
  isValid(content: string, signature: string): boolean {
    const given = Buffer.from(signature);
    return this.#keys.some((key) => {
      const expected = Buffer.from(this.#signWith(key, content));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }

  #signWith(key: Buffer, content: string): string {
    return createHmac('sha256', key).update(content).digest(this.form.encoding).slice(0, this.form.length);
  }
}
