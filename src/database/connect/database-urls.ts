/** Where the database is, for each of the two roles that the running application has. Injected by this class. */
export class DatabaseUrls {
  constructor(
    /** The application role: owns nothing, bypasses nothing, sees one tenant at a time. */
    readonly app: string,
    /** The platform role: sees all tenants; for what is not a tenant's request. */
    readonly platform: string,
  ) {}
}
