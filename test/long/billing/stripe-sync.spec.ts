import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { catalogFile } from '../../support/catalogs.js';
import { runTenantry } from '../../support/command.js';
import { testSecret } from '../../support/secret.js';
import { StripeWorld } from '../../support/stripe-world.js';

type Values = Record<string, any>;

let world: StripeWorld;
beforeAll(async () => {
  world = await StripeWorld.open();
});
afterAll(() => world.close());

const ledger = () => world.stripe.ledger;

describe('tenantry billing:sync', () => {
  const sync = (...args: string[]): Promise<{ code: number | null; answer: Values }> => syncWith('test/catalogs/billing.yaml', ...args);
  const syncWith = async (CATALOG: string, ...args: string[]): Promise<{ code: number | null; answer: Values }> => {
    const env = { NODE_ENV: 'test', LOG_LEVEL: 'silent', APP_SECRET: testSecret, CATALOG, ...world.stripe.env };
    const { app: DATABASE_URL, platform: DATABASE_PLATFORM_URL } = world.database;
    const { code, out } = await runTenantry({ ...env, DATABASE_URL, DATABASE_PLATFORM_URL }, 'billing:sync', '--json', ...args);
    return { code, answer: JSON.parse(out) };
  };
  const meter = (eventName: string): Values => [...ledger().meters.values()].find(({ event_name: name }) => name === eventName) ?? {};

  it('billing:sync creates missing objects, reports them with --dry-run, and changes no existing ones', async () => {
    const [price] = ledger().pricesBy('tenantry:pro:year:eur');
    const [usage] = ledger().pricesBy('tenantry:meter:quizzes:month:eur');
    for (const { id } of [price ?? {}, usage ?? {}]) ledger().prices.delete(id);
    ledger().products.delete('tenantry_team');
    for (const { id, product, entitlement_feature: feature } of ledger().attachments.values())
      if (product === 'tenantry_team' || feature.lookup_key === 'tenantry:feature:sso') ledger().attachments.delete(id);
    for (const { id, lookup_key: key } of ledger().features.values()) if (key === 'tenantry:feature:sso') ledger().features.delete(id);
    const features = ['tenantry:feature:sso', 'tenantry_team has custom_roles', 'tenantry_team has api_access', 'tenantry_team has sso'];
    const missing = ['tenantry:pro:year:eur', 'tenantry_team', 'tenantry:meter:quizzes:month:eur', ...features];
    expect(await sync('--dry-run')).toMatchObject({ code: 0, answer: { dryRun: true, created: missing, matching: 4 } });
    expect(ledger().pricesBy('tenantry:pro:year:eur')).toEqual([]);
    expect(await sync()).toMatchObject({ code: 0, answer: { created: missing, different: [] } });
    expect(ledger().pricesBy('tenantry:pro:year:eur')).toMatchObject([{ unit_amount: 30000, currency: 'eur', recurring: { interval: 'year' } }]);
    expect(await sync()).toMatchObject({ code: 0, answer: { created: [], matching: 6 } });
  });

  it('billing:sync creates a meter for each billed meter, with prices in minor units', async () => {
    expect(meter('quizzes')).toMatchObject({
      display_name: 'Quizzes',
      default_aggregation: { formula: 'sum' },
      customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
      value_settings: { event_payload_key: 'value' },
    });
    const { id } = meter('quizzes');
    expect(ledger().pricesBy('tenantry:meter:quizzes:year:eur')).toMatchObject([
      {
        product: 'tenantry-meter-quizzes',
        unit_amount: 40,
        recurring: { interval: 'year', usage_type: 'metered', meter: id },
        transform_quantity: { divide_by: 10, round: 'up' },
        metadata: { tenantryPrice: 'tenantry:meter:quizzes:year:eur' },
      },
    ]);
    expect(ledger().pricesBy('tenantry:meter:pages:month:eur')).toMatchObject([{ unit_amount: 1, transform_quantity: null }]);
    expect(ledger().pricesBy('tenantry:meter:pages:year:eur')).toEqual([]);
    // A deactivated meter accepts no events: another one replaces it, and the prices of the old one are reported.
    meter('pages')['status'] = 'inactive';
    const { code, answer } = await sync();
    expect({ code, ...answer }).toMatchObject({
      code: 1,
      created: ['meter pages'],
      different: [{ name: 'tenantry:meter:pages:month:eur', differences: [expect.stringMatching(/^meter is mtr_\w+, but mtr_\w+ in the catalog$/)] }],
    });
    const [old, fresh] = [...ledger().meters.values()].filter(({ event_name: name }) => name === 'pages');
    ledger().meters.delete(fresh?.['id']);
    Object.assign(old ?? {}, { status: 'active' });
  });

  it('billing:sync reports a meter with another aggregation, and creates no prices for it', async () => {
    const [price] = ledger().pricesBy('tenantry:meter:pages:month:eur');
    ledger().prices.delete(price?.['id']);
    Object.assign(meter('pages'), { default_aggregation: { formula: 'count' }, event_time_window: 'day' });
    const what = ['formula is count, but sum in the catalog', 'window is day, but none in the catalog'];
    expect(await sync()).toMatchObject({ code: 1, answer: { created: [], different: [{ name: 'meter pages', differences: what }] } });
    Object.assign(meter('pages'), { default_aggregation: { formula: 'sum' }, event_time_window: null });
    expect(await sync()).toMatchObject({ code: 0, answer: { created: ['tenantry:meter:pages:month:eur'], different: [] } });
  });

  it('billing:sync attaches the features of a plan to its product, and reports and keeps other ones', async () => {
    const keysOf = (product: string) =>
      ledger()
        .featuresOf(product)
        .map(({ entitlement_feature: { lookup_key: key } }) => key);
    expect(keysOf('tenantry_pro')).toEqual(['tenantry:feature:custom_roles', 'tenantry:feature:api_access']);
    const [sso] = [...ledger().features.values()].filter(({ lookup_key: key }) => key === 'tenantry:feature:sso');
    const { id } = ledger().attach('tenantry_pro', sso?.['id']);
    ledger().attach('tenantry_pro', ledger().feature({ lookup_key: 'somebody_elses', name: 'Other' })['id']);
    expect(await sync()).toMatchObject({
      code: 1,
      answer: { created: [], different: [{ name: 'tenantry_pro', differences: ['tenantry:feature:sso is attached, but not in the catalog'] }] },
    });
    expect(keysOf('tenantry_pro')).toContain('tenantry:feature:sso');
    ledger().attachments.delete(id);
    Object.assign(sso ?? {}, { active: false });
    expect(await sync()).toMatchObject({
      code: 1,
      answer: { created: [], different: [{ name: 'tenantry:feature:sso', differences: ['archived is true, but false in the catalog'] }] },
    });
    Object.assign(sso ?? {}, { active: true });
  });

  it('billing:sync reports a price that differs', async () => {
    const [price] = ledger().pricesBy('tenantry:pro:month:eur');
    const [usage] = ledger().pricesBy('tenantry:meter:quizzes:month:eur');
    Object.assign(price ?? {}, { unit_amount: 2500 });
    Object.assign(usage ?? {}, { transform_quantity: null });
    expect(await sync()).toMatchObject({
      code: 1,
      answer: {
        created: [],
        different: [
          { name: 'tenantry:pro:month:eur', differences: ['amount is 2500, but 3000 in the catalog'] },
          { name: 'tenantry:meter:quizzes:month:eur', differences: ['units is 1, but 10 in the catalog'] },
        ],
      },
    });
  });

  it('billing:sync creates usage prices of each model, and reports those that differ', async () => {
    const change = (text: string): string =>
      text.replace('model: volume', 'model: graduated').replace('amount: 0.05', 'amount: 0.07').replace('{ upTo: 1000, amount: 2 }', '{ upTo: 1000, amount: 3 }');
    const text = await readFile('test/catalogs/usage-prices.yaml', 'utf8');
    expect(await syncWith('test/catalogs/usage-prices.yaml')).toMatchObject({ code: 1 });
    expect(ledger().pricesBy('tenantry:meter:calls:month:eur')).toMatchObject([
      {
        billing_scheme: 'tiered',
        tiers_mode: 'graduated',
        tiers: [
          { up_to: 100, unit_amount: 0 },
          { up_to: 1000, unit_amount: 2 },
          { up_to: null, unit_amount: null, unit_amount_decimal: '1.5' },
        ],
      },
    ]);
    expect(ledger().pricesBy('tenantry:meter:minutes:month:eur')).toMatchObject([
      {
        tiers_mode: 'volume',
        tiers: [
          { up_to: 60, unit_amount: 10 },
          { unit_amount: 5, flat_amount: 100 },
        ],
      },
    ]);
    expect(ledger().pricesBy('tenantry:meter:tokens:month:eur')).toMatchObject([{ unit_amount: 200, transform_quantity: { divide_by: 1000, round: 'up' } }]);
    expect(ledger().pricesBy('tenantry:meter:mails:month:eur')).toMatchObject([{ unit_amount: null, unit_amount_decimal: '0.05' }]);
    const differences = async (catalog: string): Promise<Values> => {
      const { answer } = await syncWith(catalog);
      const meters = answer['different'].filter(({ name }: Values) => name.startsWith('tenantry:meter'));
      return Object.fromEntries(meters.map(({ name, differences: found }: Values) => [name, found]));
    };
    expect(await differences('test/catalogs/usage-prices.yaml')).toEqual({});
    expect(await differences(await catalogFile(change(text)))).toEqual({
      'tenantry:meter:calls:month:eur': ['amount is graduated (100: 0, 1000: 2, inf: 1.5), but graduated (100: 0, 1000: 3, inf: 1.5) in the catalog'],
      'tenantry:meter:minutes:month:eur': ['amount is volume (60: 10, inf: 5 + 100), but graduated (60: 10, inf: 5 + 100) in the catalog'],
      'tenantry:meter:mails:month:eur': ['amount is 0.05, but 0.07 in the catalog'],
    });
  });

  it('billing:sync sends amounts as Stripe counts them in each currency, and creates no price that Stripe cannot charge', async () => {
    const prices = { EUR: 1999, JPY: 500, UGX: 5000, ISK: 5, HUF: 1045, TWD: 30_050, KWD: 5120, BHD: 5125, MGA: 500_000, XCG: 1050 };
    const monthly = Object.entries(prices).map(([currency, amount]) => `{ interval: month, currency: ${currency}, amount: ${amount} }`);
    const text = await readFile('test/catalogs/money.yaml', 'utf8');
    const { answer } = await syncWith(await catalogFile(text.replace('{ interval: month, currency: EUR, amount: 19900 }', monthly.join(', '))));
    const sent = [...ledger().prices.values()].filter(({ product }) => product === 'tenantry_top').map(({ currency, unit_amount: amount }) => [currency, amount]);
    expect(Object.fromEntries(sent)).toEqual({ eur: 1999, jpy: 500, ugx: 500_000, isk: 500, huf: 1045, twd: 30_050, kwd: 5120, mga: 5000, xcg: 1050 });
    const what = ['Stripe cannot charge 5.125 BHD: choose an amount without its last decimals'];
    expect(answer['different'].filter(({ name }: Values) => name.startsWith('tenantry:top'))).toEqual([{ name: 'tenantry:top:month:bhd', differences: what }]);
  });
});
