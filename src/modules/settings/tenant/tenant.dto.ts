import { ApiProperty } from '@nestjs/swagger';
import { LocaleField, ObjectField, TextField, TimeZoneField, UuidField } from '../../../common/http/fields.js';
import type { SettingValue } from '../../../config/catalog/catalog.js';
import { BrandingDto } from '../branding/branding.dto.js';
import { EntitlementsDto } from '../features/entitlements.dto.js';
import { ComplianceDto } from '../security/compliance.dto.js';
import { settingsSchema } from '../settings.dto.js';

export class CurrentTenantDto extends EntitlementsDto {
  @UuidField({ description: 'The id of the organization' })
  id!: string;

  @TextField({ description: 'The unique short name of the organization, for addresses' })
  slug!: string;

  @TextField({ description: 'The name that members see' })
  name!: string;

  @TimeZoneField()
  timezone!: string;

  @LocaleField()
  locale!: string;

  @ApiProperty({ ...settingsSchema, description: 'The settings of the catalog that you may see: with `settings:read` all, otherwise those for every member' })
  settings!: Record<string, SettingValue>;

  @ObjectField(() => BrandingDto, { description: 'Logo, colors and addresses of pages, as `/tenant/info` shows them' })
  branding!: BrandingDto;

  @ObjectField(() => ComplianceDto, { description: 'The laws that apply to the organization, and how long its data is kept' })
  compliance!: ComplianceDto;
}
