import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { Client } from './client.js';

/** What an answer says other than a correct one would. */
export interface Faults {
  readonly origin?: string;
  readonly challenge?: string;
  readonly rpId?: string;
  readonly userVerified?: boolean;
  readonly counter?: number;
  readonly type?: string;
  readonly userHandle?: string;
  /** Signs with another key. */
  readonly forged?: boolean;
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const base64url = (data: Buffer | string): string => Buffer.from(data).toString('base64url');

/** CBOR (RFC 8949) of what an attestation has: small maps, texts, bytes and integers. */
function cbor(value: unknown): Buffer {
  const head = (major: number, length: number): Buffer =>
    length < 24 ? Buffer.from([(major << 5) | length]) : length < 256 ? Buffer.from([(major << 5) | 24, length]) : Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, each]) => [cbor(key), cbor(each)])]);
  throw new TypeError('not a value of an attestation');
}

/** A passkey in software, which signs whatever a test wants (WebAuthn level 3, section 6). */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32);
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #counter = 0;
  #userHandle: string | undefined;

  /** @param origin of the page; that of APP_URL when left out */
  constructor(readonly origin = 'https://app.tenantry.test') {}

  /** Answers the options of a registration. */
  create(options: Readonly<Record<string, any>>, faults: Faults = {}): Record<string, unknown> {
    this.#userHandle = options['user'].id as string;
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = cbor(
      new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    );
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, key]);
    const authData = Buffer.concat([this.#authenticatorData(options['rp'].id as string, 0x40, faults), attested]);
    const attestationObject = cbor(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    );
    const response = { clientDataJSON: this.#clientData('webauthn.create', options, faults), attestationObject: base64url(attestationObject), transports: ['internal'] };
    return this.#credential(response);
  }

  /** Answers the options of a request. */
  get(options: Readonly<Record<string, any>>, faults: Faults = {}): Record<string, unknown> {
    this.#counter = faults.counter ?? this.#counter + 1;
    const authenticatorData = this.#authenticatorData(options['rpId'] as string, 0, { counter: this.#counter, ...faults });
    const clientDataJSON = this.#clientData('webauthn.get', options, faults);
    const key: KeyObject =
      faults.forged === true ? createPrivateKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' })) : this.#keys.privateKey;
    const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(Buffer.from(clientDataJSON, 'base64url'))]), key);
    return this.#credential({
      clientDataJSON,
      authenticatorData: base64url(authenticatorData),
      signature: base64url(signature),
      userHandle: faults.userHandle ?? this.#userHandle,
    });
  }

  #credential(response: Record<string, unknown>): Record<string, unknown> {
    const id = base64url(this.id);
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {}, authenticatorAttachment: 'platform' };
  }

  #authenticatorData(rpId: string, flags: number, faults: Faults): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(faults.counter ?? 0);
    return Buffer.concat([sha256(faults.rpId ?? rpId), Buffer.from([flags | 0x01 | (faults.userVerified === false ? 0 : 0x04)]), counter]);
  }

  #clientData(type: string, options: Readonly<Record<string, any>>, faults: Faults): string {
    return base64url(
      JSON.stringify({ type: faults.type ?? type, challenge: faults.challenge ?? (options['challenge'] as string), origin: faults.origin ?? this.origin, crossOrigin: false }),
    );
  }
}

/** Adds a passkey to the account of a client, on a page of an origin. */
export async function registerPasskey(api: Client, name = 'My phone', origin?: string): Promise<{ readonly device: SoftwareAuthenticator; readonly id: string }> {
  const device = new SoftwareAuthenticator(origin);
  const { options } = (await api.post('/auth/passkeys/options')).body;
  const { status, body, text } = await api.post('/auth/passkeys', { name, credential: device.create(options) });
  if (status !== 201) throw new Error(`the registration answered ${status}: ${text}`);
  return { device, id: body.id as string };
}

/** The answer of a passkey to a new challenge, for the session of the client if it has one. */
export const answerOf = async (api: Client, device: SoftwareAuthenticator, faults: Faults = {}): Promise<Record<string, unknown>> =>
  device.get((await api.post('/auth/passkeys/challenge')).body.options, faults);
