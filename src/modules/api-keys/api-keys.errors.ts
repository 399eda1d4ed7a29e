import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

export class PermissionNotForKeysError extends UnprocessableError {
  constructor(permission: string) {
    super('permission_not_for_keys', `An API key cannot have the permission "${permission}". Only users can manage access.`, [
      { pointer: '/permissions', code: 'permission_not_for_keys', message: 'cannot be granted to an API key' },
    ]);
  }
}

export class UnknownKeyPermissionError extends UnprocessableError {
  constructor(permission: string) {
    super('unknown_permission', `The permission "${permission}" does not exist. GET /permissions lists all permissions.`, [
      { pointer: '/permissions', code: 'unknown_permission', message: 'is not a permission' },
    ]);
  }
}

export class OwnKeysOnlyError extends AppError {
  constructor() {
    super('forbidden', 'access_denied', "This requires the permission api_keys:write. Without it you can create only personal keys (`belongsTo: 'me'`).", {
      needed: 'permission api_keys:write',
    });
  }
}

export class PersonalKeyError extends AppError {
  constructor() {
    super(
      'forbidden',
      'personal_key',
      'This is the personal key of another member. Only its owner can change it, rotate it and receive its secret. You can disable it (`enabled: false`) or revoke it.',
    );
  }
}

export class RotationRequiredError extends AppError {
  constructor() {
    super(
      'conflict',
      'rotation_required',
      'Another member has received the secret of this key. Rotate the key first: POST /organizations/:id/api-keys/:id/rotate. You receive a new secret, and can then widen the key.',
    );
  }
}
