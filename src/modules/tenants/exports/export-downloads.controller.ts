import { Controller, Get, Headers, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../../access/access.decorators.js';
import { TextField } from '../../../common/http/fields.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { wantedBytes } from './byte-range.js';
import { ExportDownloadsService } from './export-downloads.service.js';

export class DownloadExportQuery {
  @TextField({ max: 1024, example: 'eyJ1IjoiMDFhMWZiZmUifQ.c2lnbmF0dXJl', description: 'The signed content of the link' })
  link!: string;
}

@ApiTags('organizations')
@Controller('organization-exports/:exportId/download')
export class ExportDownloadsController {
  constructor(private readonly downloads: ExportDownloadsService) {}

  @Get()
  @Public()
  @ApiOperation({
    summary: 'Download the file of an export',
    description: 'Returns the archive of a link. Resume a download with `Range: bytes=<first>-` and `If-Range: <ETag>`. Answers 404 to links that are invalid or have expired.',
  })
  @ApiHeader({ name: 'range', required: false, description: 'One range of bytes (RFC 9110, section 14)', example: 'bytes=1048576-' })
  @ApiHeader({ name: 'if-range', required: false, description: 'The ETag of the earlier answer. With another one, the whole file is returned.' })
  @ApiProduces('application/zip')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 206, description: 'The bytes of the range', content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } } })
  async downloadExport(
    @IdParam('exportId') id: string,
    @Query() { link }: DownloadExportQuery,
    @Headers('range') range: string | undefined,
    @Headers('if-range') ifRange: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.downloads.findFile(id, link);
    const etag = `"${file.version}"`;
    reply.header('etag', etag).header('accept-ranges', 'bytes').header('referrer-policy', 'no-referrer');
    const wanted = wantedBytes(ifRange === undefined || ifRange === etag ? range : undefined, file.bytes);
    if (wanted.isPart) reply.status(206).header('content-range', `bytes ${wanted.start}-${wanted.end}/${file.bytes}`);
    return new StreamableFile(file.read(wanted), { type: 'application/zip', length: wanted.end - wanted.start + 1, disposition: `attachment; filename="${file.name}"` });
  }
}
