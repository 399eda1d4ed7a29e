import { createPrivateKey, type KeyObject } from 'node:crypto';

/** The beginning of a private Ed25519 key in PKCS #8 (RFC 8410, section 7), which its 32 bytes follow. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes a private Ed25519 key of its 32 bytes (RFC 8032). */
export const ed25519KeyOf = (bytes: Uint8Array): KeyObject => createPrivateKey({ key: Buffer.concat([pkcs8Prefix, bytes]), format: 'der', type: 'pkcs8' });
