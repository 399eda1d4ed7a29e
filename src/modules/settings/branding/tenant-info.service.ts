import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import { OrganizationNotFoundError, TenantMismatchError } from '../../../access/access.errors.js';
import { OrganizationHostsService } from '../../../access/principal/organization-hosts.service.js';
import { slugFrom, subdomainOf } from '../../../access/principal/tenant-selector.js';
import { AppConfig } from '../../../config/app-config.js';
import { DatabaseListener } from '../../../database/database-listener.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { JsonObject } from '../settings-documents.service.js';
import { shownBranding } from './branding.policy.js';
import type { TenantInfoDto } from './tenant-info.dto.js';

interface Known {
  readonly organizationId: string;
  readonly info: TenantInfoDto;
}

/** Finds the public information of the organization that a host selects, for its sign-in page. Caches it until it changes. */
@Injectable()
export class TenantInfoService {
  readonly #known = new LRUCache<string, Known>({ max: 5000 });
  #heard = 0;

  constructor(
    private readonly platform: PlatformDb,
    private readonly hosts: OrganizationHostsService,
    private readonly facts: OrganizationFactsService,
    private readonly listener: DatabaseListener,
    private readonly config: AppConfig,
  ) {
    listener.whenOpen('tenantry_organization', (organizationId) => {
      this.#heard += 1;
      for (const [key, known] of this.#known.entries()) if (organizationId === '' || known.organizationId === organizationId) this.#known.delete(key);
    });
  }

  /** @throws {InvalidTenantError | TenantMismatchError | OrganizationNotFoundError} */
  async findTenantInfo(host: string, slugHeader: string | string[] | undefined): Promise<TenantInfoDto> {
    const slugs = new Set([slugFrom(slugHeader), subdomainOf(host, this.config.appDomain)].filter((slug) => slug !== undefined));
    const id = await this.hosts.findOrganizationOfHost(host);
    if (slugs.size > 1) throw new TenantMismatchError();
    const [slug] = slugs;
    if (slug === undefined && id === undefined) throw new OrganizationNotFoundError();
    const key = `${id ?? ''}/${slug ?? ''}`;
    const known = this.listener.connected ? this.#known.get(key) : undefined;
    if (known !== undefined) return known.info;
    const asked = this.#heard;
    const found = await this.#read(id, slug);
    if (asked === this.#heard && this.listener.connected) this.#known.set(key, found);
    return found.info;
  }

  async #read(id: string | undefined, slug: string | undefined): Promise<Known> {
    const where = { ...(id === undefined ? {} : { id }), ...(slug === undefined ? {} : { slug }), deletedAt: null };
    const organization = await this.platform.organization.findFirst({ where, select: { id: true, slug: true, name: true, displayName: true, locale: true } });
    if (organization === null) throw id !== undefined && slug !== undefined ? new TenantMismatchError() : new OrganizationNotFoundError();
    const facts = await this.facts.read(organization.id);
    const row = await this.platform.settingsDocument.findFirst({ where: { organizationId: organization.id, section: 'branding' }, select: { document: true } });
    const branding = shownBranding(facts, row?.document as JsonObject | undefined);
    const name = branding.displayName ?? organization.displayName ?? organization.name;
    return { organizationId: organization.id, info: { slug: organization.slug, name, locale: organization.locale, branding } };
  }
}
