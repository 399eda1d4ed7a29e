import { AppError, MalformedRequestError, UnprocessableError } from '../../common/errors/app-error.js';

export class InvalidDomainError extends MalformedRequestError {
  constructor(message: string) {
    super(`This domain cannot be used: it ${message}.`, [{ pointer: '/domain', code: 'invalid_domain', message: `domain ${message}` }], 'invalid_domain');
  }
}

export class DomainExistsError extends AppError {
  constructor() {
    super('conflict', 'domain_exists', 'The organization has claimed this domain already.', {
      errors: [{ pointer: '/domain', code: 'domain_exists', message: 'is claimed already' }],
    });
  }
}

export class DomainTakenError extends AppError {
  constructor() {
    super('conflict', 'domain_taken', 'Another organization has proved that this host is theirs. They must give it up first.');
  }
}

export class TooManyDomainsError extends AppError {
  constructor(most: number) {
    super('conflict', 'too_many_domains', `An organization can claim ${most} domains. Delete one that nobody needs.`);
  }
}

export class DomainRecordMissingError extends UnprocessableError {
  constructor(name: string, value: string, found: readonly string[]) {
    const seen = found.length === 0 ? 'There is no TXT record there' : `There are only: ${found.slice(0, 5).join(' | ').slice(0, 300)}`;
    super('domain_not_proved', `Add a TXT record at ${name} with the value ${value}. ${seen} (as far as the DNS knows by now).`);
  }
}

export class DnsUnavailableError extends AppError {
  constructor(name: string) {
    super('unavailable', 'dns_unavailable', `The DNS gives no answer about ${name} now. Try again shortly.`);
  }
}

export class WrongCodeError extends UnprocessableError {
  constructor() {
    super('wrong_code', 'The code is wrong or has expired. Have a new one mailed (`mailTo`).', [{ pointer: '/code', code: 'wrong_code', message: 'is wrong or has expired' }]);
  }
}

export class CodeMailedRecentlyError extends AppError {
  constructor() {
    super('conflict', 'code_mailed_recently', 'A code was mailed less than a minute ago. Wait for it, or a moment.');
  }
}

export class AddressOutsideDomainError extends UnprocessableError {
  constructor(domain: string) {
    super('address_elsewhere', `The code goes to an address at ${domain} only.`, [{ pointer: '/mailTo', code: 'address_elsewhere', message: `must be at ${domain}` }]);
  }
}

export class EmailDomainRequiredError extends UnprocessableError {
  constructor() {
    super('only_for_email_domains', 'Only a domain of e-mail addresses is proved by a mailed code, or lets people join.');
  }
}

export class PublicMailDomainError extends UnprocessableError {
  constructor(domain: string) {
    super('public_email_domain', `Anybody can have an address at ${domain}, so it says nothing about who belongs to you.`, [
      { pointer: '/domain', code: 'public_email_domain', message: 'is a public mail provider' },
    ]);
  }
}

export class DomainNotVerifiedError extends AppError {
  constructor(needed: string) {
    super('conflict', 'domain_not_verified', needed);
  }
}

export class OwnerRoleNotJoinableError extends UnprocessableError {
  constructor() {
    super('role_not_joinable', 'Nobody becomes owner by joining. Choose a lesser role.', [{ pointer: '/joinRole', code: 'role_not_joinable', message: 'must not be owner' }]);
  }
}

export class UnverifiedAddressError extends AppError {
  constructor() {
    super('forbidden', 'email_not_verified', 'Prove first that your e-mail address is yours: POST /auth/email/resend mails you a link.');
  }
}

export class AlreadyMemberOfOrganizationError extends AppError {
  constructor() {
    super('conflict', 'already_member', 'You are a member already.');
  }
}

export class JoinRequestPendingError extends AppError {
  constructor() {
    super('conflict', 'join_request_pending', 'You have asked already. Wait for the answer.');
  }
}

export class JoinRequestDecidedError extends AppError {
  constructor(status: string) {
    super('conflict', 'join_request_decided', `This request was ${status} already.`);
  }
}
