import { BooleanField, EmailField, IntegerField, TextField, UuidField, secretExample } from '../../../common/http/fields.js';
import { deviceTokenField } from '../auth.dto.js';

export class BeginMailSignInDto {
  @EmailField({ description: 'The address of the account. Capital and small letters are the same.' })
  email!: string;

  @BooleanField({
    optional: true,
    description:
      'Whether the session ends after 60 days without use instead of 7, if the code completes the sign-in. For the link, POST /auth/mail/complete says so. Default: false.',
  })
  rememberMe?: boolean;

  @UuidField({
    optional: true,
    description: 'The organization to work in, if the code completes the sign-in. For the link, POST /auth/mail/complete says so. Default: as in POST /auth/login.',
  })
  organizationId?: string;
}

export class MailSignInDto {
  @TextField({ example: secretExample, description: 'A secret that the page keeps. The code in the mail works with it only.' })
  requestToken!: string;

  @IntegerField({ min: 1, max: 3600, example: 900, description: 'Seconds until the link and the code expire' })
  expiresIn!: number;
}

export class CompleteMailSignInDto {
  @TextField({ optional: true, max: 200, verbatim: true, example: secretExample, description: 'The token in the link of the mail' })
  token?: string;

  @TextField({ optional: true, max: 200, verbatim: true, description: 'The `requestToken` of POST /auth/mail/start, with `code`' })
  requestToken?: string;

  @TextField({ optional: true, pattern: /^\d{4} ?\d{4}$/, patternMessage: '$property must have eight digits', description: 'The code in the mail, with `requestToken`' })
  code?: string;

  @BooleanField({
    optional: true,
    description:
      'Whether the session ends after 60 days without use instead of 7. Default: for a code, as in POST /auth/mail/start; for a link, false, because anybody can have asked for the mail.',
  })
  rememberMe?: boolean;

  @UuidField({
    optional: true,
    description:
      'The organization to work in. Default: for a code, as in POST /auth/mail/start; otherwise as in POST /auth/login. For a link, the start does not decide, because anybody can have asked for the mail.',
  })
  organizationId?: string;

  @TextField(deviceTokenField)
  deviceToken?: string;
}
