import { AppError, UnprocessableError } from '../../../common/errors/app-error.js';

export class UserNotFoundError extends AppError {
  constructor() {
    super('not_found', 'user_not_found', 'There is no such user. GET /platform/users?email=… finds users by their address.');
  }
}

export class SeveralUsersError extends AppError {
  constructor(email: string) {
    super('conflict', 'several_users', `Several users have the address ${email}, and none of them has verified it. Name one by id.`);
  }
}

export class OperatorNotFoundError extends AppError {
  constructor() {
    super('not_found', 'operator_not_found', 'This user is not an operator. GET /platform/admins lists the operators.');
  }
}

export class OperatorNotEligibleError extends UnprocessableError {
  constructor(pointer: '/email' | '/userId') {
    super('operator_not_eligible', 'Only a user who has verified their email address and is not disabled can become an operator.', [
      { pointer, code: 'operator_not_eligible', message: 'is not a verified, enabled user' },
    ]);
  }
}

export class LastOperatorError extends AppError {
  constructor() {
    super('conflict', 'last_operator', 'The platform must have at least one operator who is not disabled. Make another user an operator first: POST /platform/admins.');
  }
}
