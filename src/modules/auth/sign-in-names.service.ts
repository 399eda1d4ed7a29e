import { Injectable } from '@nestjs/common';
import { OrganizationHostsService } from '../../access/principal/organization-hosts.service.js';
import { slugFrom, subdomainOf } from '../../access/principal/tenant-selector.js';
import { AppConfig } from '../../config/app-config.js';
import { PlatformDb } from '../../database/platform-db.js';
import { SignInNameNeededError } from './auth.errors.js';
import type { SignInName } from './sign-in.queries.js';

/** The parts of a body that name an account. */
export interface WrittenName {
  readonly email: string | undefined;
  readonly userName: string | undefined;
  readonly organization: string | undefined;
}

/** Finds the account name that a sign-in states. */
@Injectable()
export class SignInNamesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly hosts: OrganizationHostsService,
    private readonly config: AppConfig,
  ) {}

  /**
   * Returns the address, or the user name with its organization: the one that the body names, or else the one that the header or the host selects.
   *
   * @param host as `hostNameOf` returns it
   * @throws {SignInNameNeededError} without exactly one name, and for a user name without an organization
   * @throws {InvalidTenantError}
   */
  async resolveName({ email, userName, organization }: WrittenName, host: string, slugHeader: string | string[] | undefined): Promise<SignInName> {
    if (userName === undefined) {
      if (email === undefined || organization !== undefined) throw new SignInNameNeededError();
      return { email };
    }
    if (email !== undefined) throw new SignInNameNeededError();
    const slug = organization ?? slugFrom(slugHeader) ?? subdomainOf(host, this.config.appDomain);
    const id = slug === undefined ? await this.hosts.findOrganizationOfHost(host) : undefined;
    if (slug === undefined && id === undefined) throw new SignInNameNeededError();
    const found = await this.platform.organization.findFirst({ where: { ...(id === undefined ? { slug: slug ?? '' } : { id }), deletedAt: null }, select: { id: true } });
    return { organizationId: found?.id ?? null, organization: slug ?? id ?? '', userName };
  }
}
