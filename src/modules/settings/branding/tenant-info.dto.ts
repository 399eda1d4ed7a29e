import { ObjectField, TextField } from '../../../common/http/fields.js';
import { BrandingDto } from './branding.dto.js';

export class TenantInfoDto {
  @TextField()
  slug!: string;

  @TextField({ description: 'The display name' })
  name!: string;

  @TextField({ example: 'en-US' })
  locale!: string;

  @ObjectField(() => BrandingDto)
  branding!: BrandingDto;
}
