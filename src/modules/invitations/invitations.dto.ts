import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, EmailField, IntegerField, ListField, ObjectField, TextField, TimeField, UrlField, UuidField, choices, secretExample } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { InvitationDelivery, MailFailure, type Invitation } from '../../generated/prisma/client.js';
import { mailProgressStatuses, type MailProgress } from '../mail/mail-progress.service.js';

const role = { max: 64, pattern: /^[a-z][a-z0-9_]*$/, example: 'member', description: 'The key of a base role, at most your own' } as const;
const grantedRole = { ...role, description: 'The key of the base role that the person gets' } as const;
const deliveries = choices('InvitationDelivery', Object.values(InvitationDelivery));
/** `expired` and `void` are not stored: the expiry of the pending invitation has passed, or its sender can no longer grant the role. */
export const invitationStatuses = ['pending', 'accepted', 'declined', 'revoked', 'expired', 'void'] as const;

export class InvitationRequestDto {
  @EmailField({ example: 'grace@example.com', description: 'The address that is invited' })
  email!: string;

  @TextField(role)
  role!: string;

  @TextField({
    optional: true,
    max: 1000,
    description: 'A message that the mail shows. Requires that your own address is verified, except with `delivery: link`.',
    multiline: true,
  })
  message?: string;

  @IntegerField({ optional: true, min: 1, max: 90, description: 'The number of days until the invitation expires. Default: 7.' })
  expiresInDays?: number;

  @ChoiceField(deliveries, { optional: true, description: '`mail` (default) sends the link to the address. `link` sends no mail; only the response contains the link.' })
  delivery?: InvitationDelivery;
}

/** One invitation, or a list of them. */
export class CreateInvitationsDto {
  @EmailField({ optional: true, example: 'grace@example.com', description: 'The address that is invited, instead of a list' })
  email?: string;

  @TextField({ ...role, optional: true })
  role?: string;

  @TextField({
    optional: true,
    max: 1000,
    description: 'A message that the mail shows. Requires that your own address is verified, except with `delivery: link`.',
    multiline: true,
  })
  message?: string;

  @IntegerField({ optional: true, min: 1, max: 90, description: 'The number of days until the invitation expires. Default: 7.' })
  expiresInDays?: number;

  @ChoiceField(deliveries, { optional: true, description: '`mail` (default) sends the link to the address. `link` sends no mail; only the response contains the link.' })
  delivery?: InvitationDelivery;

  @ListField(() => InvitationRequestDto, { optional: true, min: 1, max: 100, description: 'A list of invitations, instead of the fields above' })
  invitations?: InvitationRequestDto[];
}

export class ListInvitationsQuery extends pageQuery(['createdAt']) {
  @ChoiceField(invitationStatuses, { optional: true, description: 'Only invitations with this status' })
  status?: (typeof invitationStatuses)[number];
}

/** The mail with the current link. */
export class InvitationMailDto {
  @ChoiceField(choices('MailStatus', mailProgressStatuses), {
    description:
      '`sent`: the mail server has accepted the mail. `queued`: it is not sent yet. `failed`: no further attempt is made; correct the address, or resend the invitation. ' +
      '`dropped`: it is not sent, because the recipient has received too many invitations, or the invitation was closed before.',
  })
  status!: MailProgress['status'];

  @ChoiceField(choices('MailFailure', Object.values(MailFailure)), {
    nullable: true,
    description: 'Why the last attempt failed, or why the mail is not sent; null if no attempt failed',
  })
  failure!: MailFailure | null;

  @TimeField({ nullable: true, description: 'The time of the next attempt; null when none follows, one is under way, or the first one follows at once' })
  nextAttemptAt!: Date | null;
}

export class InvitationDto {
  @UuidField({ description: 'The id of the invitation' })
  id!: string;

  @EmailField({ description: 'The address that is invited' })
  email!: string;

  @TextField(grantedRole)
  role!: string;

  @ChoiceField(invitationStatuses, {
    description:
      '`pending`: it can be accepted. `void`: the member in `invitedById` can no longer grant the role, so nobody can accept the invitation; resend or revoke it. `expired`: `expiresAt` is over; it can be resent. `revoked`: also by a later invitation of the address, or because the person became a member in another way.',
  })
  status!: (typeof invitationStatuses)[number];

  @ChoiceField(deliveries, { description: '`mail`: the link is mailed. `link`: you pass the link on.' })
  delivery!: InvitationDelivery;

  @TextField({ nullable: true, max: 1000, multiline: true, description: 'The text in the mail; null without one' })
  message!: string | null;

  @UuidField({ description: 'The member who created the invitation, or sent it last' })
  invitedById!: string;

  @TimeField({ description: 'The time from which on the link is refused' })
  expiresAt!: Date;

  @TimeField({ description: 'The time at which the current link was created' })
  linkedAt!: Date;

  @TimeField({ nullable: true, description: 'The time at which the mail server accepted the mail with the current link; null before, and with `delivery: link`' })
  sentAt!: Date | null;

  @ObjectField(() => InvitationMailDto, { nullable: true, description: 'The mail with the current link; null with `delivery: link`, and 30 days after it was written' })
  mail!: InvitationMailDto | null;

  @TimeField({ description: 'The time of the invitation' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'The time at which the invitation was accepted, declined or revoked; null before' })
  closedAt!: Date | null;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;

  @UrlField({ optional: true, description: 'Present only in the response to create and resend, with `delivery: link`' })
  link?: string;
}

export class InvitationPageDto extends pageOf(InvitationDto) {}

export class CreatedInvitationsDto {
  @ListField(() => InvitationDto, { description: 'The invitations in the order of the request' })
  data!: InvitationDto[];
}

export class InvitationTokenDto {
  @TextField({ max: 200, verbatim: true, example: secretExample, description: 'The token in the link' })
  token!: string;
}

export class AcceptInvitationDto extends InvitationTokenDto {
  @TextField({ optional: true, example: 'Grace Hopper', description: 'The name of the new account. Required when you are not signed in.' })
  name?: string;

  @TextField({
    optional: true,
    min: 10,
    max: 200,
    verbatim: true,
    example: 'correct horse battery staple',
    description: 'The password of the new account. Required when you are not signed in, unless the product offers no passwords.',
  })
  password?: string;
}

export class InvitedToDto {
  @UuidField({ description: 'The id of the organization' })
  id!: string;

  @TextField({ description: 'The name of the organization' })
  name!: string;

  @TextField({ description: 'The unique short name of the organization, for addresses' })
  slug!: string;
}

export class InvitationPreviewDto {
  @ObjectField(() => InvitedToDto, { description: 'The organization that invites' })
  organization!: InvitedToDto;

  @EmailField({ description: 'The address that is invited' })
  email!: string;

  @TextField(grantedRole)
  role!: string;

  @TextField({ example: 'Member', description: 'The name of this role, to show to the person' })
  roleName!: string;

  @TextField({ nullable: true, description: 'The name of the inviter; null if the account was deleted' })
  invitedBy!: string | null;

  @TextField({ nullable: true, max: 1000, multiline: true, description: 'The text of the inviter; null without one' })
  message!: string | null;

  @TimeField({ description: 'The time from which on the invitation is refused' })
  expiresAt!: Date;
}

class InvitationAcceptedDto {
  @ObjectField(() => InvitedToDto, { description: 'The organization that the user joined' })
  organization!: InvitedToDto;

  @TextField(grantedRole)
  role!: string;

  @UuidField({ description: 'The id of the new member' })
  userId!: string;
}

export class JoinedByInvitationDto extends InvitationAcceptedDto {
  @ApiProperty({ type: 'boolean', enum: [false], description: 'The answer has no tokens: an account that existed before keeps its sessions' })
  signedIn!: false;
}

export class SignedUpByInvitationDto extends InvitationAcceptedDto {
  @ApiProperty({ type: 'boolean', enum: [true], description: 'The new account is signed in' })
  signedIn!: true;

  @TextField({ description: 'The access token of the new session' })
  accessToken!: string;

  @TextField({ description: 'The token with which to get the next access token. It can be used once.' })
  refreshToken!: string;

  @IntegerField({ min: 1, max: 86_400, description: 'The seconds for which the access token is valid' })
  expiresIn!: number;
}

export class AddMemberDto {
  @EmailField({ example: 'grace@example.com', description: 'The address of the person to add. It must be at an allowed email domain of the organization.' })
  email!: string;

  @TextField(role)
  role!: string;
}

export class AddedMemberDto {
  @ChoiceField(['added', 'invited'], { description: '`invited`: the owner of the address becomes a member when they accept. `added`: they are a member now.' })
  status!: 'added' | 'invited';

  @EmailField({ description: 'The address that was added or invited' })
  email!: string;

  @TextField(grantedRole)
  role!: string;

  @UuidField({ nullable: true, description: 'The new member; null for `invited`' })
  userId!: string | null;

  @UuidField({ nullable: true, description: 'The invitation; null for `added`' })
  invitationId!: string | null;
}

/** Returns the status of an invitation, including `expired`. */
export function invitationStatus({ status, expiresAt }: Pick<Invitation, 'status' | 'expiresAt'>, now: Date): InvitationDto['status'] {
  return status === 'pending' && expiresAt <= now ? 'expired' : status;
}

export interface InvitationContext {
  readonly link?: string;
  /** Whether the sender can still grant the role. */
  readonly mayGrant?: boolean;
  readonly mail: MailProgress | null;
}

export function toInvitationDto(row: Invitation, now: Date, { link, mayGrant = true, mail }: InvitationContext): InvitationDto {
  const { id, email, role: roleKey, delivery, message, invitedById, expiresAt, linkedAt, mailedAt, createdAt, closedAt, updatedAt } = row;
  const status = invitationStatus(row, now);
  return {
    id,
    email,
    role: roleKey,
    status: status === 'pending' && !mayGrant ? 'void' : status,
    delivery,
    message,
    invitedById,
    expiresAt,
    linkedAt,
    sentAt: mailedAt,
    mail,
    createdAt,
    closedAt,
    updatedAt,
    ...(link === undefined ? {} : { link }),
  };
}
