import { randomBytes } from 'node:crypto';
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { packages } from '../../../common/packages.js';
import { WeakPasswordError } from '../auth.errors.js';

export const passwordLength = { min: 10, max: 200 } as const;

/** Returns a password of 32 characters, which every organization accepts. */
export const generatePassword = (): string => randomBytes(24).toString('base64url');

/** A password that takes more guesses than 10^8 has this score, of 0 to 4 ("safely unguessable", zxcvbn). */
const leastScore = 3;

/** Estimating takes milliseconds for so many characters, and grows with their square. The characters after them make no password weaker. */
const estimatedLength = 40;

const similar = 'The password is too similar to your name or email address.';

/** The reasons by the warnings of zxcvbn. */
const reasons: Readonly<Record<string, string | undefined>> = {
  userInputs: similar,
  topTen: 'This password is too common.',
  topHundred: 'This password is too common.',
  common: 'This password is too common.',
  similarToCommon: 'The password is too similar to a common one.',
  straightRow: 'The password is a row of keys.',
  keyPattern: 'The password is a row of keys.',
  simpleRepeat: 'The password repeats itself.',
  extendedRepeat: 'The password repeats itself.',
  sequences: 'The password is a sequence.',
  dates: 'The password is a date.',
  recentYears: 'The password is a year.',
};

let estimator: ZxcvbnFactory | undefined;

function loadEstimator(): ZxcvbnFactory {
  const { dictionary, adjacencyGraphs: graphs } = packages.zxcvbnDictionaries;
  return new packages.zxcvbn.ZxcvbnFactory({ dictionary, graphs });
}

/**
 * Refuses passwords that are guessed first: common ones and variants of them, names, sequences, repetitions, rows of keys and dates. It requires
 * no character classes (NIST SP 800-63B, section 3.1.1.2). The estimate is that of zxcvbn (Wheeler, USENIX Security 2016).
 *
 * @param about the name and email address of the user, and other texts that an attacker would try
 * @throws {WeakPasswordError}
 */
export function assertStrongPassword(password: string, about: readonly string[], pointer = '/password'): void {
  estimator ??= loadEstimator();
  const words = about.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 3);
  const folded = password.toLowerCase();
  // The estimate takes several words of the user for independent guesses.
  const rest = words.reduce((text, word) => text.replaceAll(word, ''), folded);
  if (rest !== folded && rest.replaceAll(/[^\p{L}\p{N}]/gu, '').length < 5) throw new WeakPasswordError(`${similar} Use a longer phrase.`, pointer);
  const { score, feedback } = estimator.check(password.normalize('NFC').slice(0, estimatedLength), words);
  if (score < leastScore) throw new WeakPasswordError(`${reasons[feedback.warning ?? ''] ?? 'The password is easy to guess.'} Use a longer phrase.`, pointer);
}
