import { BooleanField, ListField, TextField, TextListField } from '../../../common/http/fields.js';
import { WholeList } from '../../../common/http/pages/page.js';

export class ToggleFeatureDto {
  @TextField({ max: 63, example: 'custom_roles', description: 'The key of an available feature' })
  feature!: string;

  @BooleanField({ description: 'false disables the feature for all members' })
  enabled!: boolean;
}

export class FeatureDto {
  @TextField({ example: 'custom_roles', description: 'The key of the feature' })
  key!: string;

  @TextField({ description: 'The name of the feature, for people' })
  name!: string;

  @TextField({ nullable: true, max: 500, multiline: true, description: 'A text about the feature; null without one' })
  description!: string | null;

  @BooleanField({ description: 'Whether the organization is entitled to the feature' })
  available!: boolean;

  @BooleanField({ description: 'Whether the feature is available and not disabled' })
  enabled!: boolean;

  @BooleanField({ description: 'Whether it decides about security: only users with the permission security:write can enable and disable it' })
  security!: boolean;
}

export class FeatureListDto extends WholeList {
  @TextField({ example: 'pro', description: 'The key of the present plan' })
  plan!: string;

  @ListField(() => FeatureDto, { description: 'The features of the catalog' })
  data!: FeatureDto[];

  @TextListField({ description: 'Keys of the available features' })
  available!: string[];

  @TextListField({ description: 'Keys of the enabled features' })
  enabled!: string[];
}
