import fc from 'fast-check';
import { documentedAnswers, type GivenAnswer } from '../../control/documented-answers.js';
import type { TestServer } from '../http.js';
import { callerNames, isWhole, newCast, type Cast } from './cast.js';
import { operations, type DocumentedOperation } from './document.js';
import { changed, requestsOf, usualRequestsOf, type PlannedRequest } from './requests.js';

/** What one kind of caller was answered. */
interface Seen {
  readonly operations: Set<string>;
  requests: number;
  readonly statuses: Map<number, number>;
}

/** A request as it was sent, and what is wrong with its answer. */
export interface Fault {
  readonly operationId: string;
  readonly fault: string;
  readonly request: string;
}

const encode = (value: unknown): string => encodeURIComponent(Buffer.from(String(value)).toString());
/** Whose requests succeed, mostly. */
const usualCallerOf = ({ path }: DocumentedOperation): (typeof callerNames)[number] =>
  /\/(?:tenants|platform)(?:\/|$)/.test(path) ? 'operator' : path.includes('sso-setup/') || path.endsWith('sso-setup') ? 'set-up link' : 'owner';
const changes = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** Sends requests to the operations of the document, and compares the answers with it. */
export class ConformanceRun {
  readonly #faults = new Map<string, Fault>();
  readonly seen = new Map<string, Seen>(callerNames.map((name) => [name, { operations: new Set(), requests: 0, statuses: new Map() }]));
  readonly succeeded = new Set<string>();
  casts = 0;

  /** The first request with each fault. */
  get faults(): readonly Fault[] {
    return [...this.#faults.values()];
  }

  #cast: Cast | undefined;
  readonly #parametersAfter = new Map<string, string[]>();

  constructor(
    private readonly server: TestServer,
    private readonly seed: number,
  ) {
    for (const { path } of operations)
      for (const { index, groups } of path.matchAll(/\/\{(?<name>\w+)\}/g)) {
        const before = path.slice(0, index);
        this.#parametersAfter.set(before, [...new Set([...(this.#parametersAfter.get(before) ?? []), groups?.['name'] ?? ''])]);
      }
  }

  /** Sends so many requests to each operation. */
  async send(requests: number): Promise<void> {
    for (const [index, operation] of operations.entries())
      for (const plan of fc.sample(requestsOf(operation, callerNames.length, callerNames.indexOf(usualCallerOf(operation))), { seed: this.seed + index, numRuns: requests })) {
        const status = await this.#send(operation, plan);
        if (changes(plan.method) && status < 300 && !(await isWhole(this.server, await this.#present()))) this.#cast = undefined;
      }
  }

  /** One line for each kind of caller. */
  report(): string {
    const lines = [...this.seen].map(([name, { operations: called, requests, statuses }]) => {
      const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
      return `${name.padEnd(14)}${String(called.size).padStart(4)} operations ${String(requests).padStart(6)} requests  ${counts.join(', ')}`;
    });
    const all = [...this.seen.values()].reduce((sum, { requests }) => sum + requests, 0);
    return [`seed ${this.seed}: ${all} requests to ${operations.length} operations, of which ${this.succeeded.size} succeeded, with ${this.casts} casts`, ...lines].join('\n');
  }

  /** The cast of now. A new one makes what the operations create, so that there is something to read and to change. */
  async #present(): Promise<Cast> {
    if (this.#cast !== undefined) return this.#cast;
    this.#cast = await newCast(this.server);
    this.casts += 1;
    const isFirst = this.casts === 1;
    const made = operations.filter(({ creates, method, path }) => (creates && /\/(?:organizations|tenant|usage)\//.test(path)) || (isFirst && (creates || method === 'GET')));
    for (const [index, operation] of made.entries())
      for (const caller of ['owner', 'operator'] as const) {
        const [plan] = fc.sample(usualRequestsOf(operation, callerNames.indexOf(caller)), { seed: this.seed + index, numRuns: 1 });
        if (plan !== undefined && (await this.#send(operation, plan)) < 300) break;
      }
    return this.#cast;
  }

  async #send(operation: DocumentedOperation, plan: PlannedRequest): Promise<number> {
    const cast = await this.#present();
    const caller = cast.callers[plan.caller] ?? { name: 'nobody', headers: {} };
    const { known } = cast;
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => encode(known.fill(plan.path[name])));
    const query = Object.entries(plan.query).map(([name, value]) => `${name}=${encode(known.fill(value))}`);
    const target = `${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
    const value = plan.body === undefined || 'raw' in plan.body ? undefined : known.fill(plan.body.changes.reduce(changed, plan.body.value));
    const content = plan.body === undefined ? undefined : 'raw' in plan.body ? plan.body.raw : JSON.stringify(value);
    const { contentType } = plan;
    const own = Object.fromEntries(Object.entries(plan.headers).map(([name, each]) => [name, String(known.fill(each))]));
    const headers = { ...own, ...caller.headers, ...(content === undefined || contentType === undefined ? {} : { 'content-type': contentType }) };
    const response = await fetch(`${this.server.url}${target}`, { method: plan.method, redirect: 'manual', headers, ...(content === undefined ? {} : { body: content }) });
    const text = await response.text();
    const body = parsed(text);
    this.#count(caller.name, operation, response.status);
    if (response.ok && plan.method === operation.method) {
      this.succeeded.add(operation.operationId);
      known.learn(operation.path, body, this.#parametersAfter.get(operation.path.replace(/\/\{[^/]*\}$/, '')) ?? []);
      if (response.headers.has('etag')) known.remember('etag', response.headers.get('etag'));
    }
    const fault =
      this.#faultOf(plan.method, path, response, { body, text }) ??
      (response.ok && content !== undefined ? documentedAnswers().faultOfRequest(plan.method, path, contentType, parsed(String(content).replace(/^\ufeff/, ''))) : undefined);
    if (fault !== undefined) {
      const request = `${plan.method} ${target} as ${caller.name} ${JSON.stringify(own)} ${contentType ?? ''} ${String(content ?? '').slice(0, 600)}`;
      const key = `${operation.operationId} ${response.status} ${fault}`;
      if (!this.#faults.has(key))
        this.#faults.set(key, { operationId: operation.operationId, fault: `${response.status} ${fault}`, request: `${request} → ${text.slice(0, 400)}` });
    }
    return response.status;
  }

  #faultOf(method: string, path: string, { status, headers }: Response, content: Pick<GivenAnswer, 'body' | 'text'>): string | undefined {
    // At the generated addresses of identity providers is none, which is no failure of the server.
    const silentProvider = (content.body as { readonly code?: unknown } | undefined)?.code === 'identity_provider_unavailable';
    if (status >= 500 && !silentProvider) return 'the server failed';
    if (status === 405 && !headers.has('allow')) return 'the header Allow is missing';
    return documentedAnswers().faultOf({ method, path, status, headers, ...content });
  }

  #count(name: string, { operationId }: DocumentedOperation, status: number): void {
    const seen = this.seen.get(name);
    if (seen === undefined) return;
    seen.operations.add(operationId);
    seen.requests += 1;
    seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1);
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
