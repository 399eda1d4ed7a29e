import { BooleanField, EmailField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import type { User } from '../../../generated/prisma/client.js';
import { passwordLength } from '../passwords/password.policy.js';

export class ProfileDto {
  @UuidField()
  id!: string;

  @TextField()
  name!: string;

  @EmailField()
  email!: string;

  @BooleanField()
  emailVerified!: boolean;

  @EmailField({ nullable: true, description: 'The address that the user has asked to change to and has not verified yet' })
  pendingEmail!: string | null;

  @UuidField({ nullable: true, description: 'The organization that a login selects' })
  defaultOrganizationId!: string | null;

  @TimeField()
  createdAt!: Date;
}

export class UpdateProfileDto {
  @TextField({ optional: true, example: 'Ada Lovelace' })
  name?: string;

  @UuidField({ optional: true, nullable: true, description: 'An organization that the user is a member of' })
  defaultOrganizationId?: string | null;

  @EmailField({ optional: true, description: 'A new address. The account keeps its present address until the new one is verified. The present address cancels the change.' })
  email?: string;

  @TextField({ optional: true, max: passwordLength.max, verbatim: true, description: 'Required with `email`' })
  currentPassword?: string;
}

export class DeleteAccountDto {
  @TextField({ max: passwordLength.max, verbatim: true })
  currentPassword!: string;

  @TextField({ optional: true, max: 40, example: '123456', description: 'A code from the authenticator app, or a recovery code. Required with a second factor.' })
  code?: string;
}

export function toProfileDto({ id, name, email, emailVerifiedAt, defaultOrganizationId, createdAt }: User, pendingEmail: string | null): ProfileDto {
  return { id, name, email, emailVerified: emailVerifiedAt !== null, pendingEmail, defaultOrganizationId, createdAt };
}
