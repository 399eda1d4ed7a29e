import { Controller, Get, Injectable, Module, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PassThrough } from 'node:stream';
import { Public } from '../../src/access/access.decorators.js';

/** The content of the answer, which the test writes. */
@Injectable()
export class StreamedAnswers {
  readonly content = new PassThrough();
}

/** A route of a product whose answer takes as long as the test wants. */
@ApiTags('teams')
@Controller('test/streamed')
class StreamedController {
  constructor(private readonly answers: StreamedAnswers) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'Return a long answer' })
  returnLongAnswer(): StreamableFile {
    return new StreamableFile(this.answers.content);
  }
}

@Module({ controllers: [StreamedController], providers: [StreamedAnswers] })
export class StreamedRoutesModule {}
