import { TextField, UuidField } from '../../common/http/fields.js';
import { userNameRule } from '../auth/accounts/user-name.policy.js';
import { passwordLength } from '../auth/passwords/password.policy.js';

const password = { max: passwordLength.max, verbatim: true, example: 'seven green lamps sing' } as const;

export class CreateManagedAccountDto {
  @TextField({
    ...userNameRule,
    example: 'ada.l',
    description: 'The name with which the member signs in, unique in the organization: letters, digits, dots, hyphens and underscores. Capital letters become small ones.',
  })
  userName!: string;

  @TextField({ max: 200, example: 'Ada Lovelace', description: 'The name that other members see' })
  name!: string;

  @TextField({ max: 64, pattern: /^[a-z][a-z0-9_]*$/, example: 'member', description: 'The key of the base role of the member. Not `owner`.' })
  role!: string;

  @TextField({ ...password, description: 'The first password. The member can change it.' })
  password!: string;
}

export class SetManagedPasswordDto {
  @TextField({ ...password, description: 'The new password. The sessions of the member end.' })
  newPassword!: string;
}

export class ManagedAccountDto {
  @UuidField({ description: 'The user id of the new member' })
  userId!: string;

  @TextField({ example: 'ada.l', description: 'The name with which the member signs in' })
  userName!: string;

  @TextField({ description: 'The name that other members see' })
  name!: string;

  @TextField({ example: 'member', description: 'The key of the base role of the member' })
  role!: string;
}
