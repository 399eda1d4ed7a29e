/** A small catalog with something of every kind, and nothing wrong. The numbers of its lines are in {@link badCatalogs}. */
export const goodCatalog = `product: Acme
defaults:
  plan: free
  role: member
permissions:
  notes:read: See notes
  notes:write: Write notes
roles:
  owner: { rank: 100, permissions: ['*'] }
  admin:
    rank: 80
    inherits: member
    permissions: [members:write, notes:*]
  member: { rank: 10, permissions: [organization:read, notes:read] }
features:
  sso: Single sign-on
  webhooks: { name: Webhooks, description: Calls to other systems }
meters:
  users: { kind: gauge, tracks: members }
  calls: { kind: counter, period: month }
  jobs: { kind: concurrent }
plans:
  free:
    seats: 5
    limits: { users: 5, calls: 1000, jobs: 1 }
    rateLimit: { requests: 600, seconds: 60 }
  pro:
    prices:
      - { interval: month, currency: USD, amount: 2900 }
    seats: unlimited
    inherits: free
    features: [sso]
    limits: { users: unlimited, calls: 50000, jobs: 10 }
    rateLimit: { requests: 3000, seconds: 60 }
settings:
  weekly_reports: { type: boolean, default: true }
  theme: { type: string, default: light, allowed: [light, dark] }
  page_size: { type: integer, default: 20, min: 1, max: 100 }
  session_timeout_minutes: { type: integer, default: 60, min: 5, enforcedBy: auth }
rateLimits:
  signup:
    - { per: address, requests: 20, seconds: 3600 }
  memberAdd:
    - { per: user, requests: 20, seconds: 3600 }
addOns:
  more_calls:
    plans: [pro]
    prices: [{ interval: month, currency: USD, amount: 500 }]
    limits: { calls: 10000 }
    max: 5
  calling:
    prices: [{ interval: month, currency: USD, amount: 700 }]
    features: [webhooks]
tokenClaims:
  plan: plan
  tier: { value: gold }
`;

export interface BadCatalog {
  readonly name: string;
  readonly text: string;
  /** Where the problem is. */
  readonly line: number;
  readonly message: RegExp;
  readonly hint: RegExp;
}

/** A seller, for a catalog with taxes. */
const seller = 'seller: { name: A, address: { line1: B, city: C, country: DE } }';

type Row = readonly [name: string, from: string, to: string, line: number, message: RegExp, hint: RegExp];

/** One change of the good catalog each, with the problem that it makes. */
const changes: readonly Row[] = [
  // Invalid YAML.
  ['a key that stands twice', '  sso: Single sign-on', '  sso: Single sign-on\n  sso: SSO', 17, /must be unique/, /occurs twice/],
  ['a tab as indentation', '    seats: 5', '\tseats: 5', 24, /invalid YAML: Tabs/, /indent with spaces/],
  ['a list that is not closed', 'notes:*]', 'notes:*', 14, /invalid YAML/, /indentation/],
  ['an indentation that is off', '    seats: 5', '   seats: 5', 24, /invalid YAML/, /check the indentation/],
  ['a colon in a text without quotes', 'product: Acme', 'product: Acme: quotes', 1, /invalid YAML/, /quote a text that contains a colon/],
  ['a star without quotes', "['*']", '[*]', 9, /invalid YAML/, /Quote it: '\*'/],
  ['a reference to an anchor that is not there', 'plan: free', 'plan: *free', 3, /the anchor "&free", which is not defined before it/, /Quote it if you mean text/],
  ['two documents in one file', 'settings:', '---\nsettings:', 35, /multiple documents/, /one YAML document/],

  // Claims of access tokens.
  ['a claim with a meaning of its own', '  plan: plan', '  sub: plan', 55, /the claim "sub" has a meaning of its own/, /choose another name/],
  ['a claim of RFC 9068', '  plan: plan', '  scope: plan', 55, /the claim "scope" has a meaning of its own/, /choose another name/],
  ['a claim from an unknown source', '  plan: plan', '  plan: permissions', 55, /"tokenClaims\.plan"/, /plan, role/],
  ['claims that are too large', 'value: gold', `value: ${'g'.repeat(1000)}`, 54, /take up to \d+ bytes/, /at most 1024 bytes/],

  // Shapes.
  ['an unknown section', 'features:', 'feature:', 15, /the file has the unknown key "feature"/, /did you mean "features"\?/],
  ['an unknown key of the defaults', '  role: member\n', '  role: member\n  team: red\n', 5, /"defaults" has the unknown key "team"/, /use one of: plan, role/],
  ['an unknown key of a role', 'rank: 80', 'rnak: 80', 11, /"roles\.admin" has the unknown key "rnak"/, /did you mean "rank"\?/],
  ['an unknown key of a feature', 'description: Calls', 'descripton: Calls', 17, /"features\.webhooks" has the unknown key "descripton"/, /did you mean "description"\?/],
  ['an unknown key of a meter', 'tracks: members', 'track: members', 19, /"meters\.users" has the unknown key "track"/, /did you mean "tracks"\?/],
  ['an unknown key of a plan', '    inherits: free', '    inherit: free', 31, /"plans\.pro" has the unknown key "inherit"/, /did you mean "inherits"\?/],
  ['an unknown key of a price', 'amount: 2900', 'ammount: 2900', 29, /"plans\.pro\.prices\.0" has the unknown key "ammount"/, /did you mean "amount"\?/],
  ['an unknown key of a rate', 'requests: 600, seconds', 'requests: 600, second', 26, /"plans\.free\.rateLimit" has the unknown key "second"/, /did you mean "seconds"\?/],
  ['an unknown key of a setting', 'max: 100', 'maximum: 100', 38, /"settings\.page_size" has the unknown key "maximum"/, /use one of: type, default/],
  ['an unknown key of an action’s limit', 'per: user, requests', 'by: user, requests', 44, /"rateLimits\.memberAdd\.0" has the unknown key "by"/, /use one of: per, requests/],
  ['an action that is not limited', '  signup:', '  signUp:', 41, /"rateLimits" has the unknown key "signUp"/, /did you mean "signup"\?/],
  ['no product', 'product: Acme\n', '', 1, /the file must have "product"/, /the name of the product/],
  ['no rank', '  member: { rank: 10, permissions', '  member: { permissions', 14, /"roles\.member" must have "rank"/, /a whole number from 0 to 1000/],
  ['no seats', '    seats: 5\n', '', 23, /"plans\.free" must have "seats"/, /a whole number from 0, or the word unlimited/],
  [
    'a section without anything in it',
    '  sso: Single sign-on\n  webhooks: { name: Webhooks, description: Calls to other systems }\n',
    '',
    15,
    /"features" must be a map, but it is empty/,
    /the features that plans can include/,
  ],
  [
    'a list instead of a map',
    'features:\n  sso: Single sign-on\n  webhooks: { name: Webhooks, description: Calls to other systems }\n',
    'features: [sso]\n',
    15,
    /"features" must be a map/,
    /the features that plans can include/,
  ],
  [
    'a text instead of a list',
    'permissions: [organization:read, notes:read]',
    'permissions: notes:read',
    14,
    /"roles\.member\.permissions" must be a list/,
    /a list of permissions/,
  ],
  ['a rank in words', 'rank: 10,', 'rank: ten,', 14, /"roles\.member\.rank" must be a whole number/, /from 0 to 1000/],
  ['a rank beyond the highest', 'rank: 10,', 'rank: 1001,', 14, /"roles\.member\.rank" must be at most 1000/, /from 0 to 1000/],
  ['a permission that is named badly', '  notes:write: Write', '  Notes-Write: Write', 7, /the key "Notes-Write" is invalid/, /<resource>:<action>/],
  ['a feature that is named badly', '  sso: Single', '  SSO: Single', 16, /the key "SSO" is invalid/, /lower case/],
  ['a plan that is named by a number', '  free:', '  1:', 23, /the key "1" is invalid/, /lower case/],
  [
    'a role that names a permission badly',
    '[organization:read, notes:read]',
    '[organization:read, notes.read]',
    14,
    /permissions\.1" has the invalid value "notes\.read"/,
    /<resource>:<action>/,
  ],
  ['a permission given twice', '[organization:read, notes:read]', '[notes:read, notes:read]', 14, /contains "notes:read" twice/, /remove one/],
  ['a kind of meter that is misspelt', 'kind: gauge', 'kind: gague', 19, /"meters\.users\.kind" has the invalid value "gague"/, /did you mean "gauge"\?/],
  ['a negative limit', 'calls: 1000', 'calls: -1', 25, /"plans\.free\.limits\.calls" must be at least 0/, /a number from 0, with at most the decimals of the meter/],
  ['a fractional limit', 'calls: 1000', 'calls: 1.5', 25, /"free" has the limit 1\.5 for "calls", which the meter cannot count exactly/, /use a whole number, or add `decimals`/],
  ['a limit in other words', 'calls: 1000', 'calls: plenty', 25, /"plans\.free\.limits\.calls" has the invalid value "plenty"/, /the word unlimited/],
  ['a price with a fraction', 'amount: 2900', 'amount: 29.00001', 29, /"plans\.pro\.prices\.0\.amount" must be a whole number/, /minor units/],
  ['a price beyond the exact numbers', 'amount: 2900', 'amount: 9007199254740992', 29, /"plans\.pro\.prices\.0\.amount" must be at most 9007199254740991/, /minor units/],
  ['zero requests', 'requests: 600', 'requests: 0', 26, /"plans\.free\.rateLimit\.requests" must be at least 1/, /at least 1/],
  ['a rate over more than a day', 'requests: 600, seconds: 60', 'requests: 600, seconds: 86401', 26, /"plans\.free\.rateLimit\.seconds" must be at most 86400/, /at most a day/],
  [
    'no requests at all',
    'seconds: 60 }\n  pro',
    'seconds: 60 }\n    load: { requests: 0 }\n  pro',
    27,
    /"plans\.free\.load\.requests" must be at least 1/,
    /at least 1, or the word unlimited/,
  ],
  [
    'database time in other words',
    'seconds: 60 }\n  pro',
    'seconds: 60 }\n    load: { databaseTime: plenty }\n  pro',
    27,
    /"plans\.free\.load\.databaseTime" has the invalid value "plenty"/,
    /the word unlimited/,
  ],
  [
    'a fraction of database time',
    'seconds: 60 }\n  pro',
    'seconds: 60 }\n    load: { databaseTime: 1.5 }\n  pro',
    27,
    /"plans\.free\.load\.databaseTime" must be a whole number/,
    /a whole number of at least 1/,
  ],
  [
    'an unknown load',
    'seconds: 60 }\n  pro',
    'seconds: 60 }\n    load: { request: 5 }\n  pro',
    27,
    /"plans\.free\.load" has the unknown key "request"/,
    /did you mean "requests"\?/,
  ],
  ['a load without a limit', 'seconds: 60 }\n  pro', 'seconds: 60 }\n    load: {}\n  pro', 27, /"plans\.free\.load"/, /databaseTime/],
  ['a setting enforced by nobody known', 'enforcedBy: auth', 'enforcedBy: me', 39, /enforcedBy" has the invalid value "me"/, /auth/],

  // Roles and permissions.
  ['no owner', '  owner: {', '  chief: {', 8, /the role "owner" is not defined/, /Add `owner:/],
  ['an owner who cannot do everything', "['*']", "['notes:*']", 9, /"owner" does not have every permission/, /permissions: \["\*"\]/],
  ['two roles with the same rank', 'rank: 10,', 'rank: 80,', 14, /"admin" and "member" have the same rank 80/, /a different rank for each role/],
  ['a role as high as the owner', 'rank: 80', 'rank: 500', 11, /the role "admin" is not below the rank of "owner"/, /a rank below 100/],
  ['a role that inherits from one unknown', 'inherits: member', 'inherits: membr', 12, /"admin" inherits from "membr", which is not defined/, /did you mean "member"\?/],
  [
    'a role that inherits from what every object has',
    'inherits: member',
    'inherits: constructor',
    12,
    /"admin" inherits from "constructor", which is not defined/,
    /use one of: owner/,
  ],
  ['roles that inherit in a circle', 'member: { rank: 10,', 'member: { rank: 10, inherits: admin,', 14, /"member" inherits from itself through "admin"/, /from the circle/],
  [
    'a role that has an unknown permission',
    'permissions: [members:write',
    'permissions: [member:write',
    13,
    /"admin" has the permission "member:write"/,
    /did you mean "members:write"\?/,
  ],
  ['a role that has all of an unknown resource', 'notes:*]', 'note:*]', 13, /"admin" has the permission "note:\*"/, /did you mean "notes:\*"\?/],
  ['a built-in permission defined again', '  notes:write: Write notes', '  members:read: See members', 7, /"members:read" is built in/, /remove it here/],
  ['an unknown default role', '  role: member', '  role: members', 4, /default role "members" is not defined/, /did you mean "member"\?/],
  ['owner as the default role', '  role: member', '  role: owner', 4, /default role cannot be "owner"/, /a lower role/],

  // Plans, meters and prices.
  ['an unknown default plan', '  plan: free', '  plan: fre', 3, /default plan "fre" is not defined/, /did you mean "free"\?/],
  ['a default plan that every object has', '  plan: free', '  plan: constructor', 3, /default plan "constructor" is not defined/, /use one of: free, pro/],
  ['a plan that inherits from one unknown', 'inherits: free', 'inherits: basic', 31, /"pro" inherits from "basic", which is not defined/, /use one of: free, pro/],
  ['a plan that inherits from itself', 'inherits: free', 'inherits: pro', 31, /"pro" inherits from itself/, /from the circle/],
  ['a plan with an unknown feature', '[sso]', '[ssso]', 32, /"pro" has the feature "ssso"/, /did you mean "sso"\?.*under "features:"/],
  ['a plan that limits an unknown meter', 'jobs: 1 }', 'jobs: 1, storage: 5 }', 25, /"free" limits "storage", which is not a meter/, /use one of: users, calls, jobs/],
  ['a plan that limits what every object has', 'jobs: 1 }', 'jobs: 1, constructor: 5 }', 25, /"free" limits "constructor", which is not a meter/, /use one of: users/],
  ['a plan that leaves a meter out', 'calls: 1000, jobs: 1 }', 'calls: 1000 }', 25, /"free" has no limit for "jobs"/, /`unlimited`/],
  ['a plan without limits', '    limits: { users: 5, calls: 1000, jobs: 1 }\n', '', 23, /"free" has no limit for "users", "calls", "jobs"/, /under "limits:"/],
  ['a plan without a seat', 'seats: 5', 'seats: 0', 24, /"free" has no seats/, /at least 1/],
  ['a currency that is none', 'currency: USD', 'currency: usd', 29, /"usd" is not a currency/, /ISO 4217 code in capitals/],
  [
    'two prices for the same interval',
    'amount: 2900 }',
    'amount: 2900 }\n      - { interval: month, currency: USD, amount: 1900 }',
    30,
    /"pro" has two prices per month in USD/,
    /one price for each/,
  ],
  ['a billed gauge', 'kind: gauge,', 'kind: gauge, billed: true,', 19, /the gauge meter "users" cannot be billed/, /only a counter/],
  [
    'a billed peak',
    'counter, period: month',
    'counter, period: month, aggregation: max, billed: true',
    20,
    /"calls" has the aggregation max and cannot be billed/,
    /`sum` and `count`/,
  ],
  [
    'prices of what is not billed',
    'counter, period: month',
    'counter, period: month, prices: [{ interval: month, currency: EUR, amount: 1 }]',
    20,
    /"calls" has prices but is not billed/,
    /`billed: true`/,
  ],
  [
    'usage in a currency that is none',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: Euro, amount: 1 }]',
    20,
    /"Euro" is not a currency/,
    /ISO 4217/,
  ],
  [
    'two prices for the same usage',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, amount: 1 }, { interval: month, currency: EUR, amount: 2 }]',
    20,
    /the meter "calls" has two prices per month in EUR/,
    /one price for each/,
  ],
  [
    'a price of part of a unit',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, amount: 1, per: 0.5 }]',
    20,
    /per/,
    /whole number of units/,
  ],
  [
    'tiers without a model',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, tiers: [{ upTo: unlimited, amount: 1 }] }]',
    20,
    /a price with tiers needs a model/,
    /model: graduated/,
  ],
  [
    'a graduated price without tiers',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, model: graduated }]',
    20,
    /a graduated price has no tiers/,
    /add `tiers/,
  ],
  [
    'a graduated price with an amount of its own',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, model: graduated, amount: 1, tiers: [{ upTo: unlimited, amount: 1 }] }]',
    20,
    /has its amounts in the tiers/,
    /remove `amount`/,
  ],
  [
    'a usage price without an amount',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, per: 10 }]',
    20,
    /the price has no amount/,
    /add `amount`/,
  ],
  [
    'a volume price in packages',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, model: volume, per: 10, tiers: [{ upTo: unlimited, amount: 1 }] }]',
    20,
    /a volume price is for one unit/,
    /model: package/,
  ],
  [
    'a package without a size',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, model: package, amount: 1 }]',
    20,
    /a package price has no size/,
    /add `per`/,
  ],
  [
    'a last tier with an end',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, model: volume, tiers: [{ upTo: 10, amount: 1 }] }]',
    20,
    /the last tier has an end/,
    /upTo: unlimited/,
  ],
  [
    'a tier without an end before others',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, model: volume, tiers: [{ upTo: unlimited, amount: 2 }, { upTo: unlimited, amount: 1 }] }]',
    20,
    /a tier without an end is followed by others/,
    /only the last tier/,
  ],
  [
    'tiers in the wrong order',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, model: volume, tiers: [{ upTo: 10, amount: 2 }, { upTo: 10, amount: 1 }, { upTo: unlimited, amount: 0 }] }]',
    20,
    /does not end after the tier before it/,
    /more than 10/,
  ],
  [
    'a price with too many decimals',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, amount: 0.0000000000001 }]',
    20,
    /has more than 12 decimals/,
    /at most 12 decimals/,
  ],
  [
    'a price of a unit that is negative',
    'counter, period: month',
    'counter, period: month, billed: true, prices: [{ interval: month, currency: EUR, amount: -0.5 }]',
    20,
    /at least 0/,
    /minor units/,
  ],
  ['a counter without a period', 'counter, period: month', 'counter', 20, /the counter "calls" has no period/, /`period: month` or `period: day`/],
  ['a gauge with a period', 'kind: gauge,', 'kind: gauge, period: day,', 19, /the gauge meter "users" cannot have a period/, /only a counter/],
  [
    'a concurrent meter with an aggregation',
    'kind: concurrent',
    'kind: concurrent, aggregation: max',
    21,
    /the concurrent meter "jobs" cannot have an aggregation/,
    /only a counter/,
  ],
  ['a counter that tracks members', 'counter, period: month', 'counter, period: month, tracks: members', 20, /the counter meter "calls" cannot track members/, /`kind: gauge`/],
  ['two meters that track members', 'kind: concurrent', 'kind: gauge, tracks: members', 21, /"users" and "jobs" both track members/, /only one meter can/],

  // Add-ons.
  ['an add-on without a price', '    prices: [{ interval: month, currency: USD, amount: 700 }]\n', '', 51, /"addOns\.calling" must have "prices"/, /unit prices/],
  ['an add-on that adds no whole number', 'calls: 10000 }', 'calls: unlimited }', 49, /"addOns\.more_calls\.limits\.calls" must be a number/, /above 0/],
  ['an add-on of an unknown plan', 'plans: [pro]', 'plans: [prp]', 47, /"more_calls" names the plan "prp", which is not defined/, /did you mean "pro"\?/],
  ['an add-on of a plan without a price', 'plans: [pro]', 'plans: [pro, free]', 47, /names the plan "free", which has no price/, /billed with its plan/],
  ['an add-on in a currency that is none', 'USD, amount: 500', 'usd, amount: 500', 48, /"usd" is not a currency/, /ISO 4217/],
  [
    'an add-on by an interval of no plan',
    'month, currency: USD, amount: 500',
    'year, currency: USD, amount: 500',
    48,
    /price per year in USD, but none of its plans has one/,
    /interval and currency of the plan/,
  ],
  [
    'an add-on by which its plan is not sold',
    'currency: USD, amount: 700',
    'currency: EUR, amount: 700',
    52,
    /"calling" has no price that matches a price of the plan "pro"/,
    /same interval/,
  ],
  ['an add-on with two prices', 'amount: 500 }]', 'amount: 500 }, { interval: month, currency: USD, amount: 5 }]', 48, /"more_calls" has two prices per month/, /one price/],
  ['an add-on with an unknown feature', 'features: [webhooks]', 'features: [webhook]', 53, /"calling" has the feature "webhook"/, /did you mean "webhooks"\?/],
  ['an add-on to an unknown meter', 'calls: 10000 }', 'calling: 10000 }', 49, /"more_calls" adds to "calling", which is not a meter/, /under "meters:"/],
  ['an add-on to the meter of members', 'calls: 10000 }', 'users: 10 }', 49, /adds to "users", which tracks the members/, /use `seats:` instead/],
  ['an add-on that gives nothing', '    features: [webhooks]\n', '', 51, /"calling" adds nothing\./, /`limits:`, `seats:` or `features:`/],
  ['an add-on that its plan includes', 'features: [webhooks]', 'features: [sso]', 51, /"calling" adds nothing to the plan "pro"/, /the plan includes it/],
  ['an add-on of seats that are unlimited', 'features: [webhooks]', 'seats: 5', 51, /"calling" adds nothing to the plan "pro"/, /has no limit/],
  [
    'an add-on of a feature several times',
    'features: [webhooks]',
    'features: [webhooks]\n    max: 2',
    54,
    /"calling" contains only features but can be bought 2 times/,
    /once is enough/,
  ],

  // Currencies, the seller and taxes.
  ['a currency that is no more', 'currency: USD, amount: 2900', 'currency: HRK, amount: 2900', 29, /"HRK" is not a currency of ISO 4217/, /ISO 4217 code in capitals/],
  ['a metal as a currency', 'currency: USD, amount: 2900', 'currency: XAU, amount: 2900', 29, /"XAU" is not a currency of ISO 4217/, /ISO 4217 code in capitals/],
  ['a currency for tests', 'currency: USD, amount: 500', 'currency: XTS, amount: 500', 48, /"XTS" is not a currency of ISO 4217/, /ISO 4217 code in capitals/],
  ['taxes without a seller', 'settings:', 'taxes: { rates: { DE: { name: VAT, percent: 19 } } }\nsettings:', 35, /there are taxes, but no seller/, /add `seller:`/],
  ['a seller nowhere', 'settings:', 'seller: { name: A, address: { line1: B, city: C, country: XX } }\nsettings:', 35, /"XX" is not a country/, /ISO 3166-1/],
  ['a seller without an address', 'settings:', 'seller: { name: A }\nsettings:', 35, /"seller" must have "address"/, /add it/],
  [
    'a seller without a rate',
    'settings:',
    `${seller}\ntaxes: { rates: { FR: { name: TVA, percent: 20 } } }\nsettings:`,
    36,
    /no rate for DE, the country of the seller/,
    /0 is a rate/,
  ],
  [
    'a rate of no country',
    'settings:',
    `${seller}\ntaxes: { rates: { DE: { name: VAT, percent: 19 }, UK: { name: VAT, percent: 20 } } }\nsettings:`,
    36,
    /"UK" is not a country/,
    /ISO 3166-1/,
  ],
  ['a rate with four decimals', 'settings:', `${seller}\ntaxes: { rates: { DE: { name: VAT, percent: 8.8755 } } }\nsettings:`, 36, /more than three decimals/, /such as 8.875/],
  ['a rate of more than all', 'settings:', `${seller}\ntaxes: { rates: { DE: { name: VAT, percent: 119 } } }\nsettings:`, 36, /must be at most 100/, /0 to 100/],
  ['a rate as text', 'settings:', `${seller}\ntaxes: { rates: { DE: { name: VAT, percent: '19' } } }\nsettings:`, 36, /must be a number/, /0 to 100/],
  [
    'a reverse charge of no country',
    'settings:',
    `${seller}\ntaxes: { rates: { DE: { name: VAT, percent: 19 } }, reverseCharge: [EU] }\nsettings:`,
    36,
    /"EU" is not a country/,
    /ISO 3166-1/,
  ],

  // Settings and limits of actions.
  ['a default of another type', 'boolean, default: true', 'boolean, default: 1', 36, /default of "weekly_reports" is not a boolean/, /can be chosen/],
  ['a default that is not allowed', 'default: light', 'default: blue', 37, /default of "theme" is not one of the allowed values light, dark/, /can be chosen/],
  ['a default below the minimum', 'default: 20', 'default: 0', 38, /default of "page_size" is below the minimum 1/, /can be chosen/],
  ['a default above the maximum', 'default: 20', 'default: 500', 38, /default of "page_size" is above the maximum 100/, /can be chosen/],
  ['a minimum above the maximum', 'min: 1,', 'min: 101,', 38, /minimum of "page_size" is above its maximum/, /swap them/],
  ['a range of texts', 'default: light,', 'default: light, max: 9,', 37, /the string setting "theme" cannot have a minimum or maximum/, /allowed values/],
  ['an allowed value of another type', '[light, dark]', '[light, 3]', 37, /allowed value 3 of "theme" is not a string/, /quote it/],
  ['a setting that auth cannot enforce', 'max: 100 }', 'max: 100, enforcedBy: auth }', 38, /auth cannot enforce "page_size"/, /session_timeout_minutes/],
  ['an enforced setting that every object has', '  page_size: {', '  constructor: { enforcedBy: auth,', 38, /auth cannot enforce "constructor"/, /session_timeout_minutes/],
  [
    'an enforced setting of another type',
    '{ type: integer, default: 60, min: 5, enforcedBy',
    '{ type: string, default: an hour, enforcedBy',
    39,
    /"session_timeout_minutes" is enforced by auth but has the type string/,
    /`type: integer`/,
  ],
  ['an enforced setting without a minimum', 'min: 5, enforcedBy', 'enforcedBy', 39, /"session_timeout_minutes" is enforced by auth but can be set below 1/, /`min: 1`/],
  ['an enforced setting with a minimum too low', 'min: 5, enforcedBy', 'min: 0, enforcedBy', 39, /can be set below 1/, /lock all members out/],
  [
    'passwords that may be too long',
    'session_timeout_minutes: { type: integer, default: 60, min: 5, enforcedBy: auth }',
    'password_min_length: { type: integer, default: 12, min: 10, enforcedBy: auth }',
    39,
    /can be set above 32/,
    /`max: 32`/,
  ],
  [
    'passwords that may be longer than generated ones',
    'session_timeout_minutes: { type: integer, default: 60, min: 5, enforcedBy: auth }',
    'password_min_length: { type: integer, default: 12, min: 10, max: 64, enforcedBy: auth }',
    39,
    /can be set above 32/,
    /generated passwords/,
  ],
  [
    'passwords that may be too short',
    'session_timeout_minutes: { type: integer, default: 60, min: 5, enforcedBy: auth }',
    'password_min_length: { type: integer, default: 12, min: 8, max: 32, enforcedBy: auth }',
    39,
    /can be set below 10/,
    /at least 10 characters/,
  ],
  ['a sign-up limited by user', 'per: address', 'per: user', 42, /"signup" cannot be limited per user/, /Use `per: address`/],
  ['a sign-up limited by the account that it names', 'per: address', 'per: account', 42, /"per"|per/, /address/],
];

/** Replaces the whole file. */
const files: readonly (readonly [name: string, text: string, line: number, message: RegExp, hint: RegExp])[] = [
  ['an empty file', '', 1, /the file must be a map, but it is empty/, /start the file with `product: …`/],
  ['a file of comments', '# soon\n', 1, /the file must be a map, but it is empty/, /start the file with `product: …`/],
  ['a list for a file', '- product: Acme\n', 1, /the file must be a map/, /start the file with `product: …`/],
  ['a sentence for a file', 'We sell notes.\n', 1, /the file must be a map/, /start the file with `product: …`/],
  ['JSON of something else', '{\n  "name": "acme",\n  "version": "1.0.0"\n}\n', 2, /the file has the unknown key "name"/, /use one of: product/],
  [
    'anchors that multiply without end',
    ['a: &a [1,1,1,1,1,1,1,1,1,1]', ...['b', 'c', 'd'].map((key, index) => `${key}: &${key} [${Array<string>(10).fill(`*${'abc'[index]}`).join()}]`)].join('\n'),
    1,
    /cannot be read: Excessive alias count/,
    /write the values out/,
  ],
];

function changed(name: string, from: string, to: string): string {
  const at = goodCatalog.indexOf(from);
  if (at < 0) throw new Error(`The good catalog has no "${from}", which "${name}" changes.`);
  return goodCatalog.slice(0, at) + to + goodCatalog.slice(at + from.length);
}

/** Catalogs that stop the boot, with the line and the message that say why. */
export const badCatalogs: readonly BadCatalog[] = [
  ...changes.map(([name, from, to, line, message, hint]) => ({ name, text: changed(name, from, to), line, message, hint })),
  ...files.map(([name, text, line, message, hint]) => ({ name, text, line, message, hint })),
];
