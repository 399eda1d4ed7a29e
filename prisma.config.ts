import { defineConfig } from 'prisma/config';

/**
 * Where Prisma's own tools look. `DATABASE_OWNER_URL` is needed only by those that reach a database
 * (`prisma migrate deploy`, `prisma studio`); the application reads its addresses in `src/config/env.ts`.
 */
const ownerUrl = process.env['DATABASE_OWNER_URL'];

export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  ...(ownerUrl === undefined ? {} : { datasource: { url: ownerUrl } }),
});
