import { randomBytes, randomUUID } from 'node:crypto';

/** An invitation for a test of the clients: a row of a tenant that decides about nobody's access, and of which two may have the same text. */
export const invitationRow = (message: string) => ({
  email: `${randomUUID()}@example.test`,
  role: 'member',
  message,
  tokenHash: randomBytes(32),
  invitedById: randomUUID(),
  expiresAt: new Date('2099-01-01T00:00:00Z'),
});

/** The columns of an invitation and the values of a row of it in SQL, whose id and text are SQL. */
export const invitationColumns = 'organization_id, id, email, role, message, token_hash, invited_by_id, expires_at';
export const invitationValues = (organizationId: string, message: string): string =>
  `${organizationId}, gen_random_uuid(), gen_random_uuid() || '@example.test', 'member', ${message}, sha256(gen_random_uuid()::text::bytea), gen_random_uuid(), '2099-01-01'`;
