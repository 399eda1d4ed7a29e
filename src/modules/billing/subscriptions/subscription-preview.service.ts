import { Injectable } from '@nestjs/common';
import { Entitlements, featureOf, quantitiesByKey, type EntitlementOverrides, type EntitlementSet } from '../../../access/organization/entitlements.js';
import { OrganizationEntitlementsService } from '../../../access/organization/organization-entitlements.service.js';
import { dayOf } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { rehearse } from '../../../database/locks.js';
import { PlatformDb } from '../../../database/platform-db.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { InvalidSubscriptionError } from '../billing.errors.js';
import { readBalances } from '../invoices/documents.queries.js';
import { UsageChargesService } from '../invoices/usage-charges.service.js';
import { PaymentProvider } from '../providers/payment-provider.js';
import { isBoughtByCheckout, purchaseOf, type CheckoutOffer } from '../terms/checkout.policy.js';
import { DueSteps } from './due-steps.js';
import { decideChange, priceChange, purchaseCondition, type ChangeFacts, type PricedChange } from '../terms/decide-change.policy.js';
import { planDocuments } from '../terms/documents.policy.js';
import { amountOf, periodLines, totalOf, type Line } from '../terms/prices.policy.js';
import { hasLapsed } from '../terms/subscription-status.policy.js';
import { termsOf } from '../terms/subscription-terms.policy.js';
import { taxTermsFor, untaxed } from '../terms/taxes.policy.js';
import { excessOver } from '../terms/usage-limits.policy.js';
import { toUsageCost } from './subscription.dto.js';
import { toCharges, toCreditPreview, type LockedOutDto, type LockedOutRoleDto, type SubscriptionPreviewDto } from './subscription-preview.dto.js';
import { quantitiesOf, type WantedTerms } from '../terms/wanted-terms.policy.js';
import { isCollectedByProvider, type Collection } from '../terms/provider-request.js';
import { SubscriptionStoreService, type LockedSubscription } from './subscription-store.service.js';
import { entitlementBasisOf, SubscriptionFactsService } from './subscription-facts.service.js';

type PreviewedDocuments = Pick<SubscriptionPreviewDto, 'lines' | 'subtotal' | 'tax' | 'total' | 'balanceApplied' | 'dueNow' | 'credits'>;

/** Previews what a change would cost and take away, without making it. */
@Injectable()
export class SubscriptionPreviewService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly store: SubscriptionStoreService,
    private readonly facts: SubscriptionFactsService,
    private readonly dueSteps: DueSteps,
    private readonly organizations: OrganizationEntitlementsService,
    private readonly catalog: Catalog,
    private readonly entitlements: Entitlements,
    private readonly usage: UsageChargesService,
    private readonly provider: PaymentProvider,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidSubscriptionError} */
  async previewSubscriptionChange(organizationId: string, wanted: WantedTerms): Promise<SubscriptionPreviewDto> {
    const now = this.clock.now();
    return this.platform.$transaction(
      async (tx) => {
        const locked = await this.store.lockSubscription(tx, organizationId);
        // A renewal that is due comes first. It is only rehearsed: the preview changes nothing.
        return rehearse(tx, async () => this.#preview(tx, await this.dueSteps.carryOutDueSteps(tx, locked, now), wanted, now));
      },
      { locksOrganization: organizationId },
    );
  }

  async #preview(tx: PlatformTransaction, { subscription, organization }: LockedSubscription, wanted: WantedTerms, now: Date): Promise<SubscriptionPreviewDto> {
    const { organizationId } = subscription;
    const facts = await this.facts.readChangeFacts(tx, subscription, now);
    const change = priceChange(subscription, wanted, facts);
    if ('problem' in change) throw new InvalidSubscriptionError(change);
    const { currency } = change;
    const offer = isBoughtByCheckout(change, wanted, facts) ? this.provider.offerCheckout(purchaseOf(subscription, change, facts)) : undefined;
    const waitsFor = purchaseCondition(subscription, change, facts);
    const { lines, ...documents } = offer === undefined ? await this.#priceDocuments(tx, { subscription, organization }, { change, facts, waitsFor }) : documentsOfOffer(offer);
    const terms = change.next ?? change.now;
    const current = termsOf(subscription, this.catalog);
    const overLimits = excessOver(terms, facts);
    const overrides = await this.organizations.readOverrides(tx, organizationId);
    const after = this.#entitlementsOf(entitlementBasisOf(terms), overrides);
    const before = this.#entitlementsOf({ ...entitlementBasisOf(current), plan: organization.plan }, overrides);
    return {
      effectiveAt: change.next === undefined || offer !== undefined ? now : (subscription.periodEnd ?? now),
      plan: terms.plan.key,
      seats: terms.seats ?? null,
      addOns: quantitiesByKey(quantitiesOf(terms.addOns)),
      addOnsLost: current.addOns.map(({ addOn }) => addOn.key).filter((key) => !terms.addOns.some(({ addOn }) => addOn.key === key)),
      currency: currency ?? null,
      lines,
      ...documents,
      waitsFor: offer === undefined ? (waitsFor ?? null) : 'checkout',
      usage: toUsageCost(await this.usage.readUsageSoFar(tx, organizationId, now)),
      // A purchase on a checkout page is a new subscription.
      cancelAtPeriodEnd: offer === undefined && subscription.cancelAtPeriodEnd && !hasLapsed(subscription, now),
      amountPerPeriod: amountOf(terms, currency),
      ...featuresBetween(before, after),
      overLimits,
      lockedOut: await this.#lockedOut(
        tx,
        organizationId,
        after,
        overLimits.find(({ meter }) => meter === 'seats'),
      ),
      possible: offer === undefined ? decideChange(subscription, wanted, facts).outcome !== 'refused' : overLimits.length === 0 && offer.refusal === undefined,
    };
  }

  /** Returns the documents of a change that tenantry invoices, or that changes a subscription of the payment provider. */
  async #priceDocuments(
    tx: PlatformTransaction,
    { subscription: { organizationId }, organization }: LockedSubscription,
    { change, facts, waitsFor }: { readonly change: PricedChange; readonly facts: ChangeFacts; readonly waitsFor: ReturnType<typeof purchaseCondition> },
  ): Promise<PreviewedDocuments> {
    const { currency } = change;
    // The invoice of a purchase that waits for its payment is for a whole period, which begins with the payment.
    const waits = waitsFor === 'payment' && currency !== undefined;
    const priced = waits ? { ...change, lines: periodLines(change.now, currency, undefined), credits: [] } : await this.#withUsage(tx, organizationId, change, facts.now);
    return { lines: toCharges(priced.lines), ...(await this.#documentsOf(tx, organization, priced, facts.collection)) };
  }

  /** Adds the usage that the invoice of the change would charge: that of periods that are over, and of the one that the change ends. */
  async #withUsage(tx: PlatformTransaction, organizationId: string, change: PricedChange, now: Date): Promise<PricedChange> {
    const { restarts, immediate, currency, lines, credits } = change;
    if (!immediate || currency === undefined || (!restarts && totalOf(lines) === 0)) return change;
    const usage = await this.usage.readEndedUsage(tx, organizationId, now, { endsRunning: restarts });
    return { ...change, lines: [...lines, ...(usage.lines.get(currency) ?? [])], credits: [...credits, ...usage.credits] };
  }

  /** Returns the amounts of the documents that the change would issue. */
  async #documentsOf(tx: PlatformTransaction, organization: Organization, change: PricedChange, collection: Collection): Promise<Omit<PreviewedDocuments, 'lines'>> {
    const { lines, estimatedCredits } = change;
    if (estimatedCredits.length > 0) return providerDocuments(lines, estimatedCredits);
    // A payment provider does not know the balance either.
    const terms = isCollectedByProvider(collection)
      ? { tax: untaxed, balances: new Map() }
      : { tax: taxTermsFor(organization, this.catalog), balances: await readBalances(tx, organization.id) };
    const { creditNotes, invoice } = planDocuments(change, terms);
    const { subtotal = 0, tax = 0, total = 0, balanceApplied = 0, due: dueNow = 0 } = invoice ?? {};
    return { subtotal, tax, total, balanceApplied, dueNow, credits: creditNotes.map(toCreditPreview) };
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

/** The provider puts charges and credits on one invoice, and adds its own taxes. */
function providerDocuments(lines: readonly Line[], given: readonly Pick<Line, 'description' | 'amount'>[]): Omit<PreviewedDocuments, 'lines'> {
  const [subtotal, total] = [totalOf(lines), totalOf(given)];
  const credits = given.length === 0 ? [] : [{ invoice: null, lines: toCharges(given), tax: 0, total, reducesDue: total, addsToBalance: 0 }];
  return { subtotal, tax: 0, total: subtotal, balanceApplied: 0, dueNow: Math.max(0, subtotal - total), credits };
}

const documentsOfOffer = ({ lines, credit }: CheckoutOffer): PreviewedDocuments => ({
  lines: toCharges(lines),
  ...providerDocuments(lines, credit === undefined ? [] : [{ description: `Paid until ${dayOf(credit.until)}`, amount: credit.worth }]),
});

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
