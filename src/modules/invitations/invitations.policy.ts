import { MalformedRequestError } from '../../common/errors/app-error.js';
import { AddressNotVerifiedError } from '../../access/access.errors.js';
import type { CreateInvitationsDto, InvitationRequestDto } from './invitations.dto.js';

/**
 * Returns the invitations that a request body asks for: the single one of its fields, or those of its list.
 *
 * @param emailVerified whether the sender has verified their address; otherwise the mail has no message
 * @throws {AddressNotVerifiedError} when an unverified sender adds a message to a mail
 * @throws {MalformedRequestError} when the body has both forms or neither
 */
export function requestedInvitations(body: CreateInvitationsDto, emailVerified: boolean): InvitationRequestDto[] {
  const requested = oneOrMany(body);
  if (!emailVerified && requested.some(({ message, delivery }) => message !== undefined && delivery !== 'link')) throw new AddressNotVerifiedError();
  return requested;
}

function oneOrMany({ invitations, ...single }: CreateInvitationsDto): InvitationRequestDto[] {
  const { email, role } = single;
  if (invitations !== undefined && Object.keys(single).length === 0) return invitations;
  if (invitations === undefined && email !== undefined && role !== undefined) return [{ ...single, email, role }];
  throw new MalformedRequestError('Send either `email` and `role`, or `invitations` with up to 100 entries.', [
    { pointer: '', code: 'one_or_many', message: 'must have either email and role, or invitations' },
  ]);
}
