import { Injectable } from '@nestjs/common';
import { beyondCeiling } from '../../../access/permission-ceiling.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { EventTypesService } from '../../events/event-types.service.js';
import { MemberCeilingsService } from '../../members/member-ceilings.service.js';
import type { WebhookTurn } from './webhook-queue.queries.js';

/** A webhook is a grant: it receives only what the member who saved it may read at present. */
@Injectable()
export class WebhookGrantsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly ceilings: MemberCeilingsService,
    private readonly types: EventTypesService,
  ) {}

  /** Whether the granter of a webhook may read all events that it receives: an operator those of all organizations. */
  async mayReceive({ organizationId, ofPlatform, grantedById, sentTypes }: Pick<WebhookTurn, 'organizationId' | 'ofPlatform' | 'grantedById' | 'sentTypes'>): Promise<boolean> {
    if (ofPlatform) return grantedById !== null && (await this.platform.platformAdmin.count({ where: { userId: grantedById, user: { disabledAt: null } } })) > 0;
    const granters = grantedById === null ? [] : [grantedById];
    const [holder] = (await this.ceilings.readCeilings(this.platform, granters, organizationId)).values();
    return beyondCeiling(holder, { permissions: this.types.permissionsOf(sentTypes ?? []) }).length === 0;
  }
}
