import { ConflictException, Controller, Get, Module, NotFoundException } from '@nestjs/common';
import { Public } from '../../src/access/access.decorators.js';

/** Routes of a product that throw the exceptions of NestJS instead of errors of the application. */
@Controller('test/exceptions')
class OwnExceptionsController {
  @Get('not-found')
  @Public()
  notFound(): never {
    throw new NotFoundException('no such quiz');
  }

  @Get('conflict')
  @Public()
  conflict(): never {
    throw new ConflictException('the quiz has begun');
  }
}

@Module({ controllers: [OwnExceptionsController] })
export class OwnExceptionsModule {}
