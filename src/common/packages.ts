import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/**
 * Packages that few installations or few requests use. Each is loaded when it is first used: together they take about 7 MB. `import()` would make
 * everything that uses them wait.
 */
export const packages = {
  get ioredis(): typeof import('ioredis') {
    return load('ioredis') as typeof import('ioredis');
  },
  get nodemailer(): typeof import('nodemailer') {
    return load('nodemailer') as typeof import('nodemailer');
  },
  /** Its CommonJS module is the class. */
  get stripe(): typeof import('stripe').Stripe {
    return load('stripe') as typeof import('stripe').Stripe;
  },
} as const;
