import { epoch, periodOf, rules, type Entry, type MeterName } from './meters.js';

interface Grant {
  readonly meter: MeterName;
  readonly amount: number;
  readonly expiresAt: number;
  burnt: number;
  revoked: boolean;
}

interface Reservation {
  readonly id: string;
  readonly period: string;
  readonly quantity: number;
  readonly expiresAt: number;
  status: 'open' | 'committed' | 'released' | 'expired';
  committed?: number;
}

interface State {
  readonly ledger: Map<string, Entry & { readonly period: string }>;
  readonly grants: Grant[];
  readonly reservations: Reservation[];
  /** Of used: burnt from grants, by total. */
  readonly fromGrants: Map<string, number>;
}

const day = 24 * 3_600_000;

/** The intended behavior of metering, in memory: totals are calculated from the ledger each time. */
export class Reference {
  now = new Date('2026-03-20T10:00:00Z');
  state: State = { ledger: new Map(), grants: [], reservations: [], fromGrants: new Map() };

  get oldest(): Date {
    return new Date(this.now.getTime() - 7 * day);
  }

  used(meter: MeterName, period: string): number {
    return this.#counted(meter, period) + (meter === 'tokens' ? this.held(period) : 0);
  }

  held(period: string): number {
    return this.state.reservations.filter((own) => own.status === 'open' && own.period === period).reduce((sum, { quantity }) => sum + quantity, 0);
  }

  fromGrants(meter: MeterName, period: string): number {
    return this.state.fromGrants.get(`${meter} ${period}`) ?? 0;
  }

  expire(): void {
    for (const own of this.state.reservations.filter(({ status, expiresAt }) => status === 'open' && expiresAt <= this.now.getTime())) {
      own.status = 'expired';
      this.#unburn('tokens', own.period, own.quantity);
    }
  }

  record(entries: readonly Entry[], corrections: readonly Entry[]): number | string {
    const before = structuredClone(this.state);
    const fresh = entries.filter(({ id }) => !this.state.ledger.has(id));
    for (const entry of fresh) this.#write(entry, periodOf(entry.meter, entry.occurredAt));
    const touched = [...new Set(fresh.map(({ meter, occurredAt }) => `${meter} ${periodOf(meter, occurredAt)}`))].toSorted();
    for (const key of touched) {
      const [meter, period] = key.split(' ') as [MeterName, string];
      const beyond = this.used(meter, period) - this.fromGrants(meter, period) - rules[meter].allowance;
      if (beyond > 0) this.#burn(meter, period, Math.min(beyond, this.#granted(meter)));
    }
    const outcomes = corrections.map((correction) => this.correct(correction));
    const impossible = outcomes.find((outcome) => !['corrected', 'repeated', 'reused'].includes(outcome));
    if (impossible === undefined) return fresh.length + outcomes.filter((outcome) => outcome === 'corrected').length;
    this.state = before;
    return impossible;
  }

  consume({ id, meter, quantity }: Entry): string {
    const known = this.state.ledger.get(id);
    if (known !== undefined) return known.meter === meter && known.quantity === quantity && known.corrects === undefined ? 'repeated' : 'reused';
    if (!this.#take(meter, periodOf(meter, this.now), quantity)) return 'exceeded';
    this.#write({ id, meter, quantity, occurredAt: this.now }, periodOf(meter, this.now));
    return 'taken';
  }

  release({ id, quantity }: Entry): string {
    const known = this.state.ledger.get(id);
    if (known !== undefined) return known.meter === 'disk' && known.quantity === quantity && known.corrects === undefined ? 'repeated' : 'reused';
    if (this.used('disk', epoch) < -quantity) return 'too_much';
    this.#write({ id, meter: 'disk', quantity, occurredAt: this.now }, epoch);
    return 'released';
  }

  correct({ id, meter, quantity, corrects = '' }: Entry): string {
    const known = this.state.ledger.get(id);
    if (known !== undefined) return known.corrects === corrects && known.quantity === quantity ? 'repeated' : 'reused';
    const original = this.state.ledger.get(corrects);
    if (original === undefined || original.corrects !== undefined || original.meter !== meter) return 'unknown';
    if (original.occurredAt < this.oldest) return 'too_late';
    const { aggregation } = rules[meter];
    if (this.#left(original) + quantity < 0) return 'too_much';
    if (aggregation !== 'sum' && original.quantity + quantity !== 0) return 'whole_only';
    const counted = this.#counted(meter, original.period);
    if (aggregation === 'sum' && counted + quantity < 0) return 'too_much';
    this.#write({ ...original, id, quantity, corrects }, original.period);
    this.#unburn(meter, original.period, counted - this.#counted(meter, original.period));
    return 'corrected';
  }

  reserve(id: string, quantity: number, seconds: number): void {
    this.state.reservations.push({ id, period: periodOf('tokens', this.now), quantity, expiresAt: this.now.getTime() + seconds * 1000, status: 'open' });
  }

  /** Whether there is room for a reservation; takes it. */
  roomFor(quantity: number): boolean {
    return this.#take('tokens', periodOf('tokens', this.now), quantity);
  }

  commit(id: string, quantity: number): string {
    const own = this.state.reservations.find((candidate) => candidate.id === id) as Reservation;
    if (own.status === 'committed') return own.committed === quantity ? 'repeated' : 'closed';
    if (own.status === 'released') return 'closed';
    const kept = own.status === 'open' ? own.quantity : 0;
    if (quantity > kept && !this.#take('tokens', own.period, quantity - kept)) return 'exceeded';
    if (quantity < kept) this.#unburn('tokens', own.period, kept - quantity);
    Object.assign(own, { status: 'committed', committed: quantity });
    if (quantity > 0) this.#write({ id, meter: 'tokens', quantity, occurredAt: this.now }, own.period);
    return 'committed';
  }

  giveUp(id: string): boolean {
    const own = this.state.reservations.find((candidate) => candidate.id === id);
    if (own?.status !== 'open') return false;
    own.status = 'released';
    this.#unburn('tokens', own.period, own.quantity);
    return true;
  }

  #counted(meter: MeterName, period: string): number {
    const entries = [...this.state.ledger.values()].filter((entry) => entry.meter === meter && entry.period === period);
    if (rules[meter].aggregation === 'sum') return entries.reduce((sum, { quantity }) => sum + quantity, 0);
    const standing = entries.filter((entry) => entry.corrects === undefined && this.#left(entry) > 0);
    if (rules[meter].aggregation === 'max') return Math.max(0, ...standing.map(({ quantity }) => quantity));
    return rules[meter].aggregation === 'count' ? standing.length : new Set(standing.map(({ subject }) => subject)).size;
  }

  #left({ id, quantity }: Entry): number {
    return [...this.state.ledger.values()].reduce((rest, entry) => (entry.corrects === id ? rest + entry.quantity : rest), quantity);
  }

  #write(entry: Entry, period: string): void {
    this.state.ledger.set(entry.id, { ...entry, period });
  }

  #live(meter: MeterName): Grant[] {
    const ofMeter = this.state.grants.filter((own) => own.meter === meter && !own.revoked && own.expiresAt > this.now.getTime());
    return ofMeter.toSorted((a, b) => (a.expiresAt === b.expiresAt ? 0 : a.expiresAt - b.expiresAt));
  }

  #granted(meter: MeterName): number {
    return this.#live(meter).reduce((sum, { amount, burnt }) => sum + amount - burnt, 0);
  }

  #take(meter: MeterName, period: string, units: number): boolean {
    const beyond = Math.max(0, this.used(meter, period) - this.fromGrants(meter, period) + units - rules[meter].allowance);
    if (beyond > this.#granted(meter)) return false;
    if (!rules[meter].gauge) this.#burn(meter, period, beyond);
    return true;
  }

  #burn(meter: MeterName, period: string, units: number): void {
    this.state.fromGrants.set(`${meter} ${period}`, this.fromGrants(meter, period) + units);
    for (const own of this.#live(meter)) {
      const part = Math.min(units, own.amount - own.burnt);
      own.burnt += part;
      units -= part;
    }
  }

  #unburn(meter: MeterName, period: string, units: number): void {
    let ofGrants = Math.min(units, this.fromGrants(meter, period));
    this.state.fromGrants.set(`${meter} ${period}`, this.fromGrants(meter, period) - ofGrants);
    for (const own of this.#live(meter).toReversed()) {
      const part = Math.min(ofGrants, own.burnt);
      own.burnt -= part;
      ofGrants -= part;
    }
  }
}
