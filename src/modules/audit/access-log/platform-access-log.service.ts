import { Injectable } from '@nestjs/common';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';

/** Records reads by operators, of an export or of the audit log, in the access log of the organization. */
@Injectable()
export class PlatformAccessLogService {
  constructor(
    private readonly platform: PlatformPool,
    private readonly context: TenantContext,
  ) {}

  /** Records that the whole organization was read, if its compliance settings require that. @param idOrSlug of the organization */
  async recordOrganizationRead(idOrSlug: string): Promise<void> {
    const { actorId, actorName, action = 'unknown', ip, userAgent, requestId } = this.context.work;
    await this.platform.query(
      `with entry as (
         insert into public.access_log (organization_id, id, actor_kind, actor_id, actor_name, action, ip, user_agent, request_id)
         select o.id, gen_random_uuid(), 'operator', $2, $3, $4, $5, $6, $7
           from public.organizations o join public.settings_documents d on d.organization_id = o.id
          where (o.id::text = $1 or o.slug = $1) and d.section = 'compliance' and (d.document -> 'ferpa' = 'true' or d.document -> 'gdpr' = 'true')
         returning organization_id, id)
       insert into public.access_log_records (organization_id, entry_id, record_id) select organization_id, id, organization_id::text from entry`,
      [idOrSlug, actorId, actorName, action, ip, userAgent, requestId],
    );
  }
}
