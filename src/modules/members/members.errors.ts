import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

export class LastOwnerError extends AppError {
  constructor() {
    super('conflict', 'last_owner', 'An organization always has an owner. Make another member owner first (POST …/transfer-ownership).');
  }
}

export class AlreadyMemberError extends AppError {
  constructor() {
    super('conflict', 'already_member', 'This user is a member already. Change their role instead (PATCH …/members/:userId).');
  }
}

export class RoleTooHighError extends AppError {
  /** @param beyond what goes beyond the caller: permissions, and `rank` */
  constructor(beyond: readonly string[]) {
    super('forbidden', 'role_too_high', 'Nobody gives, takes or touches more than they hold themselves; only an owner makes an owner.', { beyond });
  }
}

export class NoSeatLeftError extends AppError {
  constructor(seats: number) {
    super(
      'payment_required',
      'no_seat_left',
      `All ${seats} seats of the plan are taken. Remove a member or an invitation, or get more seats: PATCH /organizations/:id/subscription.`,
      { seats },
    );
  }
}

export class AddressOutsideDomainsError extends UnprocessableError {
  constructor(domains: readonly string[]) {
    super('email_domain_not_allowed', `Members of this organization have addresses at ${domains.join(', ')}.`, [
      { pointer: '/email', code: 'email_domain_not_allowed', message: 'is at a domain that the organization does not allow' },
    ]);
  }
}

export class OwnRoleError extends AppError {
  constructor() {
    super('forbidden', 'own_role', 'You cannot change your own role. Ask another admin or owner.');
  }
}

export class RemoveYourselfError extends AppError {
  constructor() {
    super('conflict', 'remove_yourself', 'You cannot remove yourself. Leave instead (POST …/leave).');
  }
}

export class NotAMemberError extends UnprocessableError {
  constructor(pointer = '/userId') {
    super('not_a_member', 'There is no such member in this organization.', [{ pointer, code: 'not_a_member', message: 'is not a member of this organization' }]);
  }
}

export class UnknownUserError extends UnprocessableError {
  constructor() {
    super('unknown_user', 'No user has proved that this address is theirs. Invite the address instead (POST …/invitations).', [
      { pointer: '/email', code: 'unknown_user', message: 'no user with this verified address' },
    ]);
  }
}

export class UnknownRoleError extends UnprocessableError {
  constructor(role: string, pointer = '/role') {
    super('unknown_role', `There is no role "${role}" here.`, [{ pointer, code: 'unknown_role', message: 'is not a role of this organization' }]);
  }
}
