import { resources } from '../config/catalog/declared-permissions.js';

/** The tags of the resources that the product adds: see `src/resources.ts`. */
export const tagsOfResources: ReadonlySet<string> = new Set(resources.map(({ tag }) => tag.name));

/** The tags of the document, in the order in which a new user of the API meets them. */
export const tags: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'auth', description: 'Sign-up, sign-in, sessions, passwords and second factors.' },
  { name: 'users', description: 'The account of the signed-in user.' },
  { name: 'organizations', description: 'The organizations of the signed-in user. Each organization is a tenant.' },
  { name: 'members', description: 'The members of an organization, and the transfer of its ownership.' },
  { name: 'consent', description: 'The consent of guardians to the memberships of minors.' },
  { name: 'invitations', description: 'Invitations to an organization by mail or link, and requests to join one.' },
  { name: 'roles', description: 'Permissions, built-in and custom roles, and the check whether the caller may do something.' },
  { name: 'teams', description: 'Teams of members. A team can have roles, which its members then have.' },
  { name: 'api-keys', description: 'API keys, with which programs call the API in the name of an organization.' },
  { name: 'sso', description: 'Single sign-on with the identity providers of organizations.' },
  { name: 'domains', description: 'Email domains and host names whose ownership an organization has proved.' },
  { name: 'directories', description: 'Directories that provision members by SCIM: their tokens, users and groups.' },
  { name: 'settings', description: 'Settings, branding, features, custom settings, security policy and data retention of an organization.' },
  { name: 'usage', description: 'Metering: quotas, reported events, reservations, leases, credits and reports.' },
  { name: 'billing', description: 'Plans, subscriptions, invoices, credit notes and payments.' },
  { name: 'audit', description: 'The audit log and the access log of an organization.' },
  { name: 'webhooks', description: 'The events of an organization.' },
  ...resources.map(({ tag }) => tag),
  { name: 'tenants', description: 'All tenants, for the operators of the platform.' },
  { name: 'platform', description: 'Operators, jobs, mail and the audit log of the platform, for its operators.' },
  { name: 'operations', description: 'Probes, metrics and the public keys of access tokens.' },
];
