import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/**
 * Packages that few installations or few requests use. Each is loaded when it is first used: together they take about 12 MB. `import()` would make
 * everything that uses them wait.
 */
export const packages = {
  get bcrypt(): typeof import('bcrypt') {
    return load('bcrypt') as typeof import('bcrypt');
  },
  get ioredis(): typeof import('ioredis') {
    return load('ioredis') as typeof import('ioredis');
  },
  /** The subtags of the IANA Language Subtag Registry, in lower case, with the kinds that each has. */
  get languageSubtags(): Readonly<Record<string, Readonly<Record<string, number>> | undefined>> {
    return load('language-subtag-registry/data/json/index.json') as Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;
  },
  get nodemailer(): typeof import('nodemailer') {
    return load('nodemailer') as typeof import('nodemailer');
  },
  /** Its CommonJS module is the class. */
  get stripe(): typeof import('stripe').Stripe {
    return load('stripe') as typeof import('stripe').Stripe;
  },
  get tldts(): typeof import('tldts') {
    return load('tldts') as typeof import('tldts');
  },
  get yauzl(): typeof import('yauzl') {
    return load('yauzl') as typeof import('yauzl');
  },
  get yazl(): typeof import('yazl') {
    return load('yazl') as typeof import('yazl');
  },
  get zxcvbn(): typeof import('@zxcvbn-ts/core') {
    return load('@zxcvbn-ts/core') as typeof import('@zxcvbn-ts/core');
  },
  get zxcvbnDictionaries(): typeof import('@zxcvbn-ts/language-common') {
    return load('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
  },
} as const;
