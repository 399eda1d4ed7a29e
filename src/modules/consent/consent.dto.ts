import { ChoiceField, choices, EmailField, ObjectField, secretExample, TextField, TimeField, UuidField, BooleanField, ListField } from '../../common/http/fields.js';
import { WholeList } from '../../common/http/pages/page.js';
import { memberStatuses, type MemberStatus } from '../../access/organization/standing.policy.js';
import { ConsentAction, ConsentMethod, type Consent } from '../../generated/prisma/client.js';

const guardianName = { max: 200, example: 'Mary Hopper', description: 'The name of the guardian' } as const;
const relation = { max: 100, example: 'mother', description: 'The relation of the guardian to the member' } as const;
const textVersion = { max: 64, example: 'tenantry-1', description: 'The version of the text that the guardian consents to' } as const;
const token = { min: 1, max: 200, example: secretExample, description: 'The token of the link' } as const;

export class RequestConsentDto {
  @EmailField({ example: 'mary@example.com', description: 'The address of a guardian, who gets the link' })
  guardianEmail!: string;
}

export class RequestedConsentDto {
  @TimeField({ description: 'The time at which the link expires' })
  expiresAt!: Date;
}

export class StateAgeDto {
  @TextField({ min: 7, max: 7, pattern: /^\d{4}-(0[1-9]|1[0-2])$/, example: '2015-04', description: 'The month of birth. It is not stored.' })
  birthMonth!: string;
}

export class ConsentTextDto {
  @TextField({ ...textVersion, description: 'The version of the text' })
  version!: string;

  @TextField({ max: 20_000, multiline: true, example: 'I am a parent or legal guardian of Grace. I consent …', description: 'The text, with the names filled in' })
  text!: string;
}

export class ConsentStateDto {
  @ChoiceField(choices('MemberStatus', memberStatuses), { description: 'The state of your membership' })
  status!: MemberStatus;

  @TimeField({ nullable: true, description: 'The time at which a guardian consented; null when nobody did' })
  consentedAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time at which the mailed link to a guardian expires; null when none is open' })
  linkExpiresAt!: Date | null;

  @BooleanField({ description: 'Whether your month of birth is asked for: `stateAge` then decides whether a guardian must consent' })
  asksForAge!: boolean;

  @ObjectField(() => ConsentTextDto, { description: 'The text that a guardian consents to' })
  text!: ConsentTextDto;
}

export class RecordConsentDto {
  @TextField(guardianName)
  guardianName!: string;

  @TextField(relation)
  relation!: string;

  @TextField({ ...textVersion, example: 'form-2026', description: 'The version of the form that the guardian signed' })
  textVersion!: string;
}

export class WithdrawConsentDto {
  @TextField(guardianName)
  guardianName!: string;

  @TextField(relation)
  relation!: string;
}

export class ConsentDto {
  @UuidField({ description: 'The id of the record' })
  id!: string;

  @ChoiceField(choices('ConsentAction', Object.values(ConsentAction)), { description: 'Whether the guardian gave or withdrew the consent' })
  action!: ConsentAction;

  @ChoiceField(choices('ConsentMethod', Object.values(ConsentMethod)), { description: '`link`: by the mailed link. `paper`: a member recorded it.' })
  method!: ConsentMethod;

  @TextField(guardianName)
  guardianName!: string;

  @TextField(relation)
  relation!: string;

  @EmailField({ nullable: true, example: 'mary@example.com', description: 'The address that got the link; null on paper' })
  guardianEmail!: string | null;

  @TextField(textVersion)
  textVersion!: string;

  @TextField({ nullable: true, description: 'The SHA-256 of the text that was shown, in hexadecimal; null on paper' })
  textHash!: string | null;

  @TextField({ nullable: true, example: '192.0.2.1', description: 'The IP address of the guardian; null on paper' })
  ip!: string | null;

  @TextField({ nullable: true, max: 500, example: 'Mozilla/5.0', description: 'The program of the guardian; null on paper' })
  userAgent!: string | null;

  @UuidField({ nullable: true, description: 'The member who recorded it; null for a link' })
  recordedById!: string | null;

  @TimeField({ description: 'The time of the declaration' })
  createdAt!: Date;
}

export class ConsentListDto extends WholeList {
  @ListField(() => ConsentDto, { description: 'The declarations, oldest first' })
  data!: ConsentDto[];
}

export const toConsentDto = ({
  id,
  action,
  method,
  guardianName: name,
  relation: kinship,
  guardianEmail,
  textVersion: version,
  textHash,
  ip,
  userAgent,
  recordedById,
  createdAt,
}: Consent): ConsentDto => ({ id, action, method, guardianName: name, relation: kinship, guardianEmail, textVersion: version, textHash, ip, userAgent, recordedById, createdAt });

export class GuardianTokenDto {
  @TextField(token)
  token!: string;
}

export class ConsentPreviewDto {
  @ChoiceField(choices('GuardianLinkPurpose', ['consent', 'withdrawal']), { description: 'The purpose of the link' })
  purpose!: 'consent' | 'withdrawal';

  @TextField({ example: 'Lincoln School', description: 'The name of the organization' })
  organization!: string;

  @TextField({ example: 'Grace Hopper', description: 'The name of the member' })
  member!: string;

  @ObjectField(() => ConsentTextDto, { description: 'The text that the guardian consents to' })
  text!: ConsentTextDto;

  @TimeField({ nullable: true, description: 'The time at which the link expires; null for a link of withdrawal' })
  expiresAt!: Date | null;
}

export class GiveConsentDto extends GuardianTokenDto {
  @TextField({ ...guardianName, description: 'Your name' })
  guardianName!: string;

  @TextField({ ...relation, description: 'Your relation to the member' })
  relation!: string;

  @TextField({ ...textVersion, description: 'The version of the text that the preview showed' })
  textVersion!: string;
}
