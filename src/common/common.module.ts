import { Global, Module } from '@nestjs/common';
import { Pages } from './http/page.js';

@Global()
@Module({ providers: [Pages], exports: [Pages] })
export class CommonModule {}
