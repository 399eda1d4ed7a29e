import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey } from './derived-key.js';

const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts secrets at rest with AES-256-GCM (NIST SP 800-38D) and a key derived from the installation's secret. */
export class SecretBox {
  readonly #key: Buffer;
  readonly #previous: readonly Buffer[];

  /**
   * @param purpose identifies the use. A box with another purpose cannot open the value. A stored column declares it with
   *   `/// @sealed <purpose>` in prisma/models
   * @param previous earlier secrets, which open values but never seal them
   */
  constructor(secret: string, purpose: string, previous: readonly string[] = []) {
    this.#key = deriveKey(secret, `seal:${purpose}`);
    this.#previous = previous.map((older) => deriveKey(older, `seal:${purpose}`));
  }

  /** @returns the nonce, the ciphertext and the tag, in this order */
  seal(plain: string): Uint8Array<ArrayBuffer> {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    return new Uint8Array(Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]));
  }

  /** @throws when the bytes were altered, or sealed with another secret or purpose */
  open(sealed: Uint8Array): string {
    for (const key of [this.#key, ...this.#previous.slice(0, -1)]) {
      try {
        return openWith(key, sealed);
      } catch {
        // Another key may open it. The last one is tried below and throws.
      }
    }
    return openWith(this.#previous.at(-1) ?? this.#key, sealed);
  }

  /**
   * Seals a value again that was sealed with a previous secret.
   *
   * @returns undefined when the value is sealed with the current secret
   * @throws when none of the secrets opens the value
   */
  reseal(sealed: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    try {
      openWith(this.#key, sealed);
      return undefined;
    } catch {
      return this.seal(this.open(sealed));
    }
  }
}

function openWith(key: Buffer, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8');
}
