import type { ExecutionContext, Type } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import type { FastifyRequest } from 'fastify';
import { changesVersionKey } from '../../common/http/changes-version.decorator.js';
import { managesAccess } from '../../config/catalog/built-in-permissions.js';
import type { LimitedAction } from '../../config/catalog/catalog.js';
import {
  accessRuleKey,
  allowedWhileImpersonatingKey,
  alwaysServedKey,
  needsTenant,
  planGateKey,
  rateLimitedKey,
  recentLoginKey,
  unmeteredKey,
  withoutIdempotencyKeyKey,
  type AccessRule,
  type ImpersonationScope,
  type PlanGate,
  type RecentLogin,
  type WithoutRecentLogin,
} from '../access.decorators.js';

/** Thrown when a route has no access rule, or no earlier guard has set the caller. A programming error: the answer is a 500 with the code `internal_error`, and the log names the route. */
export class UnguardedRouteError extends Error {
  constructor({ method, routeOptions }: Pick<FastifyRequest, 'method' | 'routeOptions'>) {
    super(`no access rule or no principal for ${method} ${routeOptions.url ?? ''}`);
  }
}

/** The conditions that the decorators of a route state. */
export interface RouteConditions {
  /** The name of the handler, which is the operationId of the route. */
  readonly action: string;
  /** The access rule; undefined for a route that was declared without one, which no guard lets pass. */
  readonly rule: AccessRule | undefined;
  readonly needsTenant: boolean;
  /** The feature or plan that the route requires in addition to its rule. */
  readonly gate: PlanGate | undefined;
  /** With which scope an impersonating operator may call the route, if it says so. */
  readonly whileImpersonating: ImpersonationScope | undefined;
  /** The recent login that the route requires of a user; undefined if it requires none. */
  readonly recentLogin: RecentLogin | undefined;
  /** Why the route requires no recent login, if it says so. */
  readonly withoutRecentLogin: string | undefined;
  /** The action whose rate limit applies, in addition to that of the plan. */
  readonly limitedAction: LimitedAction | undefined;
  /** Whether the route does not count towards the request quota. */
  readonly unmetered: boolean;
  readonly alwaysServed: boolean;
  /** Whether the route honours `If-Match`. */
  readonly changesVersion: boolean;
  /** The reason why the route takes no Idempotency-Key; undefined if it takes one. */
  readonly withoutIdempotencyKey: string | undefined;
}

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** Decorators do not change while the server runs, so they are read once for each route. */
const known = new WeakMap<Type, WeakMap<Handler, RouteConditions>>();

/** Returns the conditions of the route that is being called. A decorator of the handler replaces that of its controller. */
export function conditionsOf(execution: ExecutionContext): RouteConditions {
  const [controller, handler] = [execution.getClass(), execution.getHandler()];
  const conditions = known.get(controller)?.get(handler);
  return conditions ?? remember(controller, handler, readConditions(controller, handler));
}

function remember(controller: Type, handler: Handler, conditions: RouteConditions): RouteConditions {
  const ofController = known.get(controller) ?? new WeakMap<Handler, RouteConditions>();
  known.set(controller, ofController.set(handler, conditions));
  return conditions;
}

/** Reads the conditions of a route from its decorators. */
export function readConditions(controller: Type, handler: Handler): RouteConditions {
  const read = <Value>(key: string): Value | undefined => (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller)) as Value | undefined;
  const rule = read<AccessRule>(accessRuleKey);
  return {
    action: handler.name,
    rule,
    needsTenant: rule !== undefined && needsTenant(rule),
    gate: read<PlanGate>(planGateKey),
    whileImpersonating: read<ImpersonationScope>(allowedWhileImpersonatingKey),
    ...recentLoginOf(rule, handler),
    limitedAction: Reflect.getMetadata(rateLimitedKey, handler) as LimitedAction | undefined,
    unmetered: read<boolean>(unmeteredKey) === true,
    alwaysServed: read<boolean>(alwaysServedKey) === true,
    changesVersion: read<boolean>(changesVersionKey) === true,
    withoutIdempotencyKey: read<string>(withoutIdempotencyKeyKey),
  };
}

function recentLoginOf(rule: AccessRule | undefined, handler: Handler): Pick<RouteConditions, 'recentLogin' | 'withoutRecentLogin'> {
  const declared = Reflect.getMetadata(recentLoginKey, handler) as RecentLogin | WithoutRecentLogin | undefined;
  if (declared !== undefined && 'reason' in declared) return { recentLogin: undefined, withoutRecentLogin: declared.reason };
  const reads = Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;
  const dangerous = !reads && (rule?.kind === 'platform_admin' || (rule?.kind === 'permission' && managesAccess(rule.permission)));
  return { recentLogin: declared ?? (dangerous ? { minutes: undefined } : undefined), withoutRecentLogin: undefined };
}
