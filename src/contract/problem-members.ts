import type { Schema } from './open-api.js';

/** The members that problems have in addition to those of every problem, by their names. */
const descriptions: Readonly<Record<string, string>> = {
  addOn: 'The add-on that raises the limit. `null`: none does.',
  amount: 'The amount, in minor units of the currency',
  available: 'The plans that include the feature',
  beyond: 'The permissions of the role that exceed yours',
  bytes: 'The size of the document, in bytes',
  checks: 'The result of each check, by its name',
  code: 'The code of the problem',
  currency: 'The currency, as an ISO 4217 code; `null` without a price',
  emails: 'The addresses',
  errors: 'The fields that are wrong',
  feature: 'The key of the feature',
  from: 'The present state',
  id: 'The id',
  invoiceStatus: 'The status of the invoice',
  invoices: 'The numbers of the invoices',
  limit: 'The limit',
  maxAge: 'The longest time since the login, in seconds',
  maxBytes: 'The largest size that is accepted, in bytes',
  members: 'The number of members',
  meter: 'The key of the meter',
  methods: 'The ways to sign in that are offered: `password`, `mail`, `passkey`, `provider` (an account at an identity provider), `sso` (single sign-on)',
  name: 'The name',
  needed: 'The permission, rank or condition that the caller lacks',
  organizations: 'The organizations',
  over: 'The limits that the present usage exceeds',
  permission: 'The permission that is missing',
  permissions: 'The permissions that you need and do not have',
  plan: 'The key of the plan',
  plans: 'The plans that are sufficient',
  policy: 'The name of the rate limit, as in the header RateLimit-Policy',
  reason: 'The reason',
  remaining: 'The units that are still available',
  requested: 'The units that the request needs',
  resetsAt: 'The time at which the count of the usage begins again. `null`: it does not.',
  retryAfter: 'The seconds after which to try again',
  seats: 'The number of seats',
  settings: 'The keys of the settings',
  slug: 'The slug',
  teams: 'The number of teams',
  to: 'The state that was asked for',
  until: 'The end of the paid period',
  upgrade: 'The plan that raises the limit. `null`: none does.',
  url: 'The address of the document. `null`: there is none.',
  used: 'The units that are used',
  worth: 'The value of the rest of the paid period, in minor units of the currency',
};

/** Describes the members of a problem that have no description in the sources. */
export const describeMembers = (properties: Readonly<Record<string, Schema>>): Record<string, Schema> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const description = schema.description ?? descriptions[name];
      const described = { ...(description === undefined ? {} : { description }), ...schema };
      if (schema.properties !== undefined) described.properties = describeMembers(schema.properties);
      if (schema.items?.properties !== undefined) described.items = { ...schema.items, properties: describeMembers(schema.items.properties) };
      return [name, described];
    }),
  );
