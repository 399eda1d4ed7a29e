import { Injectable } from '@nestjs/common';
import { isWebOrigin } from '../../common/http/web-origin.js';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseListener } from '../../database/database-listener.js';
import { PlatformPool } from '../../database/wire/platform-pool.js';
import { OriginNotAllowedError } from '../access.errors.js';
import { OrganizationHostsService } from './organization-hosts.service.js';
import { OwnerCache } from './owner-cache.js';
import type { PrincipalMembership } from './principal.js';

const originSql = `select organization_id as id from settings_documents where section = 'security' and document -> 'webOrigins' ? $1::text limit 1`;

/** The server of a page. */
export interface PageServer {
  /** Null for the installation. */
  readonly organizationId: string | null;
}

/**
 * Decides which pages may call the API: those of the installation (`CORS_ORIGINS`), and those of organizations, which list origins in their security settings or
 * have a verified custom domain.
 */
@Injectable()
export class WebOriginsService {
  /** The organizations that list an origin: one of them for each. */
  readonly #owners: OwnerCache;

  constructor(
    private readonly config: AppConfig,
    private readonly hosts: OrganizationHostsService,
    private readonly platform: PlatformPool,
    listener: DatabaseListener,
  ) {
    this.#owners = new OwnerCache(listener, (origin) => this.#readOwner(origin));
  }

  /**
   * Whether pages of an origin may call the API for the installation or for any organization. A preflight request names no organization, and neither does a login.
   *
   * Answers synchronously for origins of the installation.
   */
  isKnown(origin: string): boolean | Promise<boolean> {
    // A failed lookup is no reason to fail a request: its page cannot read the answer.
    return this.#isOfInstallation(origin) || (isWebOrigin(origin) && this.#isOfOrganizations(origin).catch(() => false));
  }

  /**
   * Checks that pages of an origin may call the API for an organization. Passes unknown origins: their pages cannot read an answer, and other programs send any.
   *
   * @param isReadable whether the page can read the answer: its origin was known when the request arrived, and may be unknown since
   * @throws {OriginNotAllowedError} when only other organizations have the origin, or no longer any
   */
  async assertAllowed(origin: string, isReadable: boolean, { organizationId, facts }: PrincipalMembership): Promise<void> {
    if (this.#isOfInstallation(origin) || facts.policy.webOrigins.includes(origin) || !isWebOrigin(origin)) return;
    const ownerOfHost = await this.#ownerOfHost(origin);
    if (ownerOfHost === organizationId) return;
    if (isReadable || ownerOfHost !== undefined || (await this.#owners.find(origin)) !== undefined) throw new OriginNotAllowedError(origin);
  }

  /**
   * Returns who serves the pages of an origin: the installation, or the organization that has it as its verified custom domain. An origin that an organization only
   * lists proves nothing about who has it, and neither does `CORS_ORIGINS=*`.
   *
   * @returns undefined for every other origin
   */
  async findServer(origin: string): Promise<PageServer | undefined> {
    if (!isWebOrigin(origin)) return undefined;
    if (this.config.corsOrigins !== '*' && this.#isOfInstallation(origin)) return { organizationId: null };
    const organizationId = await this.#ownerOfHost(origin);
    return organizationId === undefined ? undefined : { organizationId };
  }

  #isOfInstallation(origin: string): boolean {
    const { corsOrigins } = this.config;
    return corsOrigins === '*' || corsOrigins.some((known) => (typeof known === 'string' ? known === origin : known.test(origin)));
  }

  async #isOfOrganizations(origin: string): Promise<boolean> {
    return (await this.#ownerOfHost(origin)) !== undefined || (await this.#owners.find(origin)) !== undefined;
  }

  /** Returns the organization whose verified custom domain serves the pages. */
  #ownerOfHost(origin: string): string | undefined | Promise<string | undefined> {
    const { hostname } = new URL(origin);
    return origin === `https://${hostname}` ? this.hosts.findOrganizationOfHost(hostname) : undefined;
  }

  async #readOwner(origin: string): Promise<string | undefined> {
    const { rows } = await this.platform.read<{ id: string }>({ text: originSql, values: [origin], quick: true });
    return rows[0]?.id;
  }
}
