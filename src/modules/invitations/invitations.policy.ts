import { MalformedRequestError } from '../../common/errors/app-error.js';
import type { CreateInvitationsDto, InvitationRequestDto } from './invitations.dto.js';

/**
 * The invitations that a body asks for: the one that it spells out, or those of its list.
 *
 * @throws {MalformedRequestError} when it has both or neither
 */
export function requestedInvitations({ invitations, ...single }: CreateInvitationsDto): InvitationRequestDto[] {
  const { email, role } = single;
  if (invitations !== undefined && Object.keys(single).length === 0) return invitations;
  if (invitations === undefined && email !== undefined && role !== undefined) return [{ ...single, email, role }];
  throw new MalformedRequestError('Send either `email` and `role`, or `invitations` with up to 100 of them.', [
    { pointer: '', code: 'one_or_many', message: 'either email and role, or invitations' },
  ]);
}
