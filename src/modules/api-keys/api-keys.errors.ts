import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

export class PermissionNotForKeysError extends UnprocessableError {
  constructor(permission: string) {
    super('permission_not_for_keys', `An API key cannot have the permission "${permission}": only people manage access.`, [
      { pointer: '/permissions', code: 'permission_not_for_keys', message: 'cannot be given to a key' },
    ]);
  }
}

export class UnknownKeyPermissionError extends UnprocessableError {
  constructor(permission: string) {
    super('unknown_permission', `There is no permission "${permission}". GET /permissions lists them all.`, [
      { pointer: '/permissions', code: 'unknown_permission', message: 'is not a permission' },
    ]);
  }
}

export class ExpiryInThePastError extends UnprocessableError {
  constructor() {
    super('expiry_in_the_past', 'The key would have expired already. Choose a later time.', [
      { pointer: '/expiresAt', code: 'expiry_in_the_past', message: 'is not in the future' },
    ]);
  }
}

export class OwnKeysOnlyError extends AppError {
  constructor() {
    super('forbidden', 'access_denied', "This needs the permission api_keys:write; without it you can only make keys of your own (`belongsTo: 'me'`).", {
      needed: 'permission api_keys:write',
    });
  }
}
