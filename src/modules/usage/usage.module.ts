import { Module } from '@nestjs/common';
import { LimitsController } from './limits.controller.js';
import { MeterReadings } from './meter-readings.service.js';

@Module({ controllers: [LimitsController], providers: [MeterReadings], exports: [MeterReadings] })
export class UsageModule {}
