// Lets plain Node load the TypeScript of `test/`: node --import ./test/support/native/typescript.mjs test/control/host.ts
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
