import { BooleanField, IntegerField } from '../../../common/http/fields.js';

const days = {
  min: 1,
  max: 36_500,
  description: 'Days after which closed or expired invitations, decided join requests, and mail that was sent or has failed are erased; null for never',
} as const;

export class UpdateComplianceDto {
  @BooleanField({ optional: true, description: "Whether the Children's Online Privacy Protection Act applies. Stored for your product; tenantry does nothing with it." })
  coppa?: boolean;

  @BooleanField({ optional: true, description: 'Whether the Family Educational Rights and Privacy Act applies. While it is true, every read is recorded in the access log.' })
  ferpa?: boolean;

  @BooleanField({
    optional: true,
    example: true,
    description: 'Whether the General Data Protection Regulation applies. While it is true, every read is recorded in the access log.',
  })
  gdpr?: boolean;

  @IntegerField({ ...days, optional: true, nullable: true, example: 365 })
  dataRetentionDays?: number | null;
}

export class ComplianceDto {
  @BooleanField({ description: "Whether the Children's Online Privacy Protection Act applies" })
  coppa!: boolean;

  @BooleanField({ description: 'Whether the Family Educational Rights and Privacy Act applies: every read is recorded in the access log' })
  ferpa!: boolean;

  @BooleanField({ description: 'Whether the General Data Protection Regulation applies: every read is recorded in the access log' })
  gdpr!: boolean;

  @IntegerField({ ...days, nullable: true })
  dataRetentionDays!: number | null;
}

export function toComplianceDto(document: Readonly<Partial<ComplianceDto>>): ComplianceDto {
  return { coppa: false, ferpa: false, gdpr: false, dataRetentionDays: null, ...document };
}
