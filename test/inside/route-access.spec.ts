import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { acceptsKeys, accessRuleKey, needsTenant, Public, RequireMembership } from '../../src/access/access.decorators.js';
import { Catalog } from '../../src/config/catalog/catalog.js';
import { RouteAudit, type AuditedRoute } from '../../src/access/route-audit.js';
import { loadCatalog } from '../../src/config/catalog/catalog-file.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import type { Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

const random = '0192b8a0-0000-7000-8000-000000000000';

const roles = [...loadCatalog('default').roles.values()];

let server: TestServer;
let routes: AuditedRoute[];
beforeAll(async () => {
  server = await startTestServer();
  routes = server.app.get(RouteAudit).routes();
});
afterAll(() => server.close());

/** The route's path with real ids in it, as a client of the tests wants it. */
function pathOf({ path }: AuditedRoute, organizationId: string): string {
  const filled = path.replace(':organizationId', organizationId).replace(/:\w+/g, random);
  return filled.startsWith('/api/v1') ? filled.slice('/api/v1'.length) : `/${filled}`;
}

const call = (api: Client, route: AuditedRoute, organizationId: string) =>
  api.request(route.method, pathOf(route, organizationId), ['POST', 'PATCH', 'PUT'].includes(route.method) ? {} : undefined);

/** Everything but a refusal by the guards: the handler, or the check of the body, was reached. */
const passed = (status: number, code: string | undefined): boolean =>
  !(status === 401 || (status === 403 && code === 'access_denied') || code === 'organization_not_found' || code === 'tenant_required');

describe('every route', () => {
  it('every route declares its access rule, and test/route-access.txt lists all of them', async () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(server.app.get(RouteAudit).snapshot()).toBe(await readFile('test/route-access.txt', 'utf8'));
  });

  it('every change that only a user can make needs a recent login, or says why not', () => {
    const onlyUsers = ({ rule }: AuditedRoute): boolean => rule !== undefined && rule.kind !== 'public' && !acceptsKeys(rule);
    const undecided = routes.filter(({ method, recentLogin, withoutRecentLogin }) => method !== 'GET' && recentLogin === undefined && withoutRecentLogin === undefined);
    expect(undecided.filter(onlyUsers).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    const pointless = routes.filter((route) => !onlyUsers(route) && route.withoutRecentLogin !== undefined);
    expect(pointless.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('the router serves no route below the prefix of the API that is not in the list', () => {
    const served = server.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
    const count = (served.match(/\((?:GET|POST|PATCH|DELETE|PUT)/g) ?? []).length;
    expect(count).toBeGreaterThanOrEqual(new Set(routes.map(({ path }) => path)).size);
  });

  it('a route of two handlers prevents the start, and both are named', async () => {
    @Controller('doors')
    @Public()
    class FrontController {
      @Get(':doorId')
      enter(): string {
        return 'front';
      }
    }
    @Controller('doors')
    @Public()
    class BackController {
      @Get(':id')
      leave(): string {
        return 'back';
      }
    }
    const providers = [RouteAudit, { provide: Catalog, useValue: loadCatalog('default') }];
    @Module({ imports: [DiscoveryModule], controllers: [FrontController, BackController], providers })
    class TwinModule {}
    const created = NestFactory.create(TwinModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    await expect(created).rejects.toThrow('GET /doors/:doorId (FrontController.enter) and GET /doors/:id (BackController.leave)');
  });

  it('a route without an access rule prevents the start and is named', async () => {
    @Controller('open')
    class CarelessController {
      @Get('door')
      enter(): string {
        return 'welcome';
      }
      @Get('window')
      @Public()
      look(): string {
        return 'fine';
      }
    }
    @Module({ imports: [DiscoveryModule], controllers: [CarelessController], providers: [RouteAudit, { provide: Catalog, useValue: loadCatalog('default') }] })
    class CarelessModule {}
    const app = await NestFactory.create(CarelessModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    await expect(app.init()).rejects.toThrow(/GET \/open\/door \(CarelessController\.enter\)/);
    await expect(app.init()).rejects.not.toThrow(/window/);
    await app.close();
  });
});

describe('a route that lost its access rule after the start', () => {
  @Controller('test')
  class LostRuleController {
    @Get('lost-rule')
    @RequireMembership()
    read(): string {
      return 'a secret';
    }
  }
  @Module({ controllers: [LostRuleController] })
  class LostRuleModule {}

  let open: TestServer;
  beforeAll(async () => {
    open = await startTestServer({}, testDatabase(), { modules: [LostRuleModule] });
    // The start refuses a route without a rule, so the rule is removed afterwards.
    // oxlint-disable-next-line typescript/unbound-method -- metadata belong to the method itself
    Reflect.deleteMetadata(accessRuleKey, LostRuleController.prototype.read);
  });
  afterAll(() => open.close());

  it('a route without an access rule answers 500 `internal_error` to a member', async () => {
    const owner = await open.world.owner();
    const { status, body, text } = await owner.api.get('/test/lost-rule');
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal_error' });
    expect(text).not.toMatch(/secret|access rule|lost-rule\b(?!")/);
  });

  it('a route without an access rule answers nobody without a credential', async () => {
    const { status, text } = await open.api.get('/test/lost-rule');
    expect([401, 500]).toContain(status);
    expect(text).not.toContain('secret');
  });
});

describe('routes × principals', () => {
  let people: Record<'owner' | 'admin' | 'member', Person>;
  let stranger: Person;
  let ended: Person;
  beforeAll(async () => {
    const owner = await server.world.owner();
    people = { owner, admin: await server.world.member(owner, 'admin'), member: await server.world.member(owner, 'member') };
    stranger = await server.world.owner();
    ended = await server.world.owner();
    await ended.api.post('/auth/logout');
  });

  it('a missing, ended or forged token passes no route that requires authentication', async () => {
    for (const route of routes.filter(({ rule }) => rule?.kind !== 'public')) {
      for (const api of [server.api, ended.api, server.api.as('eyJhbGciOiJub25lIn0.e30.')]) {
        expect({ route: route.path, status: (await call(api, route, ended.organizationId)).status }).toEqual({ route: route.path, status: 401 });
      }
    }
  });

  it('a non-member passes no route of a tenant', async () => {
    const { body } = await stranger.api.post('/auth/switch-organization', { organizationId: null });
    const untied = server.api.as(body.accessToken);
    for (const route of routes.filter(({ rule }) => rule !== undefined && needsTenant(rule))) {
      const api = route.path.includes(':organizationId') ? untied : untied.with({ 'x-tenant-id': people.owner.organizationId });
      const answer = await call(api, route, people.owner.organizationId);
      expect({ route: route.path, status: answer.status, code: answer.body?.code }).toEqual({ route: route.path, status: 404, code: 'organization_not_found' });
    }
  });

  // The destructive ones would end the cast; each has tests of its own.
  const harmless = ({ method, path }: AuditedRoute): boolean =>
    !(method === 'DELETE' && path.endsWith(':organizationId')) && !/leave|restore|logout|auth\/sessions|transfer/.test(path);

  it.each(roles.map(({ key }) => key as keyof typeof people))('%s passes exactly the routes of their role and permissions', async (key) => {
    const role = roles.find((candidate) => candidate.key === key);
    const { api, organizationId } = people[key];
    for (const route of routes.filter(({ rule }) => rule !== undefined && needsTenant(rule)).filter(harmless)) {
      const { rule } = route;
      const allowed =
        rule?.kind === 'member' ||
        (rule?.kind === 'permission' && role?.permissions.has(rule.permission)) ||
        (rule?.kind === 'role' && (role?.rank ?? 0) >= (roles.find((candidate) => candidate.key === rule.role)?.rank ?? Infinity));
      const { status, body } = await call(api, route, organizationId);
      expect({ route: `${route.method} ${route.path}`, passed: passed(status, body?.code) }).toEqual({ route: `${route.method} ${route.path}`, passed: allowed });
      expect(status).toBeLessThan(500);
    }
  });

  it('an owner whose login is old passes no route that needs a recent one', async () => {
    const { userId, api, organizationId } = await server.world.owner();
    await server.app.get(PlatformDb).session.updateMany({ where: { userId }, data: { authenticatedAt: new Date(Date.now() - 31 * 60_000) } });
    const dangerous = routes.filter(({ rule, recentLogin }) => recentLogin !== undefined && rule?.kind !== 'platform_admin');
    const codes: string[] = [];
    for (const route of dangerous) codes.push((await call(api, route, organizationId)).body?.code);
    const others = dangerous.flatMap(({ method, path, gate }, index) =>
      codes[index] === 'recent_login_required' || gate !== undefined ? [] : [`${method} ${path}: ${codes[index]}`],
    );
    expect(others).toEqual([]);
    expect(codes.filter((code) => code === 'recent_login_required').length).toBeGreaterThan(20);
  });

  it('an owner passes no route of the operator', async () => {
    for (const route of routes.filter(({ rule }) => rule?.kind === 'platform_admin')) {
      expect((await call(people.owner.api, route, people.owner.organizationId)).status).toBe(403);
    }
    expect((await people.owner.api.get('/auth/me')).body.platformAdmin).toBe(false);
  });
});
