import { BooleanField, EmailField, LocaleField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import type { User } from '../../../generated/prisma/client.js';
import { passwordLength } from '../passwords/password.policy.js';

export class ProfileDto {
  @UuidField({ description: 'The id of the user' })
  id!: string;

  @TextField({ description: 'The name that other members see' })
  name!: string;

  @EmailField({ nullable: true, description: 'The address with which the user signs in; null for a managed account' })
  email!: string | null;

  @TextField({ nullable: true, example: 'ada.l', description: 'The name with which a managed account signs in; null for other accounts' })
  userName!: string | null;

  @BooleanField({ description: 'Whether the user has proved that the address is theirs' })
  emailVerified!: boolean;

  @EmailField({ nullable: true, description: 'The address that the user has asked to change to and has not verified yet; null without such a change' })
  pendingEmail!: string | null;

  @UuidField({ nullable: true, description: 'The organization that a login selects; null if none is set' })
  defaultOrganizationId!: string | null;

  @LocaleField({ nullable: true, description: 'The language of mails to the user, as a BCP 47 tag; null for that of the organization' })
  locale!: string | null;

  @TimeField({ description: 'The time of sign-up' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class UpdateProfileDto {
  @TextField({ optional: true, example: 'Ada Lovelace', description: 'The name that other members see' })
  name?: string;

  @UuidField({ optional: true, nullable: true, description: 'The organization that a login selects, of which the user must be a member; null for none' })
  defaultOrganizationId?: string | null;

  @LocaleField({
    optional: true,
    nullable: true,
    description: 'The language of mails to the user, as a BCP 47 tag; null for that of the organization. It also decides how mails write times and numbers.',
  })
  locale?: string | null;

  @EmailField({
    optional: true,
    example: 'ada.lovelace@example.com',
    description: 'A new address. The account keeps its present address until the new one is verified. The present address cancels the change.',
  })
  email?: string;

  @TextField({
    optional: true,
    max: passwordLength.max,
    verbatim: true,
    example: 'correct horse battery staple',
    description: 'Required with `email` if the product offers passwords. Without passwords, a login in the last ten minutes is needed instead.',
  })
  currentPassword?: string;
}

export class DeleteAccountDto {
  @TextField({
    optional: true,
    max: passwordLength.max,
    verbatim: true,
    example: 'correct horse battery staple',
    description: 'The password of the account. Required if the product offers passwords. Without passwords, a login in the last ten minutes is needed instead.',
  })
  currentPassword?: string;

  @TextField({ optional: true, max: 40, example: '123456', description: 'A code from the authenticator app, or a recovery code. Required with a second factor.' })
  code?: string;
}

export function toProfileDto({ id, name, email, userName, emailVerifiedAt, defaultOrganizationId, locale, createdAt, updatedAt }: User, pendingEmail: string | null): ProfileDto {
  return { id, name, email, userName, emailVerified: emailVerifiedAt !== null, pendingEmail, defaultOrganizationId, locale, createdAt, updatedAt };
}
