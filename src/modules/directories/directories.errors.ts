import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

export class DirectoryNameTakenError extends AppError {
  constructor() {
    super('conflict', 'directory_name_taken', 'The organization has a directory with this name. Choose another name.');
  }
}

export class TooManyDirectoriesError extends AppError {
  constructor(limit: number) {
    super('conflict', 'too_many_directories', `An organization can have at most ${limit} directories. Delete one that is no longer used.`);
  }
}

export class TooManyDirectoryTokensError extends AppError {
  constructor() {
    super('conflict', 'too_many_directory_tokens', 'The directory has two tokens. Revoke one first: DELETE /organizations/:id/directories/:directoryId/tokens/:tokenId.');
  }
}

export class UnknownMappedTeamError extends UnprocessableError {
  constructor(id: string) {
    super('unknown_team', `The organization has no team with the id ${id}.`, [{ pointer: '/teamIds', code: 'unknown_team', message: 'is not a team of the organization' }]);
  }
}
