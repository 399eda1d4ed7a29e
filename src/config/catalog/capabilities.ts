/**
 * The capabilities of tenantry that a catalog can sell as features. Every plan includes a capability that the catalog does
 * not define. `security` states whether switching it on or off decides about access to the organization. `opens` is the route without which
 * there is nothing to sell: a capability is implemented when the server has this route.
 */
export const capabilities = {
  custom_roles: { security: true, opens: 'POST /organizations/:organizationId/roles' },
  custom_branding: { security: false, opens: 'PATCH /tenant/branding' },
  custom_domains: { security: false, opens: 'POST /tenant/domains' },
  api_access: { security: true, opens: 'POST /organizations/:organizationId/api-keys' },
  advanced_security: { security: true, opens: 'PATCH /tenant/security' },
  sso: { security: true, opens: 'POST /auth/sso/:ssoConnectionId/start' },
  directory_sync: { security: true, opens: 'POST /organizations/:organizationId/directories' },
  webhooks: { security: false, opens: 'POST /organizations/:organizationId/webhooks' },
} as const satisfies Record<string, { readonly security: boolean; readonly opens: string }>;

export type Capability = keyof typeof capabilities;

/** Whether tenantry implements the feature. */
export const isCapability = (feature: string): feature is Capability => Object.hasOwn(capabilities, feature);
