import { AppError, MalformedRequestError } from '../../../common/errors/app-error.js';

export class InvalidMailSignInError extends AppError {
  constructor() {
    super('unauthenticated', 'invalid_mail_sign_in', 'The link or code is wrong, was used, or has expired. After five wrong codes, ask for another mail: POST /auth/mail/start.');
  }
}

export class MailProofNeededError extends MalformedRequestError {
  constructor() {
    super('Send the token of the link, or the code with the `requestToken` of POST /auth/mail/start, and not both.', [
      { pointer: '/token', code: 'required', message: 'is required without a code, and refused with one' },
    ]);
  }
}
