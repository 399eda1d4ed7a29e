import { ObjectField, TextField } from '../../../common/http/fields.js';
import { BrandingDto } from './branding.dto.js';

export class TenantInfoDto {
  @TextField({ description: 'The unique short name of the organization, for addresses' })
  slug!: string;

  @TextField({ description: 'The display name' })
  name!: string;

  @TextField({ example: 'en-US', description: 'The default language of the organization, as a BCP 47 tag' })
  locale!: string;

  @ObjectField(() => BrandingDto, { description: 'Logo, colors and addresses for pages before the sign-in' })
  branding!: BrandingDto;
}
