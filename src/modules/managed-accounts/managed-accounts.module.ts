import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MembersModule } from '../members/members.module.js';
import { ManagedAccountsController } from './managed-accounts.controller.js';
import { ManagedAccountsService } from './managed-accounts.service.js';

/** Accounts without an address, which an organization makes and manages. */
@Module({ imports: [AuthModule, MembersModule], controllers: [ManagedAccountsController], providers: [ManagedAccountsService] })
export class ManagedAccountsModule {}
