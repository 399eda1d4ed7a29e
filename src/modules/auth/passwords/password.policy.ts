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
 * Refuses passwords that are guessed first, and asks for length rather than for a zoo of characters
 * (NIST SP 800-63B, section 3.1.1.2).
 *
 * @param about what else is known of the user; a password must not be made of it
 * @throws {WeakPasswordError}
 */
export function assertStrongPassword(password: string, about: readonly string[], pointer = '/password'): void {
  const folded = password.toLowerCase();
  if (new Set(folded).size < 5) throw new WeakPasswordError('The password repeats too few characters. Use a longer phrase.', pointer);
  const letters = folded.replace(/[^\p{L}]/gu, '');
  if (common.has(letters)) throw new WeakPasswordError('This password is among the first that are guessed. Use a longer phrase.', pointer);
  if (/^(?:0?123456789\d*|abcdefghij.*|qwertyuiop.*)$/.test(folded)) throw new WeakPasswordError('The password is a row of the keyboard. Use a longer phrase.', pointer);
  const known = about.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 3);
  const rest = known.reduce((text, word) => text.replaceAll(word, ''), folded).replace(/[^\p{L}\p{N}]/gu, '');
  if (rest.length < 5) throw new WeakPasswordError('The password is little more than your name or address. Use a longer phrase.', pointer);
}
