/** The group role that the tenant policies name. The login role for requests is a member of it. Created by the migrations. */
export const appGroup = 'tenantry_app';
/** The group role that sees all tenants. The login role for work outside of a tenant is a member of it. */
export const platformGroup = 'tenantry_platform';
