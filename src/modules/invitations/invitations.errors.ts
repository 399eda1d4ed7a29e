import { AppError, MalformedRequestError } from '../../common/errors/app-error.js';

export class InvitationNotFoundError extends AppError {
  constructor() {
    super('not_found', 'invitation_not_found', 'This invitation does not exist. Check the link, or ask for a new invitation.');
  }
}

/** Why an invitation cannot be used. */
export type InvitationEnd = 'accepted' | 'declined' | 'revoked' | 'expired' | 'void' | 'closed';

export class InvitationClosedError extends AppError {
  constructor(status: InvitationEnd) {
    super('gone', `invitation_${status}` as const, `This invitation is ${status}. Ask for a new invitation.`);
  }
}

export class OtherAddressError extends AppError {
  constructor() {
    super(
      'forbidden',
      'invitation_for_other_address',
      'This invitation is for a different email address than that of your account. Sign in with the invited address, or ask for a new invitation.',
    );
  }
}

export class AccountExistsError extends AppError {
  constructor() {
    super('conflict', 'account_exists', 'An account with this email address exists. Sign in, then accept the invitation.');
  }
}

export class NewAccountNeededError extends MalformedRequestError {
  constructor() {
    super(
      'Sign in to accept with your account, or send a name and a password to create one.',
      [
        { pointer: '/name', code: 'required', message: 'name is required for a new account' },
        { pointer: '/password', code: 'required', message: 'password is required for a new account' },
      ],
      'account_needed',
    );
  }
}

export class AlreadyMembersError extends AppError {
  constructor(emails: readonly string[]) {
    super('conflict', 'already_member', `Already members: ${emails.join(', ')}. No invitation was created. Remove these addresses and try again.`, { emails });
  }
}
