import { Injectable } from '@nestjs/common';
import { offeredMethods } from '../../access/sign-in-method.js';
import { AppError } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';
import type { SignInTerms } from '../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../database/platform-db.js';

export class LastSignInMethodError extends AppError {
  constructor() {
    super('conflict', 'last_sign_in_method', 'You have no other way to sign in. Add one first: a password, a passkey, or an account at an identity provider.');
  }
}

export class SignInMethodOffError extends AppError {
  /** @param methods those that the product offers */
  constructor(methods: readonly string[]) {
    super('forbidden', 'sign_in_method_off', `This product does not offer this way to sign in. It offers: ${methods.join(', ')}.`, { methods });
  }
}

/** Knows the ways to sign in that the product offers. */
@Injectable()
export class SignInMethodsService {
  constructor(private readonly config: AppConfig) {}

  offers(method: keyof SignInTerms): boolean {
    return this.config.catalog.signIn[method];
  }

  /** @throws {SignInMethodOffError} */
  assertOffered(method: keyof SignInTerms): void {
    if (this.offers(method)) return;
    throw new SignInMethodOffError(offeredMethods(this.config));
  }

  /**
   * Checks that a user can still sign in after a method was removed in this transaction. Call it with the user locked.
   *
   * @throws {LastSignInMethodError} without a password, an identity at a provider, a passkey, and a mailbox that is proved
   */
  async assertCanSignIn(tx: PlatformTransaction, userId: string): Promise<void> {
    const where = { userId };
    const methods = [await tx.externalIdentity.count({ where }), await tx.passkey.count({ where })];
    if (this.offers('password')) methods.push(await tx.credential.count({ where }));
    if (this.offers('mail')) methods.push(await tx.user.count({ where: { id: userId, emailVerifiedAt: { not: null } } }));
    if (methods.every((count) => count === 0)) throw new LastSignInMethodError();
  }
}
