import { Injectable, RequestMethod, type OnModuleInit, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { isCapability } from '../config/catalog/capabilities.js';
import { Catalog } from '../config/catalog/catalog.js';
import { describeAccessRule } from './access.decorators.js';
import { permissionsOfScope } from './service-scopes.js';
import { readConditions, type RouteConditions } from './guards/route-conditions.js';
import { impersonationProblem } from './impersonation.policy.js';

/** A route with its conditions. */
export interface AuditedRoute extends Omit<RouteConditions, 'action' | 'needsTenant'> {
  readonly method: string;
  readonly path: string;
  readonly handler: string;
}

/** Thrown at start. Names every route that has no access rule. */
export class UndeclaredAccessError extends Error {
  constructor(routes: readonly AuditedRoute[]) {
    const lines = routes.map((route) => `  ${route.method} ${route.path} (${route.handler})`);
    super(`These routes have no access rule. Add @Public, @Authenticated, @RequireMembership, @RequireRole, @RequirePermission or @PlatformAdminOnly:\n${lines.join('\n')}`);
  }
}

/** Thrown at start. Names every route that two handlers would serve. The name of a parameter does not make another route. */
export class DuplicateRouteError extends Error {
  constructor(pairs: readonly (readonly [AuditedRoute, AuditedRoute])[]) {
    const lines = pairs.map(([one, other]) => `  ${one.method} ${one.path} (${one.handler}) and ${other.method} ${other.path} (${other.handler})`);
    super(`These routes are the same. Change the path or the method of one:\n${lines.join('\n')}`);
  }
}

/** Thrown at start. Names every route that requires a permission, role, feature or plan that the catalog does not define. */
export class UnknownAccessError extends Error {
  constructor(routes: readonly string[]) {
    super(`These routes require something that the catalog does not define. Define it in the catalog, or correct the decorator:\n${routes.join('\n')}`);
  }
}

/** Thrown at start. Names every route that would let an impersonating operator change who has access. */
export class ImpersonationAccessError extends Error {
  constructor(routes: readonly string[]) {
    super(`These routes must not be allowed while impersonating. Remove @AllowedWhileImpersonating:\n${routes.join('\n')}`);
  }
}

const asList = (path: string | readonly string[] | undefined): readonly string[] => (path === undefined ? [''] : typeof path === 'string' ? [path] : path);
const join = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;

function duplicates(routes: readonly AuditedRoute[]): (readonly [AuditedRoute, AuditedRoute])[] {
  const known = new Map<string, AuditedRoute>();
  return routes.flatMap((route) => {
    const key = `${route.method} ${route.path.replaceAll(/:\w+/g, ':')}`;
    const other = known.get(key);
    known.set(key, route);
    return other === undefined ? [] : [[other, route] as const];
  });
}

/** Lists all routes of the application. Stops the start when two handlers serve one route, and when a route has no access rule or requires something that the catalog does not define. */
@Injectable()
export class RouteAudit implements OnModuleInit {
  readonly #scanner = new MetadataScanner();

  /** @throws {DuplicateRouteError} */
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly application: ApplicationConfig,
    private readonly catalog: Catalog,
  ) {
    // Before the router adds the routes, whose error names one of them.
    const twins = duplicates(this.routes());
    if (twins.length > 0) throw new DuplicateRouteError(twins);
  }

  /** @throws {UndeclaredAccessError | UnknownAccessError | ImpersonationAccessError} */
  onModuleInit(): void {
    const routes = this.routes();
    const undeclared = routes.filter((route) => route.rule === undefined);
    if (undeclared.length > 0) throw new UndeclaredAccessError(undeclared);
    const unknown = routes.flatMap((route) => this.#missingInCatalog(route).map((missing) => `  ${route.method} ${route.path} (${route.handler}): ${missing}`));
    if (unknown.length > 0) throw new UnknownAccessError(unknown);
    const unsafe = routes.flatMap((route) => {
      const problem =
        route.rule === undefined || route.whileImpersonating === undefined ? undefined : impersonationProblem(route.rule, route.method, route.whileImpersonating, this.catalog);
      return problem === undefined ? [] : [`  ${route.method} ${route.path} (${route.handler}): ${problem}`];
    });
    if (unsafe.length > 0) throw new ImpersonationAccessError(unsafe);
  }

  #missingInCatalog({ rule, gate }: AuditedRoute): string[] {
    const { permissions, roles, features, plans } = this.catalog;
    return [
      ...(rule?.kind === 'permission' && !permissions.has(rule.permission) ? [`permission ${rule.permission}`] : []),
      ...(rule?.kind === 'role' && !roles.has(rule.role) ? [`role ${rule.role}`] : []),
      ...(rule?.kind === 'permission' && rule.service !== undefined && !permissionsOfScope(rule.service).some((each) => each === rule.permission)
        ? [`permission ${rule.permission} in the scope ${rule.service} of service keys`]
        : []),
      ...(gate?.feature !== undefined && !features.has(gate.feature) && !isCapability(gate.feature) ? [`feature ${gate.feature}`] : []),
      ...(gate?.plans ?? []).filter((plan) => !plans.has(plan)).map((plan) => `plan ${plan}`),
    ];
  }

  /** Returns all routes, sorted by path and method. */
  routes(): AuditedRoute[] {
    const controllers = this.discovery.getControllers().filter((wrapper) => typeof wrapper.metatype === 'function');
    const routes = controllers.flatMap((wrapper) => this.#routesOf(wrapper.metatype as Type<object>));
    return routes.sort((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`));
  }

  /** Returns one line `METHOD path → rule` for each route: the content of `test/route-access.txt`, which every change of access rules is reviewed with. */
  snapshot(): string {
    const lines = this.routes().map(
      (route) =>
        `${route.method.padEnd(6)} ${route.path} → ${route.rule === undefined ? 'UNDECLARED' : describeAccessRule(route.rule, route.gate)}${route.whileImpersonating === undefined ? '' : `, while impersonating (${route.whileImpersonating})`}${route.recentLogin === undefined ? '' : ', after a recent login'}`,
    );
    return `${lines.join('\n')}\n`;
  }

  #routesOf(controller: Type<object>): AuditedRoute[] {
    const prototype = controller.prototype as Record<string, unknown>;
    const bases = asList(Reflect.getMetadata(PATH_METADATA, controller) as string | string[] | undefined);
    return this.#scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name] as () => unknown;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const { action: _action, needsTenant: _needsTenant, ...conditions } = readConditions(controller, handler);
      const paths = asList(Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined);
      return bases.flatMap((base) =>
        paths.map((path) => ({ method: RequestMethod[method], path: this.#fullPath(base, path), handler: `${controller.name}.${name}`, ...conditions })),
      );
    });
  }

  #fullPath(base: string, path: string): string {
    const local = join(base, path);
    const excluded = this.application.getGlobalPrefixOptions().exclude?.some(({ pathRegex }) => pathRegex.test(local)) === true;
    return excluded ? local : join(this.application.getGlobalPrefix(), local);
  }
}
