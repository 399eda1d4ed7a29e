import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

export class RoleExistsError extends AppError {
  constructor(key: string) {
    super('conflict', 'role_exists', `A role "${key}" already exists. Choose another key.`, { errors: [{ pointer: '/key', code: 'role_exists', message: 'key is taken' }] });
  }
}

export class BuiltInRoleError extends AppError {
  constructor(key: string) {
    super('forbidden', 'built_in_role', `"${key}" is a base role of the catalog and cannot be changed. Create a custom role instead.`);
  }
}

export class RoleInUseError extends AppError {
  constructor(members: number, teams: number) {
    super('conflict', 'role_in_use', `${members} member(s) and ${teams} team(s) have this role. Name another custom role as \`replacement\`, or revoke the role first.`, {
      members,
      teams,
    });
  }
}

export class TooManyRolesError extends AppError {
  constructor(max: number) {
    super('conflict', 'too_many_roles', `An organization can have at most ${max} custom roles. Delete one that you no longer need.`);
  }
}

export class UnknownCustomRoleError extends UnprocessableError {
  constructor(key: string, pointer: string) {
    super('unknown_role', `This organization has no custom role "${key}". GET /organizations/:id/roles lists the roles.`, [
      { pointer, code: 'unknown_role', message: 'is not a custom role of this organization' },
    ]);
  }
}

export class UnknownPermissionError extends UnprocessableError {
  constructor(permission: string, pointer = '/permissions') {
    super('unknown_permission', `The permission "${permission}" does not exist. GET /permissions lists all permissions.`, [
      { pointer, code: 'unknown_permission', message: 'is not a permission' },
    ]);
  }
}

export class UnknownFeatureError extends UnprocessableError {
  constructor(feature: string, pointer = '/feature') {
    super('unknown_feature', `The feature "${feature}" does not exist. GET /tenant/features lists all features.`, [
      { pointer, code: 'unknown_feature', message: 'is not a feature' },
    ]);
  }
}

export class UnknownMeterError extends UnprocessableError {
  constructor(meter: string, pointer = '/meter') {
    super('unknown_meter', `The meter "${meter}" does not exist. GET /tenant/limits lists all meters.`, [{ pointer, code: 'unknown_meter', message: 'is not a meter' }]);
  }
}
