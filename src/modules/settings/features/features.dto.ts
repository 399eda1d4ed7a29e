import { BooleanField, ListField, TextField, TextListField } from '../../../common/http/fields.js';

export class ToggleFeatureDto {
  @TextField({ max: 63, example: 'ai_chat' })
  feature!: string;

  @BooleanField()
  enabled!: boolean;
}

export class FeatureDto {
  @TextField({ example: 'ai_chat' })
  key!: string;

  @TextField()
  name!: string;

  @TextField({ nullable: true, max: 500 })
  description!: string | null;

  @BooleanField({ description: 'Whether the plan has it' })
  available!: boolean;

  @BooleanField({ description: 'Whether it is available and switched on' })
  enabled!: boolean;
}

export class FeatureListDto {
  @TextField({ example: 'pro' })
  plan!: string;

  @ListField(() => FeatureDto)
  data!: FeatureDto[];

  @TextListField({ description: 'What the plan has' })
  available!: string[];

  @TextListField({ description: 'What is switched on' })
  enabled!: string[];
}
