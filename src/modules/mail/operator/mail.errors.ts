import { AppError } from '../../../common/errors/app-error.js';

export class MailNotFoundError extends AppError {
  constructor() {
    super('not_found', 'mail_not_found', 'There is no such mail. GET /platform/mails lists the mails of the last 30 days.');
  }
}

export class MailContentErasedError extends AppError {
  constructor(status: string) {
    super('conflict', 'mail_content_erased', `The mail is ${status}, and its content was erased. Repeat the action that the mail announced.`);
  }
}

export class MailLinkExpiredError extends AppError {
  constructor() {
    super('conflict', 'mail_link_expired', 'The link or code in the mail has expired. Ask for a new one: resend the invitation, or repeat the request that caused the mail.');
  }
}

export class MailSentError extends AppError {
  constructor() {
    super('conflict', 'mail_sent', 'The mail server has accepted the mail. It can no longer be dropped.');
  }
}
