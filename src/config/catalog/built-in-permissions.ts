/** What tenantry's own routes ask for. A catalog gives them to roles, and may add permissions of the product's own. */
export const builtInPermissions = {
  'organization:read': 'See the organization',
  'organization:update': 'Change its profile',
  'organization:delete': 'Delete it',
  'organization:transfer': 'Hand ownership over',
  'members:read': 'See the members',
  'members:write': 'Add, change and remove members',
  'invitations:read': 'See invitations and requests to join',
  'invitations:write': 'Invite, and answer requests to join',
  'roles:read': 'See roles',
  'roles:write': 'Make, change and delete custom roles',
  'teams:read': 'See teams',
  'teams:write': 'Make, change and delete teams, and choose who is in them',
  'settings:read': 'See settings, features and limits',
  'settings:write': 'Change settings, features, branding, integrations and compliance',
  'security:read': 'See the security policy and the domains',
  'security:write': 'Change the security policy and the domains',
  'api_keys:own': 'Make, and manage, API keys of one’s own',
  'api_keys:read': 'See all API keys',
  'api_keys:write': 'Make, change, rotate and revoke API keys of the organization, and those of others',
  'usage:read': 'See what was used, by whom, and export it',
  'usage:write': 'Report and consume usage',
  'billing:manage': 'See and change the subscription, the invoices and to whom they are written',
  'audit:read': 'See the audit log, and export it',
  'projects:read': 'See projects and tasks',
  'projects:write': 'Make, change and delete projects and tasks',
} as const;

export type BuiltInPermission = keyof typeof builtInPermissions;

/** Whoever manages access can take everything: a person may hold these, a key never. */
const forPeopleOnly: ReadonlySet<string> = new Set<BuiltInPermission>([
  'organization:delete',
  'organization:transfer',
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

/** Whether an API key may be given this permission. */
export const grantableToKeys = (permission: string): boolean => !forPeopleOnly.has(permission);
