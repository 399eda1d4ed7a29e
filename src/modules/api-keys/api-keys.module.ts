import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';

@Module({ imports: [MembersModule], controllers: [ApiKeysController], providers: [ApiKeysService] })
export class ApiKeysModule {}
