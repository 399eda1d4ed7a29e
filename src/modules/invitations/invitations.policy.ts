import { MalformedRequestError } from '../../common/errors/app-error.js';
import type { CreateInvitationsDto, InvitationRequestDto } from './invitations.dto.js';

/**
 * Returns the invitations that a request body asks for: the single one of its fields, or those of its list.
 *
 * @throws {MalformedRequestError} when the body has both forms or neither
 */
export function requestedInvitations({ invitations, ...single }: CreateInvitationsDto): InvitationRequestDto[] {
  const { email, role } = single;
  if (invitations !== undefined && Object.keys(single).length === 0) return invitations;
  if (invitations === undefined && email !== undefined && role !== undefined) return [{ ...single, email, role }];
  throw new MalformedRequestError('Send either `email` and `role`, or `invitations` with up to 100 entries.', [
    { pointer: '', code: 'one_or_many', message: 'must have either email and role, or invitations' },
  ]);
}
