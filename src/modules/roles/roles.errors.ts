import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

export class RoleExistsError extends AppError {
  constructor(key: string) {
    super('conflict', 'role_exists', `There is a role "${key}" already. Choose another key.`, { errors: [{ pointer: '/key', code: 'role_exists', message: 'key is taken' }] });
  }
}

export class BuiltInRoleError extends AppError {
  constructor(key: string) {
    super('forbidden', 'built_in_role', `"${key}" is a role of the product and cannot be changed here. Make a custom role instead.`);
  }
}

export class RoleInUseError extends AppError {
  constructor(members: number, teams: number) {
    super('conflict', 'role_in_use', `${members} member(s) and ${teams} team(s) have this role. Name another as \`replacement\`, or take it from them first.`, { members, teams });
  }
}

export class TooManyRolesError extends AppError {
  constructor(most: number) {
    super('conflict', 'too_many_roles', `An organization can have ${most} custom roles. Delete one that nobody needs.`);
  }
}

export class UnknownCustomRoleError extends UnprocessableError {
  constructor(key: string, pointer: string) {
    super('unknown_role', `There is no custom role "${key}" here.`, [{ pointer, code: 'unknown_role', message: 'is not a custom role of this organization' }]);
  }
}

export class UnknownPermissionError extends UnprocessableError {
  constructor(permission: string, pointer = '/permissions') {
    super('unknown_permission', `There is no permission "${permission}". GET /permissions lists them all.`, [
      { pointer, code: 'unknown_permission', message: 'is not a permission' },
    ]);
  }
}

export class UnknownFeatureError extends UnprocessableError {
  constructor(feature: string) {
    super('unknown_feature', `There is no feature "${feature}".`, [{ pointer: '/feature', code: 'unknown_feature', message: 'is not a feature' }]);
  }
}

export class UnknownMeterError extends UnprocessableError {
  constructor(meter: string) {
    super('unknown_meter', `There is no meter "${meter}".`, [{ pointer: '/meter', code: 'unknown_meter', message: 'is not a meter' }]);
  }
}
