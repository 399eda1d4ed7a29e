/** The permissions that tenantry's own routes require. A catalog grants them to roles. */
export const builtInPermissions = {
  'organization:read': 'View the organization',
  'organization:update': 'Update the profile of the organization',
  'organization:delete': 'Delete the organization',
  'organization:transfer': 'Transfer the ownership of the organization',
  'organization:export': 'Export everything that belongs to the organization',
  'members:read': 'View members',
  'members:write': 'Add, update and remove members',
  'invitations:read': 'View invitations and join requests',
  'invitations:write': 'Invite members, and approve or decline join requests',
  'roles:read': 'View roles',
  'roles:write': 'Create, update and delete custom roles',
  'teams:read': 'View teams',
  'teams:write': 'Create, update and delete teams, and manage their members',
  'settings:read': 'View settings, features and limits',
  'settings:write': 'Update settings, features, branding and integrations',
  'security:read': 'View the security policy and domains',
  'security:write': 'Update the security policy, compliance, domains, and settings that decide about security',
  'api_keys:own': 'Create and manage API keys of your own',
  'api_keys:read': 'View all API keys',
  'api_keys:write': 'Create API keys for the organization, and update, rotate and revoke all API keys',
  'usage:read': 'View and export usage',
  'usage:write': 'Report and consume usage',
  'billing:manage': 'View and change the subscription, the billing profile and invoices',
  'audit:read': 'View and export the audit log',
  'events:read': 'Read the events of the organization',
  'webhooks:read': 'View webhooks and their deliveries, with the events that were sent',
  'webhooks:write': 'Create, update, test and delete webhooks, which send the events of the organization to an address',
} as const;

export type BuiltInPermission = keyof typeof builtInPermissions;

/** Permissions that can be used to gain every other permission. Users can have them, API keys cannot. */
const usersOnly: ReadonlySet<string> = new Set<BuiltInPermission>([
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

/** Whether a permission can be used to gain every other one. Changes with it need a recent login (docs/accounts.md#recent-login). */
export const managesAccess = (permission: string): boolean => usersOnly.has(permission);

/** Whether an API key can have this permission. */
export const grantableToKeys = (permission: string): boolean => !managesAccess(permission);
