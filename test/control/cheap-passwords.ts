import { hash } from '@node-rs/argon2';
import { PasswordsService } from '../../src/modules/auth/passwords/passwords.service.js';

/** Has this process hash passwords with the least memory that argon2id allows. Only tests load this module. */
export function hashPasswordsCheaply(): void {
  PasswordsService.prototype.hashNormalized = (password) => hash(password, { memoryCost: 64, timeCost: 1, parallelism: 1 });
}
