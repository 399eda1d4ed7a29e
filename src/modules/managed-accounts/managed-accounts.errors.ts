import { AppError } from '../../common/errors/app-error.js';

export class UserNameTakenError extends AppError {
  constructor() {
    super('conflict', 'user_name_taken', 'Another account of this organization has the user name. Choose another one.');
  }
}

export class OwnPasswordError extends AppError {
  constructor() {
    super('conflict', 'own_password', 'Change your own password with the present one: POST /auth/password/change.');
  }
}
