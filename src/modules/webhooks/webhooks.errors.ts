import { AppError, UnprocessableError } from '../../common/errors/app-error.js';

export class InvalidWebhookUrlError extends UnprocessableError {
  constructor(fault: string) {
    super('invalid_webhook_url', `The URL ${fault}.`, [{ pointer: '/url', code: 'invalid_webhook_url', message: fault }]);
  }
}

export class UnknownEventTypeError extends UnprocessableError {
  constructor(type: string) {
    super('unknown_event_type', `There is no event "${type}". The section \`webhooks\` of openapi.json lists all types.`, [
      { pointer: '/eventTypes', code: 'unknown_event_type', message: `${type} is not a type of event` },
    ]);
  }
}

export class EventTypeNotPermittedError extends AppError {
  /** @param permissions those that the caller lacks */
  constructor(permissions: readonly string[]) {
    super(
      'forbidden',
      'event_type_not_permitted',
      `You cannot have events sent that you may not read. You need the permissions ${permissions.join(', ')}, or name other types in \`eventTypes\`.`,
      {
        permissions,
      },
    );
  }
}

export class TooManyWebhooksError extends AppError {
  constructor(limit: number) {
    super('conflict', 'too_many_webhooks', `There can be at most ${limit} webhooks of an organization, and as many of the platform. Delete one that is no longer used.`);
  }
}

export class WebhookDisabledError extends AppError {
  constructor() {
    super('conflict', 'webhook_disabled', 'The webhook is disabled: nothing is sent to it. Enable it first: change it (PATCH) with `enabled: true`.');
  }
}
