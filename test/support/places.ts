import type { OpenAPIObject } from '@nestjs/swagger';
import { exampleOf } from '../../src/contract/examples.js';
import { operationsOf, schemasOf, type Operation } from '../../src/contract/open-api.js';
import type { Client } from './client.js';
import type { TestServer } from './http.js';
import type { Person } from './world.js';

const prefix = '/api/v1';

/** A resource: its path below /api/v1, and who may read and change it. */
export interface Place {
  readonly target: string;
  readonly api: Client;
}

interface People {
  readonly owner: Person;
  readonly operator: Client;
  /** A set-up link of the owner's organization. */
  readonly setupLink?: Client;
}

/** Fills the parameters of the paths of the document. */
export class Places {
  readonly #operations: ReadonlyMap<string, Operation>;

  /** @param bodyFor returns, or promises, the body with which an operation creates a resource */
  constructor(
    private readonly document: OpenAPIObject,
    private readonly server: TestServer,
    private readonly people: People,
    private readonly bodyFor: (creation: Operation) => unknown,
  ) {
    this.#operations = new Map(operationsOf(document).map(({ method, path, operation }) => [`${method} ${path}`, operation]));
  }

  /** Returns a new resource, which the POST of its collection has created. */
  async create(path: string): Promise<Place> {
    const { owner } = this.people;
    const api = this.callerOf(path);
    const [collection, last] = divided(path);
    if (last === 'me') return { target: '/users/me', api: (await this.server.world.member(owner)).api };
    if (path === `${prefix}/organizations/{organizationId}`) {
      const other = await this.server.world.owner();
      return { target: other.home, api: other.api };
    }
    if (last === '{userId}') return { target: `${owner.home}/members/${(await this.server.world.member(owner)).userId}`, api };
    if (path === `${prefix}/auth/sso/{ssoConnectionId}`) {
      const creation = this.#operations.get(`POST ${prefix}/tenant/sso-connections/saml`);
      const made = creation === undefined ? undefined : await api.post('/tenant/sso-connections/saml', await this.bodyFor(creation));
      return { target: `/auth/sso/${made?.body.id}`, api };
    }
    if (last === '{webhookDeliveryId}') {
      const { target } = await this.find(divided(collection)[0]);
      const body = path.startsWith(`${prefix}/platform/`) ? { organizationId: owner.organizationId } : undefined;
      return { target: `${target}/deliveries/${(await api.post(`${target}/test`, body)).body.id}`, api };
    }
    if (!last.startsWith('{')) {
      const other = await this.server.world.owner();
      return { target: path.slice(prefix.length).replace('{organizationId}', other.organizationId), api: other.api };
    }
    const creation = this.#operations.get(`POST ${collection}`);
    if (creation === undefined) throw new Error(`Nothing creates ${path}.`);
    const [parent, name] = divided(collection);
    const above = parent.endsWith('{organizationId}') ? owner.home : parent.endsWith('}') ? (await this.create(parent)).target : parent.slice(prefix.length);
    const made = await api.post(`${above}/${name}`, await this.bodyFor(creation));
    if (made.status !== 201) throw new Error(`${creation.operationId} answered ${made.status}: ${made.text}`);
    return { target: `${above}/${name}/${keyOf(made.body.data?.[0] ?? made.body, last)}`, api };
  }

  /** Returns a resource that exists, which the GET of its collection lists first; a new one if there is none. */
  async find(path: string): Promise<Place> {
    const api = this.callerOf(path);
    const [collection, last] = divided(path);
    if (!path.includes('{')) return { target: path.startsWith(prefix) ? path.slice(prefix.length) : `/${path}`, api };
    if (last === '{organizationId}' || last === '{tenantId}') return { target: `${collection.slice(prefix.length)}/${this.people.owner.organizationId}`, api };
    const { target } = await this.find(collection);
    if (!last.startsWith('{')) return { target: `${target}/${last}`, api };
    const list = this.#operations.get(`GET ${collection}`);
    const listed = list === undefined ? undefined : (await api.get(`${target}${this.queryOf(list, false)}`)).body.data?.[0];
    return listed === undefined ? this.create(path) : { target: `${target}/${keyOf(listed, last)}`, api };
  }

  /** Returns the query of an operation: the parameters that are required, and, on request, those that have an example. */
  queryOf({ parameters = [] }: Operation, withExamples = true): string {
    const query = parameters
      .flatMap((parameter) => ('name' in parameter && parameter.in === 'query' ? [parameter] : []))
      .filter(({ required, example, schema }) => required === true || (withExamples && (example ?? schema?.['example']) !== undefined))
      .map(({ name, example, schema = {} }) => `${name}=${encodeURIComponent(String(example ?? exampleOf(schema, schemasOf(this.document))))}`);
    return query.length === 0 ? '' : `?${query.join('&')}`;
  }

  /** Returns who may do what is at a path. */
  callerOf(path: string): Client {
    if (path.startsWith(`${prefix}/sso-setup`)) return this.people.setupLink ?? this.people.owner.api;
    return /^\/api\/v1\/(?:platform|tenants)(?:\/|$)/.test(path) ? this.people.operator : this.people.owner.api;
  }
}

const divided = (path: string): [before: string, last: string] => [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];

/** @param parameter the last part of the path, such as `{teamId}` */
const keyOf = (item: Readonly<Record<string, string>>, parameter: string): string => item[parameter.slice(1, -1)] ?? item['id'] ?? '';
