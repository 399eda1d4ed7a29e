import { AppError, MalformedRequestError, UnprocessableError } from '../../common/errors/app-error.js';

export class InvalidDomainError extends MalformedRequestError {
  constructor(message: string) {
    super(`You cannot add this domain: it ${message}.`, [{ pointer: '/domain', code: 'invalid_domain', message: `domain ${message}` }], 'invalid_domain');
  }
}

export class DomainNotAddedError extends AppError {
  constructor() {
    super('not_found', 'not_found', 'The tenant does not exist, or has not added this domain. GET /tenants/:id lists its domains.');
  }
}

export class DomainExistsError extends AppError {
  constructor() {
    super('conflict', 'domain_exists', 'The organization has already added this domain.', {
      errors: [{ pointer: '/domain', code: 'domain_exists', message: 'is already added' }],
    });
  }
}

export class TooManyDomainsError extends AppError {
  constructor(max: number) {
    super('conflict', 'too_many_domains', `An organization can have at most ${max} domains. Delete one that you no longer need.`);
  }
}

export class DomainRecordMissingError extends UnprocessableError {
  constructor(name: string, value: string, found: readonly string[]) {
    const seen = found.length === 0 ? 'There is no TXT record at that name yet' : `The TXT records there are: ${found.slice(0, 5).join(' | ').slice(0, 300)}`;
    super('domain_not_proved', `Add a TXT record at ${name} with the value ${value}. ${seen}. A new record can take some time to become visible.`);
  }
}

export class DnsUnavailableError extends AppError {
  constructor(name: string) {
    super('unavailable', 'dns_unavailable', `The DNS lookup of ${name} failed. Try again shortly.`);
  }
}

export class WrongCodeError extends UnprocessableError {
  constructor() {
    super('wrong_code', 'The code is wrong or has expired. Request a new one with `mailTo`.', [{ pointer: '/code', code: 'wrong_code', message: 'is wrong or has expired' }]);
  }
}

export class CodeMailedRecentlyError extends AppError {
  constructor() {
    super('conflict', 'code_mailed_recently', 'A code was sent less than a minute ago. Wait a minute before you request another one.');
  }
}

export class AddressOutsideDomainError extends UnprocessableError {
  constructor(domain: string) {
    super('address_elsewhere', `The code can be sent only to an address at ${domain}.`, [{ pointer: '/mailTo', code: 'address_elsewhere', message: `must be at ${domain}` }]);
  }
}

export class EmailDomainRequiredError extends UnprocessableError {
  constructor() {
    super('only_for_email_domains', 'Verification by a mailed code and join policies are available only for domains of the kind `email`.');
  }
}

export class PublicMailDomainError extends UnprocessableError {
  constructor(domain: string) {
    super('public_email_domain', `${domain} is a public email provider. Add a domain whose addresses belong to your organization only.`, [
      { pointer: '/domain', code: 'public_email_domain', message: 'is a public email provider' },
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
    super('role_not_joinable', 'Users cannot join as owner. Choose another role.', [{ pointer: '/joinRole', code: 'role_not_joinable', message: 'must not be owner' }]);
  }
}

export class AlreadyMemberOfOrganizationError extends AppError {
  constructor() {
    super('conflict', 'already_member', 'You are already a member of this organization.');
  }
}

export class JoinRequestPendingError extends AppError {
  constructor() {
    super('conflict', 'join_request_pending', 'You have already requested to join. Wait for the decision.');
  }
}

export class JoinRequestDecidedError extends AppError {
  constructor(status: string) {
    super('conflict', 'join_request_decided', `This join request was already ${status}.`);
  }
}
