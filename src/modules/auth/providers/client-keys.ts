import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, importPKCS8, type CryptoKey, type JWK } from 'jose';

/** RSA with SHA-256: the one algorithm that every identity provider takes. */
const alg = 'RS256';
const modulusLength = 2048;

/** Returns a new private key of a client (`private_key_jwt`, OpenID Connect Core 1.0, section 9), in PKCS #8. */
export async function newClientKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Returns the public key of a private one, as a provider needs it. Its `kid` is its thumbprint (RFC 7638). */
export async function publicKeyOf(privateKey: string): Promise<JWK> {
  const key = await exportJWK(createPublicKey(createPrivateKey(privateKey)));
  return { ...key, alg, use: 'sig', kid: await calculateJwkThumbprint(key) };
}

/** Returns a private key with its id, to sign with. */
export async function signingKeyOf(privateKey: string): Promise<{ readonly key: CryptoKey; readonly kid: string }> {
  const [key, { kid = '' }] = await Promise.all([importPKCS8(privateKey, alg), publicKeyOf(privateKey)]);
  return { key, kid };
}
