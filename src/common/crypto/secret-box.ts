import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey } from './derived-key.js';

const nonceBytes = 12;
const tagBytes = 16;

/** Seals secrets at rest with AES-256-GCM (NIST SP 800-38D) under a key derived from the installation's secret. */
export class SecretBox {
  readonly #key: Buffer;
  readonly #previous: readonly Buffer[];

  /**
   * @param purpose names what is sealed; a box of another purpose cannot open it
   * @param previous secrets that came before, which only open
   */
  constructor(secret: string, purpose: string, previous: readonly string[] = []) {
    this.#key = deriveKey(secret, `seal:${purpose}`);
    this.#previous = previous.map((older) => deriveKey(older, `seal:${purpose}`));
  }

  /** @returns nonce, ciphertext and tag, in this order */
  seal(plain: string): Uint8Array<ArrayBuffer> {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    return new Uint8Array(Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]));
  }

  /** @throws when the bytes were altered, or sealed under another secret or purpose */
  open(sealed: Uint8Array): string {
    for (const key of [this.#key, ...this.#previous.slice(0, -1)]) {
      try {
        return openWith(key, sealed);
      } catch {
        // Sealed under another of the keys, or under none: the last one tells.
      }
    }
    return openWith(this.#previous.at(-1) ?? this.#key, sealed);
  }

  /**
   * Seals anew what a previous secret has sealed.
   *
   * @returns undefined when it is sealed under the present secret
   * @throws when none of the secrets opens it
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
