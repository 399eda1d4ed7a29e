import { Module } from '@nestjs/common';
import { ServiceKeysController } from './service-keys.controller.js';
import { ServiceKeysService } from './service-keys.service.js';

@Module({ controllers: [ServiceKeysController], providers: [ServiceKeysService], exports: [ServiceKeysService] })
export class ServiceKeysModule {}
