import { Injectable } from '@nestjs/common';
import { CursorCodec, scopeOf } from '../../../common/http/pages/cursor.js';
import type { Page } from '../../../common/http/pages/page.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { AuditEventDto, ListPlatformAuditLogsQuery } from './audit-log.dto.js';
import { AuditChainService } from '../hash-chain/audit-chain.service.js';
import { toAuditEventDto } from './audit-event-body.js';
import { eventsQuery } from './audit-log.queries.js';
import { platformChain, type EventRow } from '../hash-chain/event-hash.js';
import { PlatformAccessLogService } from '../access-log/platform-access-log.service.js';

/** Lists the audit events of the platform or of any organization, including erased ones, for operators. */
@Injectable()
export class PlatformAuditLogService {
  readonly #cursors: CursorCodec;

  constructor(
    private readonly platform: PlatformDb,
    private readonly accessLog: PlatformAccessLogService,
    private readonly chains: AuditChainService,
    config: AppConfig,
  ) {
    this.#cursors = new CursorCodec(config.appSecret);
  }

  /** @throws {MalformedRequestError} when the cursor does not belong to this list */
  async listEvents({ limit = 20, cursor, organizationId: requestedId, ...filter }: ListPlatformAuditLogsQuery): Promise<Page<AuditEventDto>> {
    const organizationId = requestedId ?? null;
    const scope = scopeOf(`platform audit logs ${organizationId}`, filter);
    const before = cursor === undefined ? undefined : this.#cursors.decode(cursor, scope).value;
    await this.chains.chainEventsOf(organizationId ?? platformChain);
    const rows = await this.platform.$queryRaw<EventRow[]>(eventsQuery({ organizationId, filter, before, limit: limit + 1 }));
    const data = rows.slice(0, limit).map(toAuditEventDto);
    const last = data.at(-1);
    if (organizationId !== null) await this.accessLog.recordOrganizationRead(organizationId);
    return { data, nextCursor: rows.length > limit && last !== undefined ? this.#cursors.encode({ value: String(last.sequence), id: last.id }, scope) : null };
  }
}
