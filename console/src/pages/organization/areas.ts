import { texts } from './texts';

interface Area {
  readonly to: `/organizations/$organizationId${string}`;
  readonly label: string;
  /** The area is offered to people with any of these permissions; to all members if there are none. */
  readonly permissions: readonly string[];
}

/** The areas of the console of an organization, in the order of the navigation. */
export const areas = [
  { to: '/organizations/$organizationId', label: texts.overview, permissions: [] },
  { to: '/organizations/$organizationId/members', label: texts.members, permissions: ['members:read', 'invitations:read'] },
  { to: '/organizations/$organizationId/roles', label: texts.roles, permissions: ['roles:read', 'teams:read'] },
  { to: '/organizations/$organizationId/settings', label: texts.settings, permissions: ['organization:update', 'settings:read'] },
  { to: '/organizations/$organizationId/branding', label: texts.branding, permissions: ['settings:write'] },
  { to: '/organizations/$organizationId/security', label: texts.security, permissions: ['security:read'] },
  { to: '/organizations/$organizationId/domains', label: texts.domains, permissions: ['security:read'] },
  { to: '/organizations/$organizationId/sso', label: texts.sso, permissions: ['security:read'] },
  { to: '/organizations/$organizationId/api-keys', label: texts.apiKeys, permissions: ['api_keys:own'] },
  { to: '/organizations/$organizationId/webhooks', label: texts.webhooks, permissions: ['webhooks:read'] },
  { to: '/organizations/$organizationId/usage', label: texts.usage, permissions: ['usage:read'] },
  { to: '/organizations/$organizationId/billing', label: texts.billing, permissions: ['billing:manage'] },
  { to: '/organizations/$organizationId/audit', label: texts.audit, permissions: ['audit:read'] },
  { to: '/organizations/$organizationId/data', label: texts.data, permissions: ['organization:export', 'organization:delete'] },
] as const satisfies readonly Area[];
