import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { deriveKey } from './derived-key.js';
import { ed25519KeyOf } from './ed25519-key.js';

interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

async function signingKeyOf(secret: string, purpose: string): Promise<SigningKey> {
  const privateKey = ed25519KeyOf(deriveKey(secret, purpose));
  const publicKey = createPublicKey(privateKey);
  return { id: await calculateJwkThumbprint(publicKey.export({ format: 'jwk' })), privateKey, publicKey };
}

/** A kind of document that the installation signs. */
export interface DocumentKind {
  /** The purpose for which the key is derived. */
  readonly purpose: string;
  /** The value of `typ` in the header of a token, so that no other signature is taken for one of this kind (RFC 8725, section 3.11). */
  readonly type: string;
}

/** Signs documents of one kind with Ed25519 (RFC 8037), with a key that is derived from `APP_SECRET`: the database does not have it. */
export class DocumentKeys {
  readonly #type: string;
  readonly #present: Promise<SigningKey>;
  readonly #all: Promise<readonly SigningKey[]>;

  /** @param previousSecrets earlier secrets, whose signatures are accepted */
  constructor({ purpose, type }: DocumentKind, secret: string, previousSecrets: readonly string[]) {
    this.#type = type;
    this.#present = signingKeyOf(secret, purpose);
    this.#all = Promise.all([this.#present, ...previousSecrets.map((previous) => signingKeyOf(previous, purpose))]);
  }

  /** The id of the key that signs, which is its thumbprint (RFC 7638). */
  async presentId(): Promise<string> {
    return (await this.#present).id;
  }

  /** @returns a JSON Web Signature in compact form (RFC 7515) */
  async signDocument(document: object): Promise<string> {
    const { id, privateKey } = await this.#present;
    return new CompactSign(Buffer.from(JSON.stringify(document))).setProtectedHeader({ alg: 'EdDSA', typ: this.#type, kid: id }).sign(privateKey);
  }

  /**
   * Whether a key of this installation has signed the token; undefined when its key is unknown.
   *
   * @throws {Error} when it is not a JSON Web Signature
   */
  async isSigned(token: string): Promise<boolean | undefined> {
    const { kid, typ } = decodeProtectedHeader(token);
    const key = (await this.#all).find(({ id }) => id === kid);
    if (key === undefined) return undefined;
    return compactVerify(token, key.publicKey, { algorithms: ['EdDSA'] }).then(
      () => typ === this.#type,
      () => false,
    );
  }
}
