import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { ListMailsQuery, MailDto, MailPageDto, ReportMailBounceDto } from './platform-mails.dto.js';
import { PlatformMailsService } from './platform-mails.service.js';

@ApiTags('platform')
@Controller('platform/mails')
@PlatformAdminOnly()
export class PlatformMailsController {
  constructor(private readonly mails: PlatformMailsService) {}

  @Get()
  @ApiOperation({
    summary: 'List mails',
    description: 'Lists the outbox, newest first. Mails that were sent, have failed or were dropped are deleted 30 days after they were queued.',
  })
  @ApiOkResponse({ type: MailPageDto })
  listMails(@Query() query: ListMailsQuery): Promise<MailPageDto> {
    return this.mails.listMails(query);
  }

  @Get(':mailId')
  @ApiOperation({ summary: 'Retrieve a mail', description: 'Returns a mail without its content, which can contain links that give access.' })
  @ApiOkResponse({ type: MailDto })
  getMail(@IdParam('mailId') id: string): Promise<MailDto> {
    return this.mails.getMail(id);
  }

  @Post(':mailId/resend')
  @WithoutRecentLogin('The mail goes to the address that it was written to.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resend a mail',
    description:
      'Attempts a failed mail again, or a queued one at once, for up to five days more. Changes nothing while an attempt is under way. A mail whose link has expired is refused (`mail_link_expired`), as is one that was sent or dropped (`mail_content_erased`).',
  })
  @ApiOkResponse({ type: MailDto })
  resendMail(@IdParam('mailId') id: string): Promise<MailDto> {
    return this.mails.resendMail(id);
  }

  @Post(':mailId/drop')
  @WithoutRecentLogin('It gives nobody access.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Drop a mail',
    description:
      'Erases the content of a queued or failed mail, which is then not sent, unless an attempt is under way. Has no effect on a mail that was dropped before. A mail that was sent is refused (`mail_sent`).',
  })
  @ApiOkResponse({ type: MailDto })
  dropMail(@IdParam('mailId') id: string): Promise<MailDto> {
    return this.mails.dropMail(id);
  }

  @Post(':mailId/bounce')
  @WithoutRecentLogin('It gives nobody access.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Report that a mail bounced',
    description:
      'Records that a mail which the mail server had accepted was not delivered. With a permanent failure of the address, mails of organizations to it are dropped until it is verified again or this mail is dropped. Has no effect on a mail that was not sent, or whose failure is recorded.',
  })
  @ApiOkResponse({ type: MailDto })
  reportMailBounce(@IdParam('mailId') id: string, @Body() report: ReportMailBounceDto): Promise<MailDto> {
    return this.mails.reportBounce(id, report);
  }
}
