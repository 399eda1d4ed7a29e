import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** PostgreSQL's default. The number does not matter for derived keys. */
const iterations = 4096;

/**
 * Returns the SCRAM verifier of a password, which PostgreSQL stores (RFC 5803; its own format is
 * SCRAM-SHA-256$<iterations>:<salt>$<stored>:<server>). A statement with the verifier in place of the password may appear in
 * logs and messages: nobody can log in with it.
 *
 * @param password ASCII only, so that SASLprep changes nothing
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const sign = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(sign('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${sign('Server Key').toString('base64')}`;
}
