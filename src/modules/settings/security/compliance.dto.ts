import { BooleanField, IntegerField } from '../../../common/http/fields.js';

const days = {
  min: 1,
  max: 36_500,
  description: 'Days after which closed or expired invitations, decided join requests, and mail that was sent or has failed are erased; null for never',
} as const;

export class UpdateComplianceDto {
  @BooleanField({ optional: true, description: "Children's Online Privacy Protection Act" })
  coppa?: boolean;

  @BooleanField({ optional: true, description: 'Family Educational Rights and Privacy Act' })
  ferpa?: boolean;

  @BooleanField({ optional: true, example: true, description: 'General Data Protection Regulation' })
  gdpr?: boolean;

  @BooleanField({ optional: true, description: 'Whether your product must ask parents for their consent' })
  parentalConsentRequired?: boolean;

  @IntegerField({ ...days, optional: true, nullable: true, example: 365 })
  dataRetentionDays?: number | null;
}

export class ComplianceDto {
  @BooleanField({ description: "Whether the Children's Online Privacy Protection Act applies" })
  coppa!: boolean;

  @BooleanField({ description: 'Whether the Family Educational Rights and Privacy Act applies' })
  ferpa!: boolean;

  @BooleanField({ description: 'Whether the General Data Protection Regulation applies' })
  gdpr!: boolean;

  @BooleanField({ description: 'Whether the product must ask parents for their consent' })
  parentalConsentRequired!: boolean;

  @IntegerField({ ...days, nullable: true })
  dataRetentionDays!: number | null;
}

export function toComplianceDto(document: Readonly<Partial<ComplianceDto>>): ComplianceDto {
  return { coppa: false, ferpa: false, gdpr: false, parentalConsentRequired: false, dataRetentionDays: null, ...document };
}
