import { AppError } from '../../common/errors/app-error.js';

export class TeamNameTakenError extends AppError {
  constructor() {
    super('conflict', 'team_name_taken', 'There is a team with this name already. Choose another.', {
      errors: [{ pointer: '/name', code: 'team_name_taken', message: 'name is taken' }],
    });
  }
}
