import { WeakPasswordError } from '../auth.errors.js';

export const passwordLength = { min: 10, max: 200 } as const;

const common = new Set([
  'password',
  'passwort',
  'letmein',
  'welcome',
  'qwerty',
  'qwertz',
  'iloveyou',
  'administrator',
  'football',
  'sunshine',
  'princess',
  'dragon',
  'monkey',
  'changeme',
  'trustno',
]);

/**
 * Rejects common and predictable passwords. It requires length, not character classes (NIST SP 800-63B, section 3.1.1.2).
 *
 * @param about the user's name and email address, of which the password must not consist
 * @throws {WeakPasswordError}
 */
export function assertStrongPassword(password: string, about: readonly string[], pointer = '/password'): void {
  const folded = password.toLowerCase();
  if (new Set(folded).size < 5) throw new WeakPasswordError('The password has fewer than five different characters. Use a longer phrase.', pointer);
  const letters = folded.replace(/[^\p{L}]/gu, '');
  if (common.has(letters)) throw new WeakPasswordError('This password is too common. Use a longer phrase.', pointer);
  if (/^(?:0?123456789\d*|abcdefghij.*|qwertyuiop.*)$/.test(folded)) throw new WeakPasswordError('The password is a keyboard or counting sequence. Use a longer phrase.', pointer);
  const known = about.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 3);
  const rest = known.reduce((text, word) => text.replaceAll(word, ''), folded).replace(/[^\p{L}\p{N}]/gu, '');
  if (rest.length < 5) throw new WeakPasswordError('The password is too similar to your name or email address. Use a longer phrase.', pointer);
}
