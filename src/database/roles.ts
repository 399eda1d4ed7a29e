/** The role that the policies of tenants name; what serves requests logs in as a member of it. Made by the migrations. */
export const appGroup = 'tenantry_app';
/** The role that sees all tenants; what is not a tenant's request logs in as a member of it. */
export const platformGroup = 'tenantry_platform';
