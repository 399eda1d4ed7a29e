import { AppError, MalformedRequestError, UnprocessableError, type FieldError } from '../../common/errors/app-error.js';

export class InvalidSettingsError extends MalformedRequestError {
  constructor(errors: readonly FieldError[]) {
    super('Some settings are invalid. Correct the settings that `errors` lists.', errors, 'validation_failed');
  }
}

export class UnknownFeatureToToggleError extends UnprocessableError {
  constructor(feature: string, features: readonly string[]) {
    super('unknown_feature', `The catalog has no feature "${feature}". Use one of: ${features.join(', ')}.`, [
      { pointer: '/feature', code: 'unknown_feature', message: 'is not a feature of the catalog' },
    ]);
  }
}

export class FeatureUnavailableError extends AppError {
  constructor(feature: string, plan: string, available: readonly string[]) {
    super(
      'payment_required',
      'feature_not_in_plan',
      `The plan "${plan}" does not include the feature "${feature}". Change to a plan that includes it; \`available\` lists the features that you have.`,
      {
        feature,
        plan,
        available,
      },
    );
  }
}

export class CustomSettingsTooLargeError extends AppError {
  constructor(bytes: number, maxBytes: number) {
    super('too_large', 'custom_settings_too_large', `The document would have ${bytes} bytes, more than the limit of ${maxBytes}. Remove entries by setting them to null.`, {
      bytes,
      most: maxBytes,
    });
  }
}

export class TooManyIntegrationsError extends UnprocessableError {
  constructor(maxIntegrations: number) {
    super('too_many_integrations', `An organization can have at most ${maxIntegrations} integrations. Remove one by setting it to null.`);
  }
}

/** The new security policy would lock out every owner of the organization. */
export class OwnerLockedOutError extends AppError {
  constructor() {
    super('conflict', 'owner_locked_out', 'This policy would lock out every owner. To see who would be locked out and why, call POST /tenant/security/preview.');
  }
}
