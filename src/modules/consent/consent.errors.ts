import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

/** The same error for a link that does not exist, was used, was replaced, has expired, or whose membership has ended. */
export class GuardianLinkNotFoundError extends AppError {
  constructor() {
    super('not_found', 'guardian_link_not_found', 'This link does not work: it was used or replaced, or has expired. Ask the member or the organization for a new one.');
  }
}

export class ConsentNotNeededError extends AppError {
  constructor() {
    super('conflict', 'consent_not_needed', 'This member does not await consent: the role is not for minors, the member is of age, or a guardian has consented.');
  }
}

export class ConsentTextChangedError extends AppError {
  constructor() {
    super('conflict', 'consent_text_changed', 'The text has changed since it was shown. Show it again: POST /consent/preview.');
  }
}

export class NoConsentError extends AppError {
  constructor() {
    super('conflict', 'no_consent', 'No guardian has consented, so that nothing can be withdrawn.');
  }
}

export class OwnAddressError extends UnprocessableError {
  constructor() {
    super('own_address', 'A member cannot consent for themselves. Send the address of a guardian.', [
      { pointer: '/guardianEmail', code: 'own_address', message: 'must not be the address of the member' },
    ]);
  }
}

export class AgeNotAskedError extends AppError {
  constructor() {
    super('conflict', 'age_not_asked', 'The age is not asked for: the catalog names no age, the role is not for minors, or the age was stated already.');
  }
}

export class BirthMonthInTheFutureError extends UnprocessableError {
  constructor() {
    super('birth_month_in_the_future', 'The month of birth is in the future.', [
      { pointer: '/birthMonth', code: 'birth_month_in_the_future', message: 'must not be in the future' },
    ]);
  }
}
