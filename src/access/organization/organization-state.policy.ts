import { ownerRole } from '../roles.js';
import type { ClosedState } from '../access.decorators.js';

/** What decides whether an organization is open. */
export interface OrganizationState {
  readonly status: string;
  readonly maintenanceMode: boolean;
  readonly deletedAt: Date | null;
}

/** The state that closes an organization, or undefined when it is open. */
export function closedState(organization: OrganizationState): ClosedState | undefined {
  if (organization.deletedAt !== null) return 'deleted';
  if (organization.status === 'suspended' || organization.status === 'cancelled') return organization.status;
  return organization.maintenanceMode ? 'maintenance' : undefined;
}

/** What is tried on a closed organization. */
export interface ClosedAccessAttempt {
  readonly role: string | null;
  readonly reads: boolean;
  readonly evenIf: readonly ClosedState[];
}

/** Owners may still read a suspended or cancelled organization, to export and to pay; else only routes that say so work. */
export function mayAccess(state: ClosedState | undefined, attempt: ClosedAccessAttempt): boolean {
  if (state === undefined || attempt.evenIf.includes(state)) return true;
  return attempt.role === ownerRole && attempt.reads && (state === 'suspended' || state === 'cancelled');
}
