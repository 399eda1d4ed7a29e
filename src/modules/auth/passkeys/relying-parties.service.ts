import { Injectable } from '@nestjs/common';
import { WebOriginsService } from '../../../access/principal/web-origins.service.js';
import { AppConfig } from '../../../config/app-config.js';
import { PasskeyOriginError } from './passkeys.errors.js';

/** Where passkeys are used: the origin of a page, and the domain (RP ID) to which browsers bind them. */
export interface RelyingParty {
  readonly origin: string;
  readonly rpId: string;
  /** The organization whose verified custom domain has the page; null for pages of the installation. */
  readonly hostOrganizationId: string | null;
}

/** Decides at which domains passkeys work: that of `APP_URL`, those of `CORS_ORIGINS`, and verified custom domains. */
@Injectable()
export class RelyingPartiesService {
  readonly #own: URL;

  constructor(
    config: AppConfig,
    private readonly origins: WebOriginsService,
  ) {
    this.#own = new URL(config.appUrl);
  }

  /**
   * @param origin of the page that sent the request; the one of `APP_URL` without it
   * @throws {PasskeyOriginError}
   */
  async findRelyingParty(origin: string = this.#own.origin): Promise<RelyingParty> {
    const server = origin === this.#own.origin ? { organizationId: null } : await this.origins.findServer(origin);
    if (server === undefined) throw new PasskeyOriginError(origin);
    const { hostname } = new URL(origin);
    const sharesOwn = server.organizationId === null && hostname.endsWith(`.${this.#own.hostname}`);
    return { origin, rpId: sharesOwn ? this.#own.hostname : hostname, hostOrganizationId: server.organizationId };
  }
}
