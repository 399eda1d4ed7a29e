import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { TeamsController } from './teams.controller.js';
import { TeamsService } from './teams.service.js';

@Module({ imports: [MembersModule, RolesModule], controllers: [TeamsController], providers: [TeamsService] })
export class TeamsModule {}
