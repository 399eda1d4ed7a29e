import { PlatformDb } from '../../../src/database/platform-db.js';
import type { StripeWorld } from '../stripe-world.js';
import type { Agreed, StripeModel } from './stripe-model.js';
import { chained } from '../audit.js';

type Values = Record<string, any>;

const agreedOf = ({ price, quantity }: Values): Agreed => {
  const [ours, plan, interval] = String(price.lookup_key).split(':');
  return ours === 'tenantry' ? ({ plan, interval, seats: plan === 'team' ? quantity : null } as Agreed) : { plan: 'other', interval: 'month', seats: null };
};

/** The state of an organization, here and in Stripe, in the form of the model. */
export class StripeSight {
  readonly #platform: PlatformDb;

  constructor(
    private readonly world: StripeWorld,
    private readonly organizationId: string,
  ) {
    this.#platform = world.server.app.get(PlatformDb);
  }

  row() {
    return this.#platform.subscription.findFirstOrThrow({ where: { organizationId: this.organizationId } });
  }

  /** Counters that grow with every step. */
  async marks(): Promise<unknown> {
    const count = async (table: string): Promise<number> => (await this.world.look.query(`select from ${table} where organization_id = $1`, [this.organizationId])).rowCount ?? 0;
    await chained(this.world.look);
    return { asked: this.world.stripe.calls.length, version: (await this.row()).version, told: await count('domain_events'), recorded: await count('audit.events') };
  }

  async found(theirs: Values | undefined, invoices: readonly Values[]): Promise<object> {
    const { subscription: row, ...organization } = await this.#platform.organization.findUniqueOrThrow({ where: { id: this.organizationId }, include: { subscription: true } });
    const copied = await this.#platform.invoice.findMany({ where: { organizationId: this.organizationId } });
    const [item] = theirs?.['items'].data ?? [];
    const next = row?.nextPlan == null ? null : { plan: row.nextPlan, interval: row.nextInterval, seats: row.nextSeats };
    return {
      here: { status: row?.status, plan: row?.plan, interval: row?.interval, seats: row?.seats, ends: row?.cancelAtPeriodEnd, next },
      times: [row?.periodEnd?.getTime() ?? null, row?.trialEndsAt?.getTime() ?? null],
      organization: { status: organization.status, plan: organization.plan },
      there: theirs === undefined ? null : { status: theirs['status'], agreed: agreedOf(item), end: theirs['status'] === 'canceled' ? 0 : item.current_period_end * 1000 },
      invoices: invoices.map(({ id, status }) => ({ there: status, here: copied.find(({ providerInvoiceId }) => providerInvoiceId === id)?.status ?? null })),
      copied: copied.length,
    };
  }
}

/** The state of the model. */
export function expectedOf(model: StripeModel): object {
  const { here, there, organization, invoices } = model;
  const { status, plan, interval, seats, ends, next, periodEnd, trialEnd } = here;
  return {
    here: { status, plan, interval, seats, ends, next },
    times: [periodEnd, trialEnd],
    organization,
    there: there === undefined ? null : { status: there.status, agreed: there.agreed, end: there.status === 'canceled' ? 0 : there.end },
    invoices: invoices.map((each) => ({ there: each.there, here: each.here })),
    copied: invoices.filter(({ here: copy }) => copy !== null).length,
  };
}
