import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { ed25519KeyOf } from '../../common/crypto/ed25519-key.js';
import type { WebhookSignature } from '../../generated/prisma/client.js';

/*
 * The keys and signatures of the Standard Webhooks specification (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */

const secretBytes = 32;
const [secretPrefix, privatePrefix, publicPrefix] = ['whsec_', 'whsk_', 'whpk_'];
/** The bytes of a private Ed25519 key, and of a public one (RFC 8032). */
const keyBytes = 32;

export interface WebhookKey {
  /** The key that signs: `whsec_…` for both sides, or the private key `whsk_…`. */
  readonly secret: string;
  /** `whpk_…`; null for a symmetric signature. */
  readonly publicKey: string | null;
}

/** Makes the key of a webhook. */
export function newWebhookKey(signature: WebhookSignature): WebhookKey {
  if (signature === 'symmetric') return { secret: `${secretPrefix}${randomBytes(secretBytes).toString('base64')}`, publicKey: null };
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const privateBytes = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-keyBytes);
  const publicBytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-keyBytes);
  // The two together, as libsodium has them.
  const secret = `${privatePrefix}${Buffer.concat([privateBytes, publicBytes]).toString('base64')}`;
  return { secret, publicKey: `${publicPrefix}${publicBytes.toString('base64')}` };
}

/** A message, as the specification names its parts. */
export interface SignedMessage {
  /** The same for all attempts: the receiver recognizes a repetition by it. */
  readonly id: string;
  readonly timestamp: Date;
  readonly body: string;
}

/** Returns the header fields of a message, signed with each of the secrets. */
export function signedHeaders(secrets: readonly string[], { id, timestamp, body }: SignedMessage): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(timestamp.getTime() / 1000));
  const content = `${id}.${seconds}.${body}`;
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': secrets.map((secret) => signatureOf(secret, content)).join(' ') };
}

function signatureOf(secret: string, content: string): string {
  if (secret.startsWith(secretPrefix))
    return `v1,${createHmac('sha256', Buffer.from(secret.slice(secretPrefix.length), 'base64'))
      .update(content)
      .digest('base64')}`;
  const seed = Buffer.from(secret.slice(privatePrefix.length), 'base64').subarray(0, keyBytes);
  return `v1a,${sign(null, Buffer.from(content), ed25519KeyOf(seed)).toString('base64')}`;
}
