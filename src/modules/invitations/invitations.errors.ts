import { AppError, MalformedRequestError } from '../../common/errors/app-error.js';

export class InvitationNotFoundError extends AppError {
  constructor() {
    super('not_found', 'invitation_not_found', 'There is no such invitation. Check the link, or ask for a new one.');
  }
}

export class InvitationClosedError extends AppError {
  constructor(status: string) {
    super('gone', `invitation_${status}`, `This invitation is ${status}. Ask for a new one if you need it.`);
  }
}

export class OtherAddressError extends AppError {
  constructor() {
    super(
      'forbidden',
      'invitation_for_other_address',
      'This invitation was made for another e-mail address than that of your account. Sign in with that one, or ask for a new invitation.',
    );
  }
}

export class AddressNotVerifiedError extends AppError {
  constructor() {
    super('forbidden', 'email_not_verified', 'Prove first that your e-mail address is yours: POST /auth/email/resend mails you a link.');
  }
}

export class AccountExistsError extends AppError {
  constructor() {
    super('conflict', 'account_exists', 'There is an account with this address. Sign in with it, then accept the invitation.');
  }
}

export class NewAccountNeededError extends MalformedRequestError {
  constructor() {
    super(
      'Sign in to accept with your account, or send a name and a password to make one.',
      [
        { pointer: '/name', code: 'required', message: 'name is needed for a new account' },
        { pointer: '/password', code: 'required', message: 'password is needed for a new account' },
      ],
      'account_needed',
    );
  }
}

export class AlreadyMembersError extends AppError {
  constructor(emails: readonly string[]) {
    super('conflict', 'already_member', `Members already: ${emails.join(', ')}. Nobody was invited.`, { emails });
  }
}
