import { Injectable } from '@nestjs/common';
import { featureRefusal } from '../../../access/access-decision.js';
import { OrganizationFactsService } from '../../../access/organization/organization-facts.service.js';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { closedState } from '../../../access/organization/organization-state.policy.js';
import { offeredMethods, type SignInMethod } from '../../../access/sign-in-method.js';
import { needsConnection } from '../../../access/ways-in.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { emailDomainOf } from '../../../common/text/internet-names.js';
import { AppConfig } from '../../../config/app-config.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { Organization, SsoConnection } from '../../../generated/prisma/client.js';

/** Matches the email domains of which an organization has proved the ownership, and still proves it. */
export const provedDomain = (email: string) => ({ kind: 'email', name: emailDomainOf(email), grade: 'ownership', failingSince: null }) as const;

/** A connection with the organization that can use it. */
export type UsableConnection = SsoConnection & { readonly organization: Organization };

/** How an address signs in. */
export interface SignInWays {
  /** `required`: whether the organization accepts single sign-on alone. */
  readonly connections: readonly { readonly connection: SsoConnection; readonly required: boolean }[];
  readonly methods: SignInMethod[];
}

/** Finds the connections with which an address signs in. */
@Injectable()
export class SsoDiscoveryService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly facts: OrganizationFactsService,
    private readonly config: AppConfig,
  ) {}

  /** Returns how an address signs in: the connections of the organizations that have proved its domain, and the ways that the installation offers. The answer does not depend on accounts. */
  async discoverSignIn(email: string): Promise<SignInWays> {
    const organizations = await this.platform.organization.findMany({
      where: { deletedAt: null, domains: { some: provedDomain(email) } },
      include: { ssoConnections: { where: { enabled: true }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] } },
      orderBy: { id: 'asc' },
      take: 20,
    });
    const usable = await Promise.all(
      organizations.map(async (organization) => {
        const facts = await this.#factsIfUsable(organization);
        if (facts === undefined) return [];
        const required = needsConnection(this.config, facts.policy);
        return organization.ssoConnections.map((connection) => ({ connection, required }));
      }),
    );
    const connections = usable.flat();
    return { connections, methods: offeredMethods(this.config).filter((method) => method !== 'sso' || connections.length > 0) };
  }

  /** @throws {NotFoundError} unless the connection is enabled and its organization can use it */
  async findConnection(id: string): Promise<UsableConnection> {
    const found = await this.platform.ssoConnection.findFirst({ where: { id, enabled: true, organization: { deletedAt: null } }, include: { organization: true } });
    if (found === null || (await this.#factsIfUsable(found.organization)) === undefined) throw new NotFoundError();
    return found;
  }

  /** @throws {FeatureNotInPlanError | FeatureDisabledError} when the organization has not the feature: it then gets no new members by single sign-on, and no set-up links */
  async assertHasFeature({ id, accessVersion }: Pick<Organization, 'id' | 'accessVersion'>): Promise<void> {
    const refusal = featureRefusal('sso', await this.facts.get(id, accessVersion));
    if (refusal !== undefined) throw refusal;
  }

  /**
   * Returns the facts of an organization that can use its connections. An organization that accepts single sign-on alone keeps it for its members when its plan loses the feature. Otherwise they would be locked out, or a bill would open the doors
   * that the organization has closed.
   */
  async #factsIfUsable(organization: Organization): Promise<OrganizationFacts | undefined> {
    if (closedState(organization) !== undefined) return undefined;
    const facts = await this.facts.get(organization.id, organization.accessVersion);
    return needsConnection(this.config, facts.policy) || featureRefusal('sso', facts) === undefined ? facts : undefined;
  }
}
