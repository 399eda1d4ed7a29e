import { Injectable, Logger } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { lockOrganization } from '../../../database/locks.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { BillingModesService } from '../providers/billing-modes.service.js';
import { creditableOf, type Credit } from '../terms/credits.policy.js';
import { planCreditNotes } from '../terms/documents.policy.js';
import { totalOf, type Line } from '../terms/prices.policy.js';
import { chargesFor, daysOf, laterUsageLine, usageAmount, usageLines, type NamedMeter, type UsageCharge } from '../terms/usage-prices.policy.js';
import { CreditNotesService } from './credit-notes.service.js';
import { readInvoicedLines } from './documents.queries.js';
import { InvoiceIssuingService, type InvoiceContent } from './invoice-issuing.service.js';
import { findDueUsage, findEndedPeriods, findRunningPeriod, sumCharged, sumUsage, type UsagePeriod } from './usage-charges.queries.js';

type Db = Pick<PlatformTransaction, '$queryRaw'>;

/** The usage of one meter in a period, with what it costs. */
export interface PricedUsage {
  readonly meter: NamedMeter;
  readonly quantity: bigint;
  readonly charges: readonly UsageCharge[];
}

/** The usage of the running period, with its cost so far. */
export interface UsageSoFar {
  readonly period: UsagePeriod;
  readonly usage: readonly PricedUsage[];
}

/** The lines to invoice for usage, by currency, and the credits for corrected usage. */
export interface EndedUsage {
  readonly lines: ReadonlyMap<string, readonly Line[]>;
  readonly credits: readonly Credit[];
}

const nothingUsed: EndedUsage = { lines: new Map(), credits: [] };

/**
 * Charges the usage of periods that have ended, for organizations that no payment provider collects from. The lines of invoices say what
 * was charged: late usage is charged as the difference, and corrected usage is given back by credit notes.
 */
@Injectable()
export class UsageChargesService {
  readonly #logger = new Logger(UsageChargesService.name);

  constructor(
    private readonly catalog: Catalog,
    private readonly invoices: InvoiceIssuingService,
    private readonly creditNotes: CreditNotesService,
    private readonly modes: BillingModesService,
  ) {}

  /** Returns the organizations whose usage is to be invoiced without a renewal. */
  findDueUsage(tx: PlatformTransaction, now: Date): Promise<readonly { readonly organizationId: string }[]> {
    return findDueUsage(tx, now);
  }

  /**
   * Issues an invoice for a locked organization with the given lines, and with the usage of periods that ended by `until`. Usage in another
   * currency gets an invoice of its own. Issues none if nothing is charged.
   *
   * @returns whether a period had ended
   * @throws {AmountTooLargeError}
   */
  async issueWithUsage(
    tx: PlatformTransaction,
    organization: Organization,
    { until, ...content }: Partial<Omit<InvoiceContent, 'at'>> & { at: Date; until: Date },
  ): Promise<boolean> {
    const { lines = [], currency, at } = content;
    const ended = await this.#takeEndedUsage(tx, organization, until, at);
    const own = currency === undefined ? [] : [...lines, ...(ended?.get(currency) ?? [])];
    if (currency !== undefined && totalOf(own) > 0) await this.invoices.issueInvoice(tx, organization, { lines: own, currency, at });
    for (const [code, usage] of ended ?? []) if (code !== currency) await this.invoices.issueInvoice(tx, organization, { lines: usage, currency: code, at });
    return ended !== undefined;
  }

  /** Invoices what `findDueUsage` has found. @returns whether there was something */
  async invoiceDueUsage(tx: PlatformTransaction, organizationId: string, now: Date): Promise<boolean> {
    await lockOrganization(tx, organizationId);
    const organization = await tx.organization.findUnique({ where: { id: organizationId } });
    return organization !== null && (await this.issueWithUsage(tx, organization, { at: now, until: now }));
  }

  /** Returns what usage has cost so far in the running period; undefined if tenantry does not charge for it. */
  async readUsageSoFar(db: Db, organizationId: string, now: Date): Promise<UsageSoFar | undefined> {
    const period = await findRunningPeriod(db, organizationId, now);
    if (period === undefined) return undefined;
    // The current day counts, although it ends later.
    const usage = await this.#priceUsage(db, organizationId, period, { from: period.from, before: new Date(now.getTime() + dayLength) });
    return { period, usage };
  }

  /**
   * Returns what is to be invoiced and given back for the usage of periods that ended by `until`. Changes nothing.
   *
   * @param endsRunning whether the running period is taken to end then
   */
  async readEndedUsage(tx: PlatformTransaction, organizationId: string, until: Date, { endsRunning = false } = {}): Promise<EndedUsage> {
    const running = endsRunning ? await findRunningPeriod(tx, organizationId, until) : undefined;
    const cut = running === undefined || running.start >= until ? [] : [{ ...running, end: until }];
    const periods = [...(await findEndedPeriods(tx, organizationId, until)), ...cut];
    return periods.length > 0 && (await this.#isBilled(tx, organizationId)) ? this.#usageOf(tx, organizationId, periods) : nothingUsed;
  }

  /** Returns what is to be invoiced and given back for the usage of periods. Changes nothing. */
  async #usageOf(tx: PlatformTransaction, organizationId: string, periods: readonly UsagePeriod[]): Promise<EndedUsage> {
    const lines = new Map<string, readonly Line[]>();
    const credits: Credit[] = [];
    const charged = await sumCharged(
      tx,
      organizationId,
      periods.map(({ start }) => start),
    );
    for (const period of periods) {
      const before = charged.filter(({ start }) => start.getTime() === period.start.getTime());
      const found: Line[] = [];
      for (const { meter, quantity, charges } of await this.#priceUsage(tx, organizationId, period, daysOf(period, period.from))) {
        const known = before.find((each) => each.meter === meter.key);
        const difference = usageAmount(charges) - (known?.amount ?? 0n);
        if (difference > 0n)
          found.push(...(known === undefined ? usageLines(meter, charges, period) : [laterUsageLine(meter, { quantity: quantity - known.quantity, amount: difference }, period)]));
        else if (difference < 0n) credits.push(...(await this.#creditsOf(tx, organizationId, { meter, period, amount: Number(-difference) })));
      }
      const { currency } = period.agreed;
      if (totalOf(found) > 0) lines.set(currency, [...(lines.get(currency) ?? []), ...found]);
    }
    return { lines, credits };
  }

  /**
   * Returns the lines by currency, after it has given back what was charged too much. Later calls do not return them again, and what nobody bills now is
   * not billed later. Undefined if no period has ended.
   */
  async #takeEndedUsage(tx: PlatformTransaction, { id: organizationId }: Organization, until: Date, at: Date): Promise<EndedUsage['lines'] | undefined> {
    const periods = await findEndedPeriods(tx, organizationId, until);
    if (periods.length === 0) return undefined;
    const billed = await this.#isBilled(tx, organizationId);
    const { lines, credits } = billed ? await this.#usageOf(tx, organizationId, periods) : nothingUsed;
    await this.creditNotes.issueCreditNotes(tx, organizationId, planCreditNotes(credits), { reason: 'usage', at });
    for (const { id, end } of periods) {
      const final = new Date(end.getTime() + (this.catalog.usage.lateDays + 1) * dayLength);
      await tx.subscriptionPeriod.update({ where: { organizationId_id: { organizationId, id } }, data: { usageDueAt: billed && final > at ? final : null } });
    }
    return lines;
  }

  async #isBilled(tx: PlatformTransaction, organizationId: string): Promise<boolean> {
    const subscription = await tx.subscription.findFirst({ where: { organizationId }, select: { billing: true } });
    return this.modes.bills(subscription ?? { billing: null });
  }

  async #priceUsage(db: Db, organizationId: string, { agreed }: UsagePeriod, days: { readonly from: Date; readonly before: Date }): Promise<readonly PricedUsage[]> {
    if (days.from >= days.before) return [];
    const used = await sumUsage(
      db,
      organizationId,
      agreed.prices.map(({ meter }) => meter),
      days,
    );
    return agreed.prices.flatMap(({ meter: key, name, unit, decimals, ...price }): PricedUsage[] => {
      const quantity = used.find((each) => each.meter === key)?.quantity ?? 0n;
      const charges = chargesFor(price, quantity, decimals);
      if (Number.isSafeInteger(Number(usageAmount(charges))) && Number.isSafeInteger(Number(quantity))) return [{ meter: { key, name, unit, decimals }, quantity, charges }];
      // An amount that nobody can pay must not stop the renewal of the plan.
      this.#logger.error({ organizationId, meter: key, quantity: String(quantity) }, 'the usage is too large to be charged, and is left out of the invoice');
      return [];
    });
  }

  /** Gives an amount back, from the lines that charged the meter's usage of a period, the last one first. */
  async #creditsOf(
    tx: PlatformTransaction,
    organizationId: string,
    { meter, period, amount }: { meter: NamedMeter; period: UsagePeriod; amount: number },
  ): Promise<readonly Credit[]> {
    const lines = await readInvoicedLines(tx, organizationId, { usageFrom: period.start, meter: meter.key });
    let left = amount;
    return lines.toReversed().flatMap((line): Credit[] => {
      const credit = Math.min(left, creditableOf(line));
      left -= credit;
      return credit === 0 ? [] : [{ line, description: `${meter.name}, corrected after the invoice`, amount: credit, period: undefined }];
    });
  }
}
