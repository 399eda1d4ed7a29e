import { createHash, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { verify as verifyArgon2 } from '@node-rs/argon2';
import { packages } from '../../../common/packages.js';

/** A hash of a password, of this application or of another one. */
export interface PasswordHash {
  /**
   * The same kind of hash with a fixed salt and a digest that no password has. Comparing a password with it takes the same work, and it is equal for
   * all hashes that take the same work.
   */
  readonly decoy: string;
  /** Compares the bytes of a password, in UTF-8. */
  matches(password: string): Promise<boolean>;
}

/** Why a hash is not accepted. */
export class UnusablePasswordHashError extends Error {}

type Params = Readonly<Record<string, string>>;

interface Scheme {
  /** Names the parts of the hash. */
  readonly pattern: RegExp;
  /** Returns why the parameters are not accepted; undefined when they are. Any caller can have a hash compared, so its work is limited. */
  readonly excess: (params: Params) => string | undefined;
  readonly decoy: (params: Params) => string;
  readonly matches: (password: string, params: Params) => Promise<boolean>;
}

const deriveByPbkdf2 = promisify(pbkdf2);
const deriveByScrypt = promisify<string, Buffer | string, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** Iterations. Django 6 has 1,200,000. */
const maxIterations = 2_000_000;
const maxBcryptCost = 14;
const maxMemoryMiB = 128;
/** Memory times passes, in MiB: about half a second of a core. */
const maxWorkMiB = 512;

const limitOf = (name: string, value: number, max: number): string | undefined => (value > max ? `its ${name} is ${value}, and at most ${max} is accepted` : undefined);

const iterationsOf = ({ iterations }: Params): string | undefined => limitOf('number of iterations', Number(iterations), maxIterations);

const memoryOf = (mebibytes: number, passes: number): string | undefined =>
  limitOf('memory in MiB', mebibytes, maxMemoryMiB) ?? limitOf('memory in MiB times passes', mebibytes * passes, maxWorkMiB);

async function pbkdf2Matches(password: string, salt: string, { iterations, digest = 'sha256' }: Params, expected: Buffer): Promise<boolean> {
  return timingSafeEqual(await deriveByPbkdf2(password, salt, Number(iterations), expected.length, digest), expected);
}

/** N must be a power of two (RFC 7914). */
function excessOfScrypt({ n, r, p }: Params): string | undefined {
  const [N, blocks, lanes] = [Number(n), Number(r), Number(p)];
  if (N < 2 || !Number.isInteger(Math.log2(N)) || blocks < 1 || lanes < 1) return 'its parameters are invalid';
  return memoryOf((128 * N * blocks) / 2 ** 20, lanes);
}

async function scryptMatches(password: string, salt: string, { n, r, p }: Params, expected: Buffer): Promise<boolean> {
  const [N, blocks, lanes] = [Number(n), Number(r), Number(p)];
  const derived = await deriveByScrypt(password, salt, expected.length, { N, r: blocks, p: lanes, maxmem: 2 * 128 * (N * blocks + blocks * lanes) + 2 ** 20 });
  return timingSafeEqual(derived, expected);
}

const sha256Hex = (password: string): string => createHash('sha256').update(password).digest('hex');
const hex = (digest = ''): Buffer => Buffer.from(digest, 'hex');
const base64 = (digest = ''): Buffer => Buffer.from(digest, 'base64');
const zeros = (length: number): Buffer => Buffer.alloc(length);
const salt = 'AAAAAAAAAAAAAAAAAAAAAA';

/** The number of bytes of each digest. */
const digestBytes: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };

const excessOfDigest = (digest: string | undefined, bytes: Buffer): string | undefined =>
  bytes.length === digestBytes[digest ?? ''] ? undefined : 'its digest has the wrong length';

const schemes: readonly Scheme[] = [
  {
    // argon2id in PHC string format (RFC 9106), also with the name that Django puts before it.
    pattern: /^(?:argon2)?\$argon2id\$v=19\$m=(?<m>\d{1,8}),t=(?<t>\d{1,3}),p=(?<p>\d{1,3})\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<hash>[A-Za-z0-9+/]{22,86})$/,
    excess: ({ m, t, p }) =>
      memoryOf(Number(m) / 1024, Number(t)) ??
      limitOf('number of lanes', Number(p), 16) ??
      (Number(t) < 1 || Number(p) < 1 || Number(m) < 8 * Number(p) ? 'its parameters are invalid' : undefined),
    decoy: ({ m, t, p, hash = '' }) => `$argon2id$v=19$m=${m},t=${t},p=${p}$${salt}$${'A'.repeat(hash.length)}`,
    matches: (password, { m, t, p, salt: own, hash }) => verifyArgon2(`$argon2id$v=19$m=${m},t=${t},p=${p}$${own}$${hash}`, password),
  },
  {
    // bcrypt compares the first 72 bytes. Versions a, b and y are the same for passwords in UTF-8 of less than 256 bytes; the package knows two of them.
    pattern: /^(?:bcrypt\$)?\$2[aby]\$(?<cost>\d\d)\$(?<rest>[./A-Za-z0-9]{53})$/,
    excess: ({ cost }) => (Number(cost) < 4 ? 'its parameters are invalid' : limitOf('cost', Number(cost), maxBcryptCost)),
    decoy: ({ cost }) => `$2b$${cost}$${'.'.repeat(53)}`,
    matches: (password, { cost, rest }) => packages.bcrypt.compare(password, `$2b$${cost}$${rest}`),
  },
  {
    // BCryptSHA256PasswordHasher of Django: bcrypt of the SHA-256 in hexadecimal digits.
    pattern: /^bcrypt_sha256\$\$2[aby]\$(?<cost>\d\d)\$(?<rest>[./A-Za-z0-9]{53})$/,
    excess: ({ cost }) => (Number(cost) < 4 ? 'its parameters are invalid' : limitOf('cost', Number(cost), maxBcryptCost)),
    decoy: ({ cost }) => `bcrypt_sha256$$2b$${cost}$${'.'.repeat(53)}`,
    matches: (password, { cost, rest }) => packages.bcrypt.compare(sha256Hex(password), `$2b$${cost}$${rest}`),
  },
  {
    // PBKDF2PasswordHasher of Django.
    pattern: /^pbkdf2_(?<digest>sha1|sha256)\$(?<iterations>[1-9]\d{0,9})\$(?<salt>[^$]{1,128})\$(?<hash>[A-Za-z0-9+/]{27,43}=)$/,
    excess: (params) => iterationsOf(params) ?? excessOfDigest(params['digest'], base64(params['hash'])),
    decoy: ({ digest, iterations }) => `pbkdf2_${digest}$${iterations}$${salt}$${zeros(digestBytes[digest ?? ''] ?? 32).toString('base64')}`,
    matches: (password, params) => pbkdf2Matches(password, params['salt'] ?? '', params, base64(params['hash'])),
  },
  {
    // generate_password_hash of Werkzeug.
    pattern: /^pbkdf2:(?<digest>sha1|sha256|sha512):(?<iterations>[1-9]\d{0,9})\$(?<salt>[^$]{1,128})\$(?<hash>[0-9a-f]{40,128})$/,
    excess: (params) => iterationsOf(params) ?? excessOfDigest(params['digest'], hex(params['hash'])),
    decoy: ({ digest, iterations }) => `pbkdf2:${digest}:${iterations}$${salt}$${'0'.repeat(2 * (digestBytes[digest ?? ''] ?? 32))}`,
    matches: (password, params) => pbkdf2Matches(password, params['salt'] ?? '', params, hex(params['hash'])),
  },
  {
    // Werkzeug, its default since version 3.
    pattern: /^scrypt:(?<n>\d{1,9}):(?<r>\d{1,3}):(?<p>\d{1,3})\$(?<salt>[^$]{1,128})\$(?<hash>[0-9a-f]{128})$/,
    excess: excessOfScrypt,
    decoy: ({ n, r, p }) => `scrypt:${n}:${r}:${p}$${salt}$${'0'.repeat(128)}`,
    matches: (password, params) => scryptMatches(password, params['salt'] ?? '', params, hex(params['hash'])),
  },
  {
    // ScryptPasswordHasher of Django.
    pattern: /^scrypt\$(?<n>\d{1,9})\$(?<salt>[^$]{1,128})\$(?<r>\d{1,3})\$(?<p>\d{1,3})\$(?<hash>[A-Za-z0-9+/]{86}==)$/,
    excess: excessOfScrypt,
    decoy: ({ n, r, p }) => `scrypt$${n}$${salt}$${r}$${p}$${zeros(64).toString('base64')}`,
    matches: (password, params) => scryptMatches(password, params['salt'] ?? '', params, base64(params['hash'])),
  },
];

/**
 * Reads a hash of a password in one of the formats of docs/import-users.md.
 *
 * @throws {UnusablePasswordHashError} when the format is unknown, or comparing a password with it would take too much time or memory
 */
export function readPasswordHash(text: string): PasswordHash {
  for (const { pattern, excess, decoy, matches } of schemes) {
    const params = pattern.exec(text)?.groups;
    if (params === undefined) continue;
    const reason = excess(params);
    if (reason !== undefined) throw new UnusablePasswordHashError(`The password hash is not accepted: ${reason}.`);
    return { decoy: decoy(params), matches: (password) => matches(password, params) };
  }
  throw new UnusablePasswordHashError('The format of the password hash is unknown. docs/import-users.md lists the formats.');
}
