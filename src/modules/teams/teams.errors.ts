import { AppError } from '../../common/errors/app-error.js';

export class TeamNameTakenError extends AppError {
  constructor() {
    super('conflict', 'team_name_taken', 'A team with this name already exists. Choose another name.', {
      errors: [{ pointer: '/name', code: 'team_name_taken', message: 'name is taken' }],
    });
  }
}
