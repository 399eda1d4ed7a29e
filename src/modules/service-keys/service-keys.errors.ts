import { UnprocessableError } from '../../common/errors/app-error.js';

export class ServiceKeyExpiryInThePastError extends UnprocessableError {
  constructor() {
    super('expiry_in_the_past', 'The expiry time is in the past. Choose a time in the future.', [
      { pointer: '/expiresAt', code: 'expiry_in_the_past', message: 'must be in the future' },
    ]);
  }
}
