import { ownerRole } from '../roles.js';
import type { ClosedState } from '../access.decorators.js';

/** The columns that decide whether an organization is open. */
export interface OrganizationState {
  readonly status: string;
  readonly maintenanceMode: boolean;
  readonly deletedAt: Date | null;
}

/** Returns the state that closes an organization, or undefined when it is open. */
export function closedState(organization: OrganizationState): ClosedState | undefined {
  if (organization.deletedAt !== null) return 'deleted';
  if (organization.status === 'suspended' || organization.status === 'cancelled') return organization.status;
  return organization.maintenanceMode ? 'maintenance' : undefined;
}

/** A request in an organization that may be closed. */
export interface ClosedAccessAttempt {
  readonly role: string | null;
  readonly reads: boolean;
  readonly evenIf: readonly ClosedState[];
}

/** Whether a request may access an organization in this state. Owners can still read a suspended or cancelled organization, to export its data and to pay. Other requests need a route that allows the state with `evenIf`. */
export function mayAccess(state: ClosedState | undefined, attempt: ClosedAccessAttempt): boolean {
  if (state === undefined || attempt.evenIf.includes(state)) return true;
  return attempt.role === ownerRole && attempt.reads && (state === 'suspended' || state === 'cancelled');
}
