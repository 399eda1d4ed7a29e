import { Body, Controller, Get, Header, Module, Post } from '@nestjs/common';
import { RequireMembership, Unmetered } from '../../src/access/access.decorators.js';
import { ConsumesQuota } from '../../src/access/consumes-quota.js';
import { NotFoundError } from '../../src/common/errors/app-error.js';
import { TextField } from '../../src/common/http/fields.js';
import { RequestLogService } from '../../src/modules/usage/requests/request-log.service.js';

class QuizDto {
  @TextField({ max: 20 })
  title!: string;
}

/** The work of {@link CountedController.makeQuiz}. */
export const handled = { quizzes: 0 };

export const countedRoutes = { metered: '/test/metered', unmetered: '/test/unmetered', tokens: '/test/tokens', quizzes: '/test/quizzes', things: '/test/things' } as const;

/** Routes that do nothing but count, and one that consumes. */
@Controller('test')
@RequireMembership({ apiKeys: true })
class CountedController {
  constructor(private readonly log: RequestLogService) {}

  @Get('metered')
  metered(): object {
    return {};
  }

  @Get('unmetered')
  @Unmetered()
  unmetered(): object {
    return {};
  }

  @Get('tokens')
  @Header('X-Usage-Tokens', '30')
  tokens(): object {
    this.log.addTokens(5);
    this.log.addTokens(7);
    return {};
  }

  @Post('quizzes')
  @ConsumesQuota('quizzes', 4)
  makeQuiz(@Body() { title }: QuizDto): object {
    handled.quizzes += 1;
    if (title === 'broken') throw new NotFoundError();
    if (title === 'bug') throw new Error('a bug');
    return { title };
  }

  @Post('things')
  @ConsumesQuota('things')
  makeThing(): object {
    return {};
  }

  @Post('unknown')
  @ConsumesQuota('not_in_this_catalog')
  consumeUnknown(): object {
    return {};
  }
}

@Module({ controllers: [CountedController] })
export class CountedRoutesModule {}
