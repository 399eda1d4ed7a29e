/**
 * The capabilities of tenantry that a catalog can sell as features. Every plan includes a capability that the catalog does
 * not define. `security` states whether switching it on or off decides about access to the organization.
 */
export const capabilities = {
  custom_roles: { security: true },
  custom_branding: { security: false },
  custom_domains: { security: false },
  api_access: { security: true },
  advanced_security: { security: true },
  sso: { security: true },
  webhooks: { security: false },
} as const satisfies Record<string, { readonly security: boolean }>;

export type Capability = keyof typeof capabilities;

/** Whether tenantry implements the feature. */
export const isCapability = (feature: string): feature is Capability => Object.hasOwn(capabilities, feature);
