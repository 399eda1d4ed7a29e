import pg from 'pg';

/** The connections of the platform role, for SQL that Prisma cannot say. It sees all tenants: see {@link PlatformDb}. */
export class PlatformPool extends pg.Pool {}
