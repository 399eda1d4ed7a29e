import { AppError } from '../../common/errors/app-error.js';
import type { PlatformTransaction } from '../../database/platform-db.js';

export class LastSignInMethodError extends AppError {
  constructor() {
    super('conflict', 'last_sign_in_method', 'You have no other way to sign in. Set a password first: POST /auth/password/forgot.');
  }
}

/**
 * Checks that a user can still sign in after a method was removed in this transaction. Call it with the user locked.
 *
 * @throws {LastSignInMethodError} without a password, an identity at a provider and a passkey
 */
export async function assertCanSignIn(tx: PlatformTransaction, userId: string): Promise<void> {
  const where = { userId };
  const methods = [await tx.credential.count({ where }), await tx.externalIdentity.count({ where }), await tx.passkey.count({ where })];
  if (methods.every((count) => count === 0)) throw new LastSignInMethodError();
}
