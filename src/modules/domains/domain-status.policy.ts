import type { Domain } from '../../generated/prisma/client.js';

export const domainStatuses = ['unverified', 'pending', 'verified', 'failing'] as const;
export type DomainStatus = (typeof domainStatuses)[number];

/** Returns whether a domain is verified, and whether its last proof failed. */
export function domainStatusOf({ verifiedAt, provedAt, failingSince }: Domain): DomainStatus {
  if (verifiedAt === null) return provedAt === null ? 'unverified' : 'pending';
  return failingSince === null ? 'verified' : 'failing';
}
