import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { badCatalogs, goodCatalog } from '../../../test/support/bad-catalogs.js';
import { builtInPermissions } from './built-in-permissions.js';
import { resources } from './declared-permissions.js';
import { authSettings, limitedActions, type Catalog } from './catalog.js';
import { loadCatalog, parseCatalog } from './catalog-file.js';
import { CatalogError, suggest } from './catalog-problem.js';

const keys = (map: ReadonlyMap<string, unknown>): string[] => [...map.keys()];
const kinds = ({ meters }: Catalog): Record<string, string> => Object.fromEntries([...meters.values()].map(({ key, kind, period = '' }) => [key, `${kind} ${period}`.trim()]));

function errorOf(load: () => unknown): CatalogError {
  try {
    load();
  } catch (error) {
    if (error instanceof CatalogError) return error;
    throw error;
  }
  throw new Error('The catalog was accepted.');
}

describe('the built-in catalogs', () => {
  it.each(['default', 'toolboxai', 'quizmarker', 'mercura', 'knowton'])('%s is complete', (name) => {
    const { roles, plans, meters, features, settings, rateLimits, permissions } = loadCatalog(name);
    expect([...(roles.get('owner')?.permissions ?? [])]).toEqual(keys(permissions));
    expect(keys(permissions)).toEqual(expect.arrayContaining(Object.keys(builtInPermissions)));
    expect(roles.get('admin')?.permissions).not.toContain('organization:delete');
    for (const { limits, features: sold } of plans.values()) {
      expect(keys(limits)).toEqual(keys(meters));
      expect(keys(features)).toEqual(expect.arrayContaining([...sold]));
    }
    expect([...settings.values()].filter(({ enforcedBy }) => enforcedBy === 'auth').map(({ key }) => key)).toEqual(Object.keys(authSettings));
    expect(keys(rateLimits).sort()).toEqual([...limitedActions].sort());
  });

  it('default describes a generic product', () => {
    const catalog = loadCatalog('default');
    expect(keys(catalog.roles)).toEqual(['owner', 'admin', 'member']);
    expect(keys(catalog.plans)).toEqual(['free', 'pro', 'enterprise']);
    expect([catalog.defaultPlan, catalog.defaultRole, catalog.successorRole]).toEqual(['free', 'member', 'admin']);
  });

  it('toolboxai describes an education platform', () => {
    const catalog = loadCatalog('toolboxai');
    expect(keys(catalog.roles)).toEqual(['owner', 'admin', 'teacher', 'student', 'parent']);
    expect(keys(catalog.plans)).toEqual(['free', 'basic', 'professional', 'enterprise', 'education']);
    expect(kinds(catalog)).toEqual({ users: 'gauge', classes: 'gauge', storage_gb: 'gauge', api_calls: 'counter month', roblox_sessions: 'concurrent' });
    const free = ['ai_chat', 'gamification'];
    const basic = [...free, 'roblox_integration', 'parent_portal'];
    const professional = [...basic, 'advanced_analytics', 'custom_branding', 'api_access', 'mobile_app'];
    const enterprise = [...professional, 'advanced_security', 'live_classes'];
    const education = ['ai_chat', 'roblox_integration', 'advanced_analytics', 'custom_branding', 'gamification', 'parent_portal', 'mobile_app', 'live_classes'];
    expect(Object.fromEntries([...catalog.plans].map(([key, { features }]) => [key, [...features].sort()]))).toEqual({
      free: free.sort(),
      basic: basic.sort(),
      professional: professional.sort(),
      enterprise: enterprise.sort(),
      education: education.sort(),
    });
    expect(keys(catalog.features).sort()).toEqual([...enterprise, 'sso', 'webhooks', 'assessment_builder', 'content_versioning', 'video_conferencing'].sort());
    expect(Object.fromEntries([...catalog.settings.values()].map((setting) => [setting.key, setting.default]))).toEqual({
      email_notifications: true,
      weekly_reports: true,
      allow_student_registration: true,
      allow_parent_access: true,
      require_parental_consent: true,
      session_timeout_minutes: 60,
      session_max_age_hours: 0,
      password_expiry_days: 90,
      max_login_attempts: 5,
      password_min_length: 10,
      enable_two_factor: false,
      new_device_mail: true,
      trusted_device_days: 30,
      default_theme: 'roblox',
      default_language: 'en-US',
    });
  });

  it('quizmarker describes quiz grading with billed tokens', () => {
    const catalog = loadCatalog('quizmarker');
    expect(keys(catalog.roles)).toEqual(['owner', 'admin', 'member']);
    expect(keys(catalog.plans)).toEqual(['free', 'pro', 'enterprise']);
    expect(kinds(catalog)).toEqual({ quizzes: 'counter month', openai_tokens: 'counter month', api_calls: 'counter month' });
    expect(catalog.plans.get('pro')?.limits.get('quizzes')).toBe(100);
    expect([...catalog.meters.values()].filter(({ billed }) => billed).map(({ key }) => key)).toEqual(['openai_tokens']);
    for (const { limits } of catalog.plans.values()) expect(limits.get('openai_tokens')).toBeUndefined();
    expect(keys(catalog.features)).toEqual([]);
  });

  it('mercura describes quotes, priced per seat', () => {
    const catalog = loadCatalog('mercura');
    expect(keys(catalog.roles)).toEqual(['owner', 'admin', 'manager', 'sales_rep', 'viewer']);
    expect(keys(catalog.plans)).toEqual(['trial', 'team', 'business']);
    expect(kinds(catalog)).toEqual({ seats: 'gauge' });
    expect(catalog.plans.get('trial')).toMatchObject({ prices: [], trialDays: 14 });
    for (const key of ['team', 'business']) expect(catalog.plans.get(key)?.prices.map(({ perSeat }) => perSeat)).toEqual([true, true]);
    expect(keys(catalog.features)).toEqual([]);
  });

  it('knowton describes a white-label platform', () => {
    const catalog = loadCatalog('knowton');
    expect(keys(catalog.roles)).toEqual(['owner', 'admin', 'member']);
    expect(keys(catalog.plans)).toEqual(['basic', 'pro', 'enterprise']);
    expect(kinds(catalog)).toEqual({ users: 'gauge', storage_gb: 'gauge', bandwidth_gb: 'counter month', api_calls: 'counter day', revenue: 'counter month' });
    expect(keys(catalog.features)).toEqual(['nft', 'bonds', 'fractionalization']);
  });
});

describe('a valid catalog', () => {
  const catalog = parseCatalog(goodCatalog, 'catalog.yaml');

  it('is completed with defaults', () => {
    expect(catalog.product).toBe('Acme');
    expect(catalog.roles.get('admin')).toEqual({
      key: 'admin',
      name: 'Admin',
      description: undefined,
      rank: 80,
      permissions: new Set(['members:write', 'notes:read', 'notes:write', 'organization:read']),
    });
    expect(catalog.plans.get('pro')).toMatchObject({ name: 'Pro', seats: undefined, trialDays: 0, features: new Set(['sso']), prices: [{ amount: 2900, perSeat: false }] });
    expect(catalog.meters.get('calls')).toEqual({
      key: 'calls',
      name: 'Calls',
      kind: 'counter',
      unit: 'calls',
      period: 'month',
      aggregation: 'sum',
      decimals: 0,
      billed: false,
      prices: [],
      tracks: undefined,
    });
    expect([...catalog.addOns.values()]).toEqual([
      {
        key: 'more_calls',
        name: 'More calls',
        description: undefined,
        plans: new Set(['pro']),
        prices: [{ interval: 'month', currency: 'USD', amount: 500 }],
        max: 5,
        limits: new Map([['calls', 10000]]),
        seats: 0,
        features: new Set(),
      },
      expect.objectContaining({ key: 'calling', plans: new Set(['pro']), max: 1, limits: new Map(), features: new Set(['webhooks']) }),
    ]);
    expect(catalog.permissions.get('notes:read')).toEqual({ key: 'notes:read', description: 'See notes', builtIn: false, grantableToKeys: true });
  });

  it('can have usage prices, in minor units for a number of units', () => {
    const prices = 'billed: true, prices: [{ interval: month, currency: EUR, amount: 200, per: 1000 }, { interval: year, currency: EUR, amount: 1 }]';
    const { meters } = parseCatalog(goodCatalog.replace('kind: counter,', `kind: counter, ${prices},`), 'catalog.yaml');
    expect(meters.get('calls')).toMatchObject({
      billed: true,
      prices: [
        { interval: 'month', currency: 'EUR', model: 'package', amount: 200, per: 1000, tiers: [] },
        { model: 'per_unit', amount: 1, per: 1 },
      ],
    });
  });

  it('can have usage prices in tiers and of parts of a minor unit', () => {
    const tiers = 'tiers: [{ upTo: 1000, amount: 0 }, { upTo: unlimited, amount: 0.05, flat: 100 }]';
    const prices = `billed: true, prices: [{ interval: month, currency: EUR, model: graduated, ${tiers} }, { interval: year, currency: EUR, amount: 0.000000000001 }]`;
    const { meters } = parseCatalog(goodCatalog.replace('kind: counter,', `kind: counter, ${prices},`), 'catalog.yaml');
    const ends = [
      { upTo: 1000, amount: 0, flat: 0 },
      { upTo: undefined, amount: 0.05, flat: 100 },
    ];
    expect(meters.get('calls')?.prices).toEqual([
      { interval: 'month', currency: 'EUR', model: 'graduated', amount: 0, per: 1, tiers: ends },
      { interval: 'year', currency: 'EUR', model: 'per_unit', amount: 1e-12, per: 1, tiers: [] },
    ]);
  });

  it('has a fingerprint that depends on its content and not on its formatting', () => {
    expect(catalog.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(parseCatalog(`# comment\n${goodCatalog.replace("['*']", '["*"]')}\n`, 'other.yaml').fingerprint).toBe(catalog.fingerprint);
    expect(parseCatalog(goodCatalog.replace('calls: 1000', 'calls: 1001'), 'catalog.yaml').fingerprint).not.toBe(catalog.fingerprint);
  });

  it('limits the load of a plan that states no limit, or only one', () => {
    const loadOf = (load: string): unknown => parseCatalog(goodCatalog.replace('seconds: 60 }\n  pro', `seconds: 60 }\n${load}  pro`), 'catalog.yaml').plans.get('free')?.load;
    expect(loadOf('')).toEqual({ requests: 50, databaseTime: 2000 });
    expect(loadOf('    load: { requests: 7 }\n')).toEqual({ requests: 7, databaseTime: 2000 });
    expect(loadOf('    load: { databaseTime: 1000000 }\n')).toEqual({ requests: 50, databaseTime: 1_000_000 });
    expect(loadOf('    load: { requests: unlimited, databaseTime: unlimited }\n')).toEqual({ requests: undefined, databaseTime: undefined });
  });

  it('can have Windows line endings, anchors, and keys such as constructor', () => {
    expect(parseCatalog(goodCatalog.replaceAll('\n', '\r\n'), 'catalog.yaml').fingerprint).toBe(catalog.fingerprint);
    const shared = goodCatalog.replace('rateLimit: {', 'rateLimit: &rate {').replace('rateLimit: { requests: 3000, seconds: 60 }', 'rateLimit: *rate');
    expect(parseCatalog(shared, 'catalog.yaml').plans.get('pro')?.rateLimit).toEqual({ requests: 600, seconds: 60 });
    expect(keys(parseCatalog(goodCatalog.replace('  sso: Single', '  constructor: Sets\n  sso: Single'), 'catalog.yaml').features)).toContain('constructor');
  });

  it('results from the examples of docs/catalog.md together', () => {
    const page = readFileSync('docs/catalog.md', 'utf8');
    const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text).join('');
    expect(keys(parseCatalog(examples, 'docs/catalog.md').plans)).toEqual(['free', 'pro']);
    const rows = [...page.matchAll(/^\| `(\w+:\w+)` \| (.+) \| (yes|no) \|$/gm)].map(([, key, description, forKeys]) => ({ key, description, grantableToKeys: forKeys === 'yes' }));
    expect(rows).toEqual(
      [...catalog.permissions.values()].filter(({ builtIn }) => builtIn).map(({ key, description, grantableToKeys }) => ({ key, description, grantableToKeys })),
    );
  });

  it('has the permissions of each resource, which only owners have until they are granted', () => {
    // The catalog's own permissions are of something that no resource is called.
    const text = goodCatalog.replaceAll('notes:', 'own_words:');
    const read = (changed = text): Catalog => parseCatalog(changed, 'catalog.yaml');
    for (const [key, description] of resources.flatMap(({ permissions }) => Object.entries(permissions))) {
      expect(read().permissions.get(key)).toEqual({ key, description, builtIn: false, grantableToKeys: true });
      const having = ({ roles }: Catalog): string[] => [...roles.values()].filter(({ permissions }) => permissions.has(key)).map((role) => role.key);
      expect(having(read())).toEqual(['owner']);
      expect(having(read(text.replace('own_words:*', `own_words:*, "${key}"`)))).toEqual(['owner', 'admin']);
      expect(read(text.replace('permissions:\n', `permissions:\n  ${key}: In our words\n`)).permissions.get(key)?.description).toBe('In our words');
    }
  });

  it('lets API keys have permissions that do not manage access, and no others', () => {
    const refused = [...catalog.permissions.values()].filter(({ grantableToKeys }) => !grantableToKeys).map(({ key }) => key);
    expect(refused).toEqual([
      'organization:delete',
      'organization:transfer',
      'organization:export',
      'members:write',
      'invitations:write',
      'roles:write',
      'teams:write',
      'security:write',
      'api_keys:own',
      'api_keys:read',
      'api_keys:write',
      'billing:manage',
    ]);
  });
});

describe('anchors and merge keys', () => {
  const shared = `x-rates: &rates\n  rateLimit: { requests: 600, seconds: 60 }\n${goodCatalog.replace('    seats: 5', '    <<: *rates\n    seats: 5').replace('    limits: { users: 5, calls: 1000, jobs: 1 }\n    rateLimit: { requests: 600, seconds: 60 }', '    limits: { users: 5, calls: 1000, jobs: 1 }')}`;

  it('a merge key adds the entries of a block, and a block with the prefix x- changes nothing else', () => {
    const catalog = parseCatalog(shared, 'catalog.yaml');
    expect(catalog.plans.get('free')?.rateLimit).toEqual({ requests: 600, seconds: 60 });
    expect(parseCatalog(`x-note: anything\n${goodCatalog}`, 'catalog.yaml').fingerprint).toBe(parseCatalog(goodCatalog, 'catalog.yaml').fingerprint);
  });

  it('an entry next to a merge key wins, and of several blocks the first', () => {
    const text = `x-a: &a { seats: 7 }\nx-b: &b { seats: 8, description: Shared }\n${goodCatalog.replace('    seats: 5', '    <<: [*a, *b]').replace('    seats: unlimited', '    <<: *a\n    seats: unlimited')}`;
    const { plans } = parseCatalog(text, 'catalog.yaml');
    expect([plans.get('free')?.seats, plans.get('free')?.description, plans.get('pro')?.seats]).toEqual([7, 'Shared', undefined]);
  });

  it('an unknown key with the prefix x- inside of a section is refused', () => {
    expect(errorOf(() => parseCatalog(goodCatalog.replace('    seats: 5', '    seats: 5\n    x-note: no'), 'catalog.yaml')).problems).toMatchObject([{ line: 25 }]);
  });
});

describe('an invalid catalog', () => {
  it.each(badCatalogs)('with $name is refused at line $line', ({ text, line, message, hint }) => {
    const { problems } = errorOf(() => parseCatalog(text, 'catalog.yaml'));
    expect(problems).toContainEqual({ line, column: expect.any(Number), message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
    for (const problem of problems) {
      expect(problem.hint).not.toBe('');
      expect(problem.column).toBeGreaterThan(0);
    }
  });

  it('is reported with all its problems at once, each with file, line and column, in the order of the file', () => {
    const text = goodCatalog.replace('role: member', 'role: membr').replace('[sso]', '[ssso]').replace('rank: 10,', 'rank: 80,');
    const error = errorOf(() => parseCatalog(text, 'catalog.yaml'));
    expect(error.problems.map(({ line }) => line)).toEqual([4, 14, 32]);
    expect(error.message).toBe(
      [
        'The catalog is invalid:',
        '  catalog.yaml:4:9: the default role "membr" is not defined.',
        '      hint: did you mean "member"?',
        '  catalog.yaml:14:19: the roles "admin" and "member" have the same rank 80.',
        '      hint: use a different rank for each role. Ranks decide which roles a member can grant.',
        '  catalog.yaml:32:16: the plan "pro" has the feature "ssso", which is not defined.',
        '      hint: did you mean "sso"? Features are defined under "features:".',
      ].join('\n'),
    );
  });

  it('has each problem reported once', () => {
    const twice = badCatalogs.filter(({ text }) => {
      const { problems } = errorOf(() => parseCatalog(text, 'catalog.yaml'));
      return new Set(problems.map((problem) => JSON.stringify(problem))).size < problems.length;
    });
    expect(twice).toEqual([]);
  });

  it('that is not UTF-8 is refused at the line of the first wrong byte', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'catalog-')), 'latin1.yaml');
    writeFileSync(file, Buffer.from(goodCatalog.replace('See notes', 'Siehe Notizen für alle'), 'latin1'));
    expect(errorOf(() => loadCatalog(file)).problems).toEqual([{ line: 6, column: 30, message: 'the file is not valid UTF-8.', hint: expect.stringContaining('UTF-8') }]);
  });

  it.each(['9007199254740993', '1e400'])('with the number %s, which a double cannot hold, is refused', (number) => {
    const { problems } = errorOf(() => parseCatalog(goodCatalog.replace('amount: 2900', `amount: ${number}`), 'catalog.yaml'));
    expect(problems).toMatchObject([{ line: 29, message: expect.stringContaining(number) }]);
  });

  it.each([
    ['product: Acme', 'product: "Ac\\u2028me"', 1, 'product'],
    ['product: Acme', 'product: "Ac\\nBcc: eve"', 1, 'product'],
    ['product: Acme', 'product: "Ac\\0me"', 1, 'product'],
    ['product: Acme', 'product: "Ac\\ud800me"', 1, 'product'],
    ['notes:write: Write notes', 'notes:write: "Write\\u202enotes"', 7, 'permissions.notes:write'],
    ['sso: Single sign-on', 'sso: "Single\\u200bsign-on"', 16, 'features.sso'],
    ['calls: { kind: counter, period: month }', 'calls: { kind: counter, period: month, unit: "ca\\tll" }', 20, 'meters.calls.unit'],
    ['description: Calls to other systems', 'description: "\\u2066Calls"', 17, 'features.webhooks.description'],
  ])('with a text that cannot be shown in its place is refused: %s, %s', (from, to, line, place) => {
    const { problems } = errorOf(() => parseCatalog(goodCatalog.replace(from, to), 'catalog.yaml'));
    expect(problems).toMatchObject([{ line, message: expect.stringContaining(`"${place}" must`) }]);
  });

  it('has texts in normal form C, and descriptions of several lines', () => {
    const text = goodCatalog.replace('product: Acme', 'product: Cafe\u0301').replace('description: Calls to', 'description: "Calls\\nto');
    const catalog = parseCatalog(text.replace('other systems }', 'other systems" }'), 'catalog.yaml');
    expect(catalog.product).toBe('Caf\u00e9');
    expect(catalog.features.get('webhooks')?.description).toBe('Calls\nto other systems');
  });

  it('with a number that other readers take for an octal one is refused', () => {
    const { problems } = errorOf(() => parseCatalog(goodCatalog.replace('seats: 5', 'seats: 017'), 'catalog.yaml'));
    expect(problems).toMatchObject([{ line: 24, message: expect.stringContaining('octal') }]);
  });

  it('that does not exist is named, and the built-in catalogs are listed', () => {
    const { file, problems } = errorOf(() => loadCatalog('nowhere/catalog.yaml'));
    expect(file).toBe('nowhere/catalog.yaml');
    expect(problems).toEqual([{ line: 1, column: 1, message: 'the file cannot be read (ENOENT).', hint: expect.stringContaining('toolboxai') }]);
    expect(errorOf(() => loadCatalog('toolbox')).problems[0]?.message).toContain('ENOENT');
    expect(errorOf(() => loadCatalog('src')).problems[0]?.message).toContain('EISDIR');
  });
});

describe('a suggestion', () => {
  it.each([
    ['memebr', ['owner', 'admin', 'member'], 'did you mean "member"?'],
    ['Member', ['owner', 'admin', 'member'], 'did you mean "member"?'],
    ['plna', ['plan', 'role'], 'did you mean "plan"?'],
    ['roblox_integraton', ['roblox_integration', 'ai_chat'], 'did you mean "roblox_integration"?'],
    ['gold', ['free', 'pro'], 'use one of: free, pro.'],
    ['max', ['min', 'sum'], 'use one of: min, sum.'],
    ['x', ['ab', 'cd'], 'use one of: ab, cd.'],
    ['sso', [], 'none is defined.'],
  ])('the suggestion for %j, if %j are known, is: %s', (word, known, hint) => {
    expect(suggest(word, known)).toBe(hint);
  });
});
