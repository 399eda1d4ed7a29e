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
      maxBytes,
    });
  }
}

export class TooManyIntegrationsError extends UnprocessableError {
  constructor(maxIntegrations: number) {
    super('too_many_integrations', `An organization can have at most ${maxIntegrations} integrations. Remove one by setting it to null.`);
  }
}

/** A setting or feature that decides about security, and a caller without the permission `security:write`. API keys cannot have it. */
export class SecuritySettingError extends AppError {
  constructor(settings: readonly string[]) {
    const [verb, them] = settings.length === 1 ? ['decides', 'it'] : ['decide', 'them'];
    super('forbidden', 'security_setting', `${settings.join(', ')} ${verb} about security. Sign in as a user with the permission security:write to change ${them}.`, { settings });
  }
}

const refusals: Readonly<Record<string, (address: string) => string>> = {
  address_not_allowed: (address) => `the IP address of this request, ${address}, is not on the allow-list. Add it`,
  second_factor_required: () => 'you have not used a second factor in this session. Set one up, or sign in with it',
  password_expired: () => 'your password is older than the limit. Change it',
  recent_login_required: () => 'your last login is older than the limit. Authenticate again with POST /auth/reauthenticate',
  sign_in_method_not_allowed: () => 'your session did not begin in one of these ways. Sign in again by one of them',
  sso_required: () => 'you have not signed in through single sign-on. Sign in that way',
};

/** The new security policy would refuse its author. */
export class PolicyRefusesYouError extends AppError {
  /** @param reason the code of the error with which your next request would be refused */
  constructor(reason: string, address: string) {
    const why = refusals[reason]?.(address) ?? `your next request would be refused with ${reason}. Change that`;
    super('conflict', 'policy_refuses_you', `This change would lock you out: ${why}, then repeat the request.`, { reason });
  }
}

/** The new security policy would leave no way in which anybody gets into the organization. */
export class NoWayInError extends AppError {
  constructor() {
    super(
      'conflict',
      'no_way_in',
      'Nobody could sign in: the product does not offer these ways, or no connection of single sign-on is enabled. Accept another way in `signInMethods`, or enable a connection first.',
    );
  }
}

export class BreakGlassMailedRecentlyError extends AppError {
  /** @param retryAfter seconds */
  constructor(retryAfter: number) {
    super('too_many_requests', 'break_glass_mailed_recently', `A link was sent less than five minutes ago. Use it, or try again in ${retryAfter} s.`, { retryAfter });
  }
}

export class InvalidBreakGlassLinkError extends AppError {
  constructor() {
    super(
      'gone',
      'invalid_break_glass_link',
      'This link was used, replaced by a newer link, sent to another owner, or has expired. Request a new one: POST /tenant/security/break-glass.',
    );
  }
}

export class OwnerRequiredError extends AppError {
  constructor() {
    super('forbidden', 'owner_required', 'Only an owner can take addresses off the allow-list or create one. Ask an owner to make this change.');
  }
}

export class CssBusyError extends AppError {
  constructor() {
    super('unavailable', 'css_busy', 'Other custom CSS is being checked. Try again in a few seconds.', { retryAfter: 5 });
  }
}

export class CssTooComplexError extends AppError {
  constructor() {
    super('unavailable', 'css_too_complex', 'The custom CSS could not be checked in time. Send less CSS, or try again later.', { retryAfter: 30 });
  }
}
