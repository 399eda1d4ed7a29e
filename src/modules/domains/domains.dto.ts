import { ChoiceField, EmailField, ListField, ObjectField, TextField, TimeField, UuidField } from '../../common/http/fields.js';
import { domainStatuses, domainStatusOf, type DomainStatus } from './domain-status.policy.js';
import { dnsRecordOf } from './proofs/dns-record.js';
import { endOfGrace } from './proofs/domain-proofs.policy.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { DomainGrade, DomainKind, JoinPolicy, JoinRequestStatus, type Domain, type JoinRequest } from '../../generated/prisma/client.js';

const kinds = Object.values(DomainKind);
const role = { max: 64, pattern: /^[a-z][a-z0-9_]*$/, example: 'member' } as const;

export class CreateDomainDto {
  @ChoiceField(kinds, { description: '`host`: the domain serves the API and your pages. `email`: the email addresses of your members are at this domain.' })
  kind!: DomainKind;

  @TextField({ max: 253, example: 'learn.example.com' })
  domain!: string;
}

export class VerifyDomainDto {
  @EmailField({ optional: true, description: 'Sends a code to this address at the domain. Only for the kind `email`.' })
  mailTo?: string;

  @TextField({ optional: true, max: 20, description: 'The code from the email' })
  code?: string;
}

export class UpdateDomainDto {
  @ChoiceField(Object.values(JoinPolicy), {
    optional: true,
    description:
      'Whether users with an email address at the domain can `request` to join, or `join` immediately. `join` requires verification by DNS. While you cannot grant the join role yourself, `join` has the effect of `request`.',
  })
  joinPolicy?: JoinPolicy;

  @TextField({ ...role, optional: true, description: "The role of users who join through the domain. Default: the catalog's default role." })
  joinRole?: string;
}

export class DnsRecordDto {
  @ChoiceField(['TXT'])
  type!: 'TXT';

  @TextField({ example: '_tenantry.learn.example.com' })
  name!: string;

  @TextField({ example: 'tenantry-verification=…' })
  value!: string;
}

export class DomainDto {
  @UuidField()
  id!: string;

  @ChoiceField(kinds)
  kind!: DomainKind;

  @TextField({ max: 253 })
  domain!: string;

  @ChoiceField(Object.values(DomainGrade), { nullable: true, description: '`ownership`: verified by DNS. `affiliation`: verified by a mailed code. null: not verified.' })
  grade!: DomainGrade | null;

  @TimeField({ nullable: true })
  verifiedAt!: Date | null;

  @ChoiceField(domainStatuses, {
    description:
      '`pending`: your TXT record is found, but another organization has verified the host and its record is found, too. `failing`: verified, but your TXT record is missing.',
  })
  status!: DomainStatus;

  @TextField({ nullable: true, max: 1000, description: 'Why the domain is pending, failing or no longer verified, and what to do' })
  statusDetail!: string | null;

  @TimeField({ nullable: true, description: 'When the TXT record was last looked up, also if the lookup failed. null: not yet.' })
  lastCheckedAt!: Date | null;

  @ObjectField(() => DnsRecordDto, { description: 'The DNS record that verifies the ownership' })
  dnsRecord!: DnsRecordDto;

  @EmailField({ nullable: true, description: 'The address to which the last code was sent' })
  mailedTo!: string | null;

  @ChoiceField(Object.values(JoinPolicy))
  joinPolicy!: JoinPolicy;

  @TextField({ ...role, nullable: true })
  joinRole!: string | null;

  @TimeField()
  createdAt!: Date;
}

export class DomainListDto {
  @ListField(() => DomainDto)
  data!: DomainDto[];
}

export function toDomainDto(row: Domain): DomainDto {
  const { id, kind, name, grade, verifiedAt, lastCheckedAt, mailedTo, joinPolicy, joinRole, createdAt } = row;
  const status = domainStatusOf(row);
  const proof = { grade, verifiedAt, status, statusDetail: statusDetailOf(row, status), lastCheckedAt, dnsRecord: dnsRecordOf(row) };
  return { id, kind, domain: name, ...proof, mailedTo, joinPolicy, joinRole, createdAt };
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
  @UuidField()
  id!: string;

  @TextField()
  name!: string;

  @TextField()
  slug!: string;

  @ChoiceField(['request', 'join'])
  joinPolicy!: 'request' | 'join';

  @TimeField({ nullable: true, description: 'The time of your pending join request; null when you have none' })
  requestedAt!: Date | null;
}

export class JoinableOrganizationListDto {
  @ListField(() => JoinableOrganizationDto)
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
  @UuidField()
  id!: string;

  @UuidField()
  userId!: string;

  @EmailField()
  email!: string;

  @TextField()
  name!: string;

  @TextField({ nullable: true, max: 1000, multiline: true })
  message!: string | null;

  @ChoiceField(Object.values(JoinRequestStatus))
  status!: JoinRequestStatus;

  @TimeField()
  createdAt!: Date;

  @TimeField({ nullable: true })
  decidedAt!: Date | null;

  @UuidField({ nullable: true })
  decidedById!: string | null;
}

export class JoinRequestPageDto extends pageOf(JoinRequestDto) {}

export function toJoinRequestDto({ id, userId, email, name, message, status, createdAt, decidedAt, decidedById }: JoinRequest): JoinRequestDto {
  return { id, userId, email, name, message, status, createdAt, decidedAt, decidedById };
}
