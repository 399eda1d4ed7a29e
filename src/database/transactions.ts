import type { Prisma } from '../generated/prisma/client.js';

/**
 * What a transaction of PlatformDb is handed. Who only takes part in another's transaction imports this type, and so
 * cannot begin one.
 */
export type PlatformTransaction = Prisma.TransactionClient;

/** Either client, tenant's or platform's, as far as judging who may become a member goes. */
export interface MembershipReader {
  readonly settingsDocument: {
    findFirst(args: { where: { section: string; organizationId?: string }; select: { document: true } }): PromiseLike<{ readonly document: unknown } | null>;
  };
  readonly organization: { findFirst(args: { where: { id?: string }; select: { plan: true } }): PromiseLike<{ readonly plan: string } | null> };
  readonly entitlementOverride: {
    findMany(args: {
      where: { organizationId?: string; kind: 'limit' };
      select: { key: true; units: true };
    }): PromiseLike<readonly { readonly key: string; readonly units: bigint | null }[]>;
  };
  readonly subscription: {
    findFirst(args: { where: { organizationId?: string }; select: { seats: true; addOns: true } }): PromiseLike<{ readonly seats: number | null; readonly addOns: unknown } | null>;
  };
  readonly invitation: {
    count(args: { where: { organizationId?: string; status: 'pending'; expiresAt: { gt: Date }; email?: { not: string } } }): PromiseLike<number>;
  };
  readonly membership: { count(args: { where: { organizationId?: string } }): PromiseLike<number> };
}
