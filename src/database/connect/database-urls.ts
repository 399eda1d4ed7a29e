/** The addresses of the database for the two roles of the running application. The class is the injection token. */
export class DatabaseUrls {
  constructor(
    /** For the application role. It owns nothing, bypasses nothing and sees one tenant at a time. */
    readonly app: string,
    /** For the platform role. It sees all tenants, for work outside of a tenant. */
    readonly platform: string,
  ) {}
}
