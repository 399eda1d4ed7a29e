import { AppError, MalformedRequestError, UnprocessableError, type FieldError } from '../../common/errors/app-error.js';

export class InvalidSettingsError extends MalformedRequestError {
  constructor(errors: readonly FieldError[]) {
    super('Some settings are wrong; `errors` lists them.', errors, 'validation_failed');
  }
}

export class UnknownFeatureToToggleError extends UnprocessableError {
  constructor(feature: string, features: readonly string[]) {
    super('unknown_feature', `There is no feature "${feature}". There are: ${features.join(', ')}.`, [
      { pointer: '/feature', code: 'unknown_feature', message: 'is not a feature' },
    ]);
  }
}

export class FeatureUnavailableError extends AppError {
  constructor(feature: string, plan: string, available: readonly string[]) {
    super('payment_required', 'feature_not_in_plan', `The plan "${plan}" does not have the feature "${feature}". \`available\` lists those that it has.`, {
      feature,
      plan,
      available,
    });
  }
}

export class CustomSettingsTooLargeError extends AppError {
  constructor(bytes: number, most: number) {
    super('too_large', 'custom_settings_too_large', `The custom settings would take ${bytes} bytes; ${most} are allowed. Remove something with null.`, { bytes, most });
  }
}

export class TooManyIntegrationsError extends UnprocessableError {
  constructor(most: number) {
    super('too_many_integrations', `An organization can have ${most} integrations.`);
  }
}

/** A change of the security policy that would leave the organization without an owner who can enter it. */
export class OwnerLockedOutError extends AppError {
  constructor() {
    super('conflict', 'owner_locked_out', 'With this policy no owner could enter the organization any more. POST /tenant/security/preview names who would be locked out, and why.');
  }
}
