import { impersonationScopes, type ImpersonationScope } from '../../access/access.decorators.js';
import { ChoiceField, IntegerField, TextField, UuidField, choices } from '../../common/http/fields.js';

export class ImpersonateDto {
  @UuidField({ optional: true, description: 'The member to impersonate. Default: the owner who joined first.' })
  userId?: string;

  @TextField({ min: 5, max: 500, example: 'Ticket 4711: cannot see their invoices', description: 'The reason, which is stored in the audit log of the organization' })
  reason!: string;

  @ChoiceField(choices('ImpersonationScope', impersonationScopes), {
    optional: true,
    description: 'Whether the operator can only read (default), or also change what is not about access',
  })
  scope?: ImpersonationScope;
}

export class ImpersonationDto {
  @TextField({ description: 'Acts as the user for 15 minutes. It cannot be refreshed.' })
  accessToken!: string;

  @IntegerField({ min: 1, max: 900, description: 'The seconds for which the token is valid. It cannot be refreshed.' })
  expiresIn!: number;

  @UuidField({ description: 'The member as whom you act' })
  userId!: string;

  @ChoiceField(choices('ImpersonationScope', impersonationScopes), { description: '`read`: the token can only read. `write`: it can also change what impersonation allows.' })
  scope!: ImpersonationScope;
}
