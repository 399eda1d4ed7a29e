import { Injectable } from '@nestjs/common';
import type { ClosedState } from './access.decorators.js';
import { RouteAudit } from './route-audit.js';

/** Knows in which states of an organization its permissions still open something, for questions that name a permission and no route. */
@Injectable()
export class PermissionStates {
  #states: ReadonlyMap<string, readonly ClosedState[]> | undefined;

  constructor(private readonly audit: RouteAudit) {}

  /** Returns the states in which every route that requires the permission works, although the organization is closed. Those of a permission without routes are none. */
  openIn(permission: string): readonly ClosedState[] {
    this.#states ??= this.#read();
    return this.#states.get(permission) ?? [];
  }

  #read(): ReadonlyMap<string, readonly ClosedState[]> {
    const states = new Map<string, readonly ClosedState[]>();
    for (const { rule } of this.audit.routes()) {
      if (rule?.kind !== 'permission') continue;
      const { permission, evenIf = [] } = rule;
      states.set(permission, states.get(permission)?.filter((state) => evenIf.includes(state)) ?? evenIf);
    }
    return states;
  }
}
