import { ChoiceField, EmailField, IntegerField, ListField, ObjectField, TextField, TimeField, UrlField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/page.js';
import { InvitationDelivery, type Invitation } from '../../generated/prisma/client.js';

const role = { max: 64, pattern: /^[a-z][a-z0-9_]*$/, example: 'member', description: 'The key of a role, at most your own' } as const;
const deliveries = Object.values(InvitationDelivery);
/** `expired` is not stored: it is a pending invitation whose time is over. */
export const invitationStatuses = ['pending', 'accepted', 'declined', 'revoked', 'expired'] as const;

export class InvitationRequestDto {
  @EmailField()
  email!: string;

  @TextField(role)
  role!: string;

  @TextField({ optional: true, max: 1000, description: 'Shown in the mail' })
  message?: string;

  @IntegerField({ optional: true, min: 1, max: 90, description: 'Days until it expires. Default 7' })
  expiresInDays?: number;

  @ChoiceField(deliveries, { optional: true, description: '`link`: no mail; the answer shows the link, once, for you to hand on' })
  delivery?: InvitationDelivery;
}

/** One invitation, or up to 100 at once: all are made, or none. */
export class CreateInvitationsDto {
  @EmailField({ optional: true })
  email?: string;

  @TextField({ ...role, optional: true })
  role?: string;

  @TextField({ optional: true, max: 1000, description: 'Shown in the mail' })
  message?: string;

  @IntegerField({ optional: true, min: 1, max: 90, description: 'Days until it expires. Default 7' })
  expiresInDays?: number;

  @ChoiceField(deliveries, { optional: true, description: '`link`: no mail; the answer shows the link, once, for you to hand on' })
  delivery?: InvitationDelivery;

  @ListField(() => InvitationRequestDto, { optional: true, min: 1, max: 100, description: 'Instead of the fields above' })
  invitations?: InvitationRequestDto[];
}

export class ListInvitationsQuery extends pageQuery(['createdAt']) {
  @ChoiceField(invitationStatuses, { optional: true })
  status?: (typeof invitationStatuses)[number];
}

export class InvitationDto {
  @UuidField()
  id!: string;

  @EmailField()
  email!: string;

  @TextField(role)
  role!: string;

  @ChoiceField(invitationStatuses)
  status!: (typeof invitationStatuses)[number];

  @ChoiceField(deliveries)
  delivery!: InvitationDelivery;

  @TextField({ nullable: true, max: 1000 })
  message!: string | null;

  @UuidField({ description: 'The user who invited' })
  invitedById!: string;

  @TimeField()
  expiresAt!: Date;

  @TimeField({ description: 'When the link was last made' })
  sentAt!: Date;

  @TimeField()
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'When it was accepted, declined or revoked' })
  closedAt!: Date | null;

  @UrlField({ optional: true, description: 'Only right after it was made, with `delivery: link`' })
  link?: string;
}

export class InvitationPageDto extends pageOf(InvitationDto) {}

export class CreatedInvitationsDto {
  @ListField(() => InvitationDto)
  data!: InvitationDto[];
}

export class InvitationTokenDto {
  @TextField({ max: 200, verbatim: true, description: 'The token of the link' })
  token!: string;
}

export class AcceptInvitationDto extends InvitationTokenDto {
  @TextField({ optional: true, description: 'For a new account' })
  name?: string;

  @TextField({ optional: true, min: 10, max: 200, verbatim: true, description: 'For a new account' })
  password?: string;
}

export class InvitedToDto {
  @UuidField()
  id!: string;

  @TextField()
  name!: string;

  @TextField()
  slug!: string;
}

export class InvitationPreviewDto {
  @ObjectField(() => InvitedToDto)
  organization!: InvitedToDto;

  @EmailField()
  email!: string;

  @TextField(role)
  role!: string;

  @TextField({ nullable: true })
  invitedBy!: string | null;

  @TextField({ nullable: true, max: 1000 })
  message!: string | null;

  @TimeField()
  expiresAt!: Date;
}

export class InvitationAcceptedDto {
  @ObjectField(() => InvitedToDto)
  organization!: InvitedToDto;

  @TextField(role)
  role!: string;

  @UuidField()
  userId!: string;

  @TextField({ optional: true, description: 'Only for a new account, which is signed in at once' })
  accessToken?: string;

  @TextField({ optional: true })
  refreshToken?: string;

  @IntegerField({ optional: true, min: 1, max: 86_400 })
  expiresIn?: number;
}

/** The state of an invitation as its reader sees it. */
export function invitationStatus({ status, expiresAt }: Pick<Invitation, 'status' | 'expiresAt'>, now: Date): InvitationDto['status'] {
  return status === 'pending' && expiresAt <= now ? 'expired' : status;
}

export function toInvitationDto(row: Invitation, now: Date, link?: string): InvitationDto {
  const { id, email, role: roleKey, delivery, message, invitedById, expiresAt, sentAt, createdAt, closedAt } = row;
  return {
    id,
    email,
    role: roleKey,
    status: invitationStatus(row, now),
    delivery,
    message,
    invitedById,
    expiresAt,
    sentAt,
    createdAt,
    closedAt,
    ...(link === undefined ? {} : { link }),
  };
}
