import { Injectable } from '@nestjs/common';
import type { PrincipalMembership } from '../../../access/principal/principal.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { TenantDb } from '../../../database/tenant-db.js';
import { shownBranding } from '../branding/branding.policy.js';
import { toEntitlementsDto } from '../features/entitlements.dto.js';
import { toComplianceDto } from '../security/compliance.dto.js';
import type { JsonObject } from '../settings-documents.service.js';
import { settingsVisibleTo } from '../settings.policy.js';
import type { CurrentTenantDto } from './tenant.dto.js';

/** Reads what a front end or a backend needs of an organization to begin with, in one statement: the request has read the settings and entitlements already. */
@Injectable()
export class TenantService {
  constructor(
    private readonly db: TenantDb,
    private readonly catalog: Catalog,
  ) {}

  /** @throws {NotFoundError} */
  async readTenant({ facts, permissions }: PrincipalMembership): Promise<CurrentTenantDto> {
    const organization = await this.db.organization.findFirst({
      select: {
        id: true,
        slug: true,
        name: true,
        timezone: true,
        locale: true,
        settingsDocuments: { where: { section: { in: ['branding', 'compliance'] } }, select: { section: true, document: true } },
      },
    });
    if (organization === null) throw new NotFoundError();
    const { settingsDocuments, ...profile } = organization;
    const documents = new Map(settingsDocuments.map(({ section, document }) => [section, document as JsonObject]));
    return {
      ...profile,
      ...toEntitlementsDto(facts.entitlements, (meter) => this.catalog.decimalsOf(meter)),
      settings: settingsVisibleTo(permissions, facts.settings, this.catalog.settings),
      branding: shownBranding(facts, documents.get('branding')),
      compliance: toComplianceDto(documents.get('compliance') ?? {}),
    };
  }
}
