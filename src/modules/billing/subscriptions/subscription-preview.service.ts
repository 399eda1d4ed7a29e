import { Injectable } from '@nestjs/common';
import { Entitlements, featureOf, type EntitlementOverrides, type EntitlementSet } from '../../../access/organization/entitlements.js';
import { Clock } from '../../../common/clock.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import { amountOf, totalOf } from '../terms/prices.policy.js';
import { quantitiesByKey, toCharges, type LockedOutDto, type LockedOutRoleDto, type SubscriptionPreviewDto } from './subscription.dto.js';
import type { WantedTerms } from '../terms/wanted-terms.policy.js';
import { SubscriptionStoreService } from './subscription-store.service.js';
import { basisOf, SubscriptionUsageService } from './subscription-usage.service.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** Says what a change would cost and take away; changes nothing. */
@Injectable()
export class SubscriptionPreviewService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly subscriptions: SubscriptionsService,
    private readonly usage: SubscriptionUsageService,
    private readonly entitlements: Entitlements,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidSubscriptionError} */
  async of(organizationId: string, wanted: WantedTerms): Promise<SubscriptionPreviewDto> {
    const now = this.clock.now();
    return this.platform.$transaction(async (tx) => {
      const locked = await this.store.lock(tx, organizationId);
      const { change, lines, currency } = await this.subscriptions.work(tx, locked, wanted, now);
      const terms = change.next ?? change.now;
      const overLimits = await this.usage.excess(tx, organizationId, terms, now);
      const current = this.subscriptions.termsOf(locked.subscription);
      const obstacles = await this.usage.obstacles(tx, organizationId, current, terms, now);
      const overrides = await this.usage.overridesOf(tx, organizationId);
      const wouldHave = this.#entitled(basisOf(terms), overrides);
      const features = featuresBetween(this.#entitled({ ...basisOf(current), plan: locked.organization.plan }, overrides), wouldHave);
      return {
        effectiveAt: change.next === undefined ? now : (locked.subscription.periodEnd ?? now),
        plan: terms.plan.key,
        seats: terms.seats ?? null,
        addOns: quantitiesByKey(terms.addOns),
        addOnsLost: current.addOns.map(({ addOn }) => addOn.key).filter((key) => !terms.addOns.some(({ addOn }) => addOn.key === key)),
        currency: currency ?? null,
        dueNow: totalOf(lines),
        lines: toCharges(lines),
        amountPerPeriod: amountOf(terms, currency),
        ...features,
        overLimits,
        lockedOut: await this.#lockedOut(
          tx,
          organizationId,
          wouldHave,
          overLimits.find(({ meter }) => meter === 'seats'),
        ),
        possible: obstacles.length === 0,
      };
    });
  }

  /** What the operator has given or taken stays, whatever is bought. */
  #entitled(basis: ReturnType<typeof basisOf>, overrides: EntitlementOverrides): EntitlementSet {
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

/** The custom roles, each with how many have it, by themselves or by a team. */
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
