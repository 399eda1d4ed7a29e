import { ManagedAccountError } from './access.errors.js';

/** The parts of a user that name the account. */
export interface AccountName {
  /** Null for a managed account. */
  readonly email: string | null;
}

/** Returns the address of an account, for what needs one. @throws {ManagedAccountError} */
export function addressOf({ email }: AccountName): string {
  if (email === null) throw new ManagedAccountError();
  return email;
}

/** Returns the address of an account if it is verified, and so belongs to the user; otherwise null. */
export function verifiedAddressOf({ email, emailVerifiedAt }: AccountName & { readonly emailVerifiedAt: Date | null }): string | null {
  return emailVerifiedAt === null ? null : email;
}
