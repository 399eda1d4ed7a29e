import { ChoiceField, EmailField, ListField, ObjectField, TextField, TimeField, UuidField, choices } from '../../common/http/fields.js';
import { domainStatuses, domainStatusOf, type DomainStatus } from './domain-status.policy.js';
import { dnsRecordOf } from './proofs/dns-record.js';
import { endOfGrace } from './proofs/domain-proofs.policy.js';
import { pageOf, pageQuery, WholeList } from '../../common/http/pages/page.js';
import { DomainGrade, DomainKind, JoinPolicy, JoinRequestStatus, type Domain, type JoinRequest } from '../../generated/prisma/client.js';

const kinds = choices('DomainKind', Object.values(DomainKind));
const role = { max: 64, pattern: /^[a-z][a-z0-9_]*$/, example: 'member' } as const;

export class CreateDomainDto {
  @ChoiceField(kinds, { description: '`host`: the domain serves the API and your pages. `email`: the email addresses of your members are at this domain.' })
  kind!: DomainKind;

  @TextField({ max: 253, example: 'learn.example.com', description: 'A domain name that you control, without a port or path' })
  domain!: string;
}

export class VerifyDomainDto {
  @EmailField({ optional: true, example: 'admin@school.example', description: 'Sends a code to this address at the domain. Only for the kind `email`.' })
  mailTo?: string;

  @TextField({ optional: true, max: 20, description: 'The code from the email' })
  code?: string;
}

export class UpdateDomainDto {
  @ChoiceField(Object.values(JoinPolicy), {
    optional: true,
    example: 'request',
    description:
      'Whether users with an email address at the domain can `request` to join, or `join` immediately. `join` requires verification by DNS. While you cannot grant the join role yourself, `join` has the effect of `request`.',
  })
  joinPolicy?: JoinPolicy;

  @TextField({ ...role, optional: true, description: "The role of users who join through the domain. Default: the catalog's default role." })
  joinRole?: string;
}

export class DnsRecordDto {
  @ChoiceField(['TXT'], { description: 'The type of the DNS record' })
  type!: 'TXT';

  @TextField({ example: '_tenantry.learn.example.com', description: 'The full name of the DNS record' })
  name!: string;

  @TextField({ example: 'tenantry-verification=…', description: 'The text that the record must have' })
  value!: string;
}

export class DomainDto {
  @UuidField({ description: 'The id of the domain' })
  id!: string;

  @ChoiceField(kinds, { description: '`host`: the domain serves the API and pages. `email`: email addresses of members are at this domain.' })
  kind!: DomainKind;

  @TextField({ max: 253, description: 'The domain name in ASCII' })
  domain!: string;

  @ChoiceField(Object.values(DomainGrade), { nullable: true, description: '`ownership`: verified by DNS. `affiliation`: verified by a mailed code. null: not verified.' })
  grade!: DomainGrade | null;

  @TimeField({ nullable: true, description: 'The time at which ownership was proved; null if it was not' })
  verifiedAt!: Date | null;

  @ChoiceField(choices('DomainStatus', domainStatuses), {
    description:
      '`unverified`: not proved. `verified`: proved. `pending`: your TXT record is found, but another organization has verified the host and its record is found, too. `failing`: verified, but your TXT record is missing.',
  })
  status!: DomainStatus;

  @TextField({ nullable: true, max: 1000, description: 'Why the domain is pending, failing or no longer verified, and what to do; null if there is nothing to do' })
  statusDetail!: string | null;

  @TimeField({ nullable: true, description: 'When the TXT record was last looked up, also if the lookup failed. null: not yet.' })
  lastCheckedAt!: Date | null;

  @ObjectField(() => DnsRecordDto, { description: 'The DNS record that verifies the ownership' })
  dnsRecord!: DnsRecordDto;

  @EmailField({ nullable: true, description: 'The address to which the last code was sent; null if none was' })
  mailedTo!: string | null;

  @ChoiceField(Object.values(JoinPolicy), {
    description: 'How users with an address at the domain become members. `none`: by invitation. `request`: a member approves their request. `join`: at once.',
  })
  joinPolicy!: JoinPolicy;

  @TextField({ ...role, nullable: true, description: 'The role of users who join through the domain; null for the default role of the catalog' })
  joinRole!: string | null;

  @TimeField({ description: 'The time at which the domain was added' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class DomainListDto extends WholeList {
  @ListField(() => DomainDto, { description: 'All domains of the organization' })
  data!: DomainDto[];
}

export function toDomainDto(row: Domain): DomainDto {
  const { id, kind, name, grade, verifiedAt, lastCheckedAt, mailedTo, joinPolicy, joinRole, createdAt, updatedAt } = row;
  const status = domainStatusOf(row);
  const proof = { grade, verifiedAt, status, statusDetail: statusDetailOf(row, status), lastCheckedAt, dnsRecord: dnsRecordOf(row) };
  return { id, kind, domain: name, ...proof, mailedTo, joinPolicy, joinRole, createdAt, updatedAt };
}

const endDetails: Readonly<Record<string, string>> = {
  record_missing: 'The TXT record was missing for more than seven days.',
  newer_proof: 'Another organization has proved that it controls the domain, and your TXT record is not in the DNS.',
  code_expired: 'The code was confirmed more than a year ago.',
};

function statusDetailOf(row: Domain, status: DomainStatus): string | null {
  const { name, value } = dnsRecordOf(row);
  if (status === 'pending')
    return `Another organization has verified ${row.name}, and its TXT record is in the DNS. Remove every other record at ${name} that begins with tenantry-verification=, then verify again. Otherwise, the daily check does it.`;
  if (status === 'failing' && row.failingSince !== null)
    return `The TXT record ${value} at ${name} is missing. Add it before ${endOfGrace(row.failingSince).toISOString()}, or the domain is no longer verified.`;
  if (row.endedReason === null) return null;
  const why = endDetails[row.endedReason] ?? `The operator released the domain${row.endedNote === null ? '' : `: ${row.endedNote}`}.`;
  return `The domain is no longer verified. ${why} Verify it again: POST /tenant/domains/:id/verify.`;
}

export class AskToJoinDto {
  @TextField({ optional: true, max: 1000, description: 'A message to the members who decide', multiline: true })
  message?: string;
}

export class JoinedDto {
  @ChoiceField(['joined', 'pending'], { description: '`joined`: you are now a member. `pending`: a member must approve the request.' })
  status!: 'joined' | 'pending';

  @TextField({ ...role, nullable: true, description: 'Your role; null while the request is pending' })
  role!: string | null;
}

export class JoinableOrganizationDto {
  @UuidField({ description: 'The id of the organization' })
  id!: string;

  @TextField({ description: 'The name of the organization' })
  name!: string;

  @TextField({ description: 'The unique short name of the organization, for addresses' })
  slug!: string;

  @ChoiceField(['request', 'join'], { description: '`join`: you can become a member at once. `request`: an administrator decides.' })
  joinPolicy!: 'request' | 'join';

  @TimeField({ nullable: true, description: 'The time of your pending join request; null when you have none' })
  requestedAt!: Date | null;
}

export class JoinableOrganizationListDto extends WholeList {
  @ListField(() => JoinableOrganizationDto, { description: 'The organizations that you can join by the domain of your address' })
  data!: JoinableOrganizationDto[];
}

export class ListJoinRequestsQuery extends pageQuery(['createdAt']) {
  @ChoiceField(Object.values(JoinRequestStatus), { optional: true, description: 'Only requests with this status' })
  status?: JoinRequestStatus;
}

export class ApproveJoinRequestDto {
  @TextField({ ...role, optional: true, description: "The role of the new member. Default: the role of the user's domain, or the catalog's default role." })
  role?: string;
}

export class JoinRequestDto {
  @UuidField({ description: 'The id of the request' })
  id!: string;

  @UuidField({ description: 'The user who asks' })
  userId!: string;

  @EmailField({ description: 'The address of this user' })
  email!: string;

  @TextField({ description: 'The name of this user' })
  name!: string;

  @TextField({ nullable: true, max: 1000, multiline: true, description: 'The text that the user wrote; null without one' })
  message!: string | null;

  @ChoiceField(Object.values(JoinRequestStatus), { description: 'Whether the request was decided, and how' })
  status!: JoinRequestStatus;

  @TimeField({ description: 'The time of the request' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'The time of the decision; null if there is none' })
  decidedAt!: Date | null;

  @UuidField({ nullable: true, description: 'The member who decided; null if nobody did' })
  decidedById!: string | null;
}

export class JoinRequestPageDto extends pageOf(JoinRequestDto) {}

export function toJoinRequestDto({ id, userId, email, name, message, status, createdAt, decidedAt, decidedById }: JoinRequest): JoinRequestDto {
  return { id, userId, email, name, message, status, createdAt, decidedAt, decidedById };
}
