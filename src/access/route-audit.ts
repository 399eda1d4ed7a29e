import { Injectable, RequestMethod, type OnModuleInit, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { Catalog } from '../config/catalog/catalog.js';
import { accessRuleKey, describeAccessRule, notWhileImpersonatingKey, planGateKey, type AccessRule, type PlanGate } from './access.decorators.js';
import { sellableCapabilities } from './organization/entitlements.js';

/** A route as the router will serve it, with the rule that guards it. */
export interface AuditedRoute {
  readonly method: string;
  readonly path: string;
  readonly handler: string;
  readonly rule: AccessRule | undefined;
  /** What it needs of the plan. */
  readonly gate: PlanGate | undefined;
  /** Whether an operator who impersonates the user is refused. */
  readonly notWhileImpersonating: boolean;
}

/** Thrown at boot; names every route that does not say who may call it. */
export class UndeclaredAccessError extends Error {
  constructor(routes: readonly AuditedRoute[]) {
    const lines = routes.map((route) => `  ${route.method} ${route.path} (${route.handler})`);
    super(
      `These routes do not declare who may call them. Add @Public, @Authenticated, @RequireMembership, @RequireRole, @RequirePermission or @PlatformAdminOnly:\n${lines.join('\n')}`,
    );
  }
}

/** Thrown at boot; names every route that asks for what the catalog does not define. */
export class UnknownAccessError extends Error {
  constructor(routes: readonly string[]) {
    super(`These routes ask for what the catalog does not define. Define it there, or correct the decorator:\n${routes.join('\n')}`);
  }
}

const asList = (path: string | readonly string[] | undefined): readonly string[] => (path === undefined ? [''] : typeof path === 'string' ? [path] : path);
const join = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;

/** Reads every route of the application from its controllers and refuses to boot when one declares no access rule. */
@Injectable()
export class RouteAudit implements OnModuleInit {
  readonly #scanner = new MetadataScanner();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly application: ApplicationConfig,
    private readonly catalog: Catalog,
  ) {}

  /** @throws {UndeclaredAccessError | UnknownAccessError} */
  onModuleInit(): void {
    const routes = this.routes();
    const undeclared = routes.filter((route) => route.rule === undefined);
    if (undeclared.length > 0) throw new UndeclaredAccessError(undeclared);
    const unknown = routes.flatMap((route) => this.#unknownTo(route).map((what) => `  ${route.method} ${route.path} (${route.handler}): ${what}`));
    if (unknown.length > 0) throw new UnknownAccessError(unknown);
  }

  #unknownTo({ rule, gate }: AuditedRoute): string[] {
    const { permissions, roles, features, plans } = this.catalog;
    return [
      ...(rule?.kind === 'permission' && !permissions.has(rule.permission) ? [`permission ${rule.permission}`] : []),
      ...(rule?.kind === 'role' && !roles.has(rule.role) ? [`role ${rule.role}`] : []),
      ...(gate?.feature !== undefined && !features.has(gate.feature) && !(sellableCapabilities as readonly string[]).includes(gate.feature) ? [`feature ${gate.feature}`] : []),
      ...(gate?.plans ?? []).filter((plan) => !plans.has(plan)).map((plan) => `plan ${plan}`),
    ];
  }

  /** Every route, sorted by path. */
  routes(): AuditedRoute[] {
    const controllers = this.discovery.getControllers().filter((wrapper) => typeof wrapper.metatype === 'function');
    const routes = controllers.flatMap((wrapper) => this.#routesOf(wrapper.metatype as Type<object>));
    return routes.sort((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`));
  }

  /** `METHOD path → rule`, a line for each route: the reviewed picture of who may do what. */
  snapshot(): string {
    const lines = this.routes().map(
      (route) =>
        `${route.method.padEnd(6)} ${route.path} → ${route.rule === undefined ? 'UNDECLARED' : describeAccessRule(route.rule, route.gate)}${route.notWhileImpersonating ? ', not while impersonating' : ''}`,
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
      const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(accessRuleKey, [handler, controller]);
      const gate = this.reflector.getAllAndOverride<PlanGate | undefined>(planGateKey, [handler, controller]);
      const notWhileImpersonating = this.reflector.getAllAndOverride<boolean | undefined>(notWhileImpersonatingKey, [handler, controller]) === true;
      const paths = asList(Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined);
      return bases.flatMap((base) =>
        paths.map((path) => ({ method: RequestMethod[method], path: this.#fullPath(base, path), handler: `${controller.name}.${name}`, rule, gate, notWhileImpersonating })),
      );
    });
  }

  #fullPath(base: string, path: string): string {
    const local = join(base, path);
    const excluded = this.application.getGlobalPrefixOptions().exclude?.some(({ pathRegex }) => pathRegex.test(local)) === true;
    return excluded ? local : join(this.application.getGlobalPrefix(), local);
  }
}
