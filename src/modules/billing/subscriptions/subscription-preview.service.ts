import { Injectable } from '@nestjs/common';
import { Entitlements, featureOf, type EntitlementOverrides, type EntitlementSet } from '../../../access/organization/entitlements.js';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { InvalidSubscriptionError } from '../billing.errors.js';
import { priceChange } from '../terms/decide-change.policy.js';
import { amountOf, totalOf } from '../terms/prices.policy.js';
import { termsOf } from '../terms/subscription-terms.policy.js';
import { blockingExcess, excessOver } from '../terms/usage-limits.policy.js';
import { quantitiesByKey, toCharges, type LockedOutDto, type LockedOutRoleDto, type SubscriptionPreviewDto } from './subscription.dto.js';
import type { WantedTerms } from '../terms/wanted-terms.policy.js';
import { SubscriptionStoreService } from './subscription-store.service.js';
import { entitlementBasisOf, SubscriptionFactsService } from './subscription-facts.service.js';

/** Previews what a change would cost and take away, without making it. */
@Injectable()
export class SubscriptionPreviewService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly facts: SubscriptionFactsService,
    private readonly organizations: OrganizationEntitlementsService,
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidSubscriptionError} */
  async previewSubscriptionChange(organizationId: string, wanted: WantedTerms): Promise<SubscriptionPreviewDto> {
    const now = this.clock.now();
    return this.platform.$transaction(
      async (tx) => {
        const { subscription, organization } = await this.store.lockSubscription(tx, organizationId);
        const facts = await this.facts.readChangeFacts(tx, subscription, now);
        const change = priceChange(subscription, wanted, facts);
        if ('problem' in change) throw new InvalidSubscriptionError(change);
        const { lines, currency } = change;
        const terms = change.next ?? change.now;
        const current = termsOf(subscription, this.catalog);
        const overLimits = excessOver(terms, facts);
        const overrides = await this.organizations.readOverrides(tx, organizationId);
        const after = this.#entitlementsOf(entitlementBasisOf(terms), overrides);
        const before = this.#entitlementsOf({ ...entitlementBasisOf(current), plan: organization.plan }, overrides);
        return {
          effectiveAt: change.next === undefined ? now : (subscription.periodEnd ?? now),
          plan: terms.plan.key,
          seats: terms.seats ?? null,
          addOns: quantitiesByKey(terms.addOns),
          addOnsLost: current.addOns.map(({ addOn }) => addOn.key).filter((key) => !terms.addOns.some(({ addOn }) => addOn.key === key)),
          currency: currency ?? null,
          dueNow: totalOf(lines),
          lines: toCharges(lines),
          amountPerPeriod: amountOf(terms, currency),
          ...featuresBetween(before, after),
          overLimits,
          lockedOut: await this.#lockedOut(
            tx,
            organizationId,
            after,
            overLimits.find(({ meter }) => meter === 'seats'),
          ),
          possible: blockingExcess(current, terms, facts).length === 0,
        };
      },
      { locksOrganization: organizationId },
    );
  }

  /** The operator's overrides apply before and after the change. */
  #entitlementsOf(basis: ReturnType<typeof entitlementBasisOf>, overrides: EntitlementOverrides): EntitlementSet {
    return this.entitlements.entitlementsFor({ ...basis, disabledFeatures: new Set(), overrides });
  }

  async #lockedOut(tx: PlatformTransaction, organizationId: string, set: EntitlementSet, seats: { used: number; limit: number } | undefined): Promise<LockedOutDto> {
    const lacks = (feature: string): boolean => !featureOf(set, feature).available;
    return {
      customRoles: lacks('custom_roles') ? await rolesWithHolders(tx, organizationId) : [],
      apiKeys: lacks('api_access') ? await tx.apiKey.findMany({ where: { organizationId }, select: { id: true, name: true }, orderBy: { name: 'asc' } }) : [],
      members: seats === undefined ? 0 : seats.used - seats.limit,
    };
  }
}

/** Returns the custom roles, each with the number of members who hold it directly or through a team. */
const rolesWithHolders = (tx: PlatformTransaction, organizationId: string): Promise<LockedOutRoleDto[]> =>
  tx.$queryRaw`
    select r.key, r.name, (select count(*)::int from (
             select m.user_id from member_roles m where m.organization_id = r.organization_id and m.role_id = r.id
              union
             select m.user_id from team_roles t join team_members m on m.organization_id = t.organization_id and m.team_id = t.team_id
              where t.organization_id = r.organization_id and t.role_id = r.id) holders) as members
      from custom_roles r where r.organization_id = ${organizationId}::uuid order by r.key`;

function featuresBetween({ features: before }: EntitlementSet, { features: after }: EntitlementSet): { featuresLost: string[]; featuresGained: string[] } {
  const has = (set: typeof before, feature: string): boolean => set.get(feature)?.available === true;
  return {
    featuresLost: [...before.keys()].filter((feature) => has(before, feature) && !has(after, feature)),
    featuresGained: [...after.keys()].filter((feature) => has(after, feature) && !has(before, feature)),
  };
}
