import { Controller, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Authenticated, RateLimited, RequireRecentLogin, WithoutIdempotencyKey } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { PersonExportService } from './person-export.service.js';

@ApiTags('users')
@Controller('users/me/export')
@Authenticated()
export class PersonExportController {
  constructor(private readonly exports: PersonExportService) {}

  @Post()
  @RequireRecentLogin()
  @RateLimited('personExport')
  @WithoutIdempotencyKey('It changes nothing.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Export your data',
    description:
      'Returns what the installation knows of you, one JSON object in a line: first `{format, version, userId, exportedAt}`, then `{table, belongs, row}` for each row. Rows with `belongs: true` are complete, without secrets. Of rows that only name you, and may be about others, the ids, the time and the columns with your id are returned. One export of a person runs at a time.',
  })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ schema: { type: 'string' } })
  async exportPerson(@CurrentUser() { userId }: UserPrincipal): Promise<StreamableFile> {
    return new StreamableFile(await this.exports.exportPerson(userId), { type: 'application/x-ndjson', disposition: 'attachment; filename="person.ndjson"' });
  }
}
