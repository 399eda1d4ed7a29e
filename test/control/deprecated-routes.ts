import { Body, Controller, Module, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated } from '../../src/access/access.decorators.js';
import { Deprecated } from '../../src/common/http/deprecation.js';
import { TextField } from '../../src/common/http/fields.js';

export const deprecation = { since: '2026-12-01', sunset: '2027-12-01', link: 'https://example.com/replacement' } as const;

class OldQuery {
  @TextField({ optional: true, description: 'An old parameter.', deprecated: deprecation })
  color?: string;
}

class OldDto {
  @TextField({ max: 20, description: 'An old field.', deprecated: deprecation })
  title!: string;
}

/** A route of a product that is deprecated, with a parameter and a field that are deprecated, too. */
@ApiTags('teams')
@Controller('test/old')
class DeprecatedController {
  @Post()
  @Authenticated()
  @Deprecated(deprecation)
  @ApiOperation({ summary: 'Make an old thing' })
  makeOldThing(@Body() { title }: OldDto, @Query() { color }: OldQuery): object {
    return { title, color };
  }
}

@Module({ controllers: [DeprecatedController] })
export class DeprecatedRoutesModule {}
