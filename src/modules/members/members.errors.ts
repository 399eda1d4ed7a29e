import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

export class LastOwnerError extends AppError {
  constructor() {
    super('conflict', 'last_owner', 'The organization must have at least one owner. Make another member an owner first: POST /organizations/:id/transfer-ownership.');
  }
}

export class AlreadyMemberError extends AppError {
  constructor() {
    super('conflict', 'already_member', 'This user is already a member. To change the role, use PATCH /organizations/:id/members/:userId.');
  }
}

export class RoleTooHighError extends AppError {
  /** @param beyond the permissions that the caller does not hold, and `rank` when the role ranks above the caller's */
  constructor(beyond: readonly string[]) {
    super('forbidden', 'role_too_high', 'You can grant, revoke or edit only permissions that you hold. Only an owner can make another member an owner.', { beyond });
  }
}

export class NoSeatLeftError extends AppError {
  constructor(seats: number) {
    super('payment_required', 'no_seat_left', `All ${seats} seats are in use. Remove a member or revoke an invitation, or buy more seats: PATCH /organizations/:id/subscription.`, {
      seats,
    });
  }
}

export class RegistrationClosedError extends AppError {
  constructor() {
    super('forbidden', 'registration_closed', 'This organization does not let minors register themselves. Ask its administrators for an invitation.');
  }
}

export class AddressOutsideDomainsError extends UnprocessableError {
  constructor(domains: readonly string[]) {
    super('email_domain_not_allowed', `This organization allows only email addresses at ${domains.join(', ')}.`, [
      { pointer: '/email', code: 'email_domain_not_allowed', message: 'must be at a domain that the organization allows' },
    ]);
  }
}

export class OwnRoleError extends AppError {
  constructor() {
    super('forbidden', 'own_role', 'You cannot change your own role. Ask another administrator or an owner.');
  }
}

export class RemoveYourselfError extends AppError {
  constructor() {
    super('conflict', 'remove_yourself', 'You cannot remove yourself. Leave the organization instead: POST /organizations/:id/leave.');
  }
}

export class NotAMemberError extends UnprocessableError {
  constructor(pointer = '/userId') {
    super('not_a_member', 'This user is not a member of the organization.', [{ pointer, code: 'not_a_member', message: 'is not a member of this organization' }]);
  }
}

export class InvitationVoidError extends AppError {
  constructor() {
    super('gone', 'invitation_void', 'This invitation is void, because the member who sent it can no longer grant its role. Ask for a new invitation.');
  }
}
