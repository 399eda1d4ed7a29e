import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../client.js';
import { goodPassword } from '../world.js';
import { isDone, isUnknown, type Answers, type Reply } from './answers.js';
import type { SoakInstallation } from './installation.js';

/** A write whose answer was lost may be done until then, in milliseconds: the server's longest time for a request. */
const lateness = 60_000;

/** A value that the server acknowledged, and those whose answers were lost. */
class Register<Value> {
  #acknowledged: Value;
  #unknown: { readonly value: Value; readonly at: number }[] = [];

  constructor(initial: Value) {
    this.#acknowledged = initial;
  }

  note(value: Value, reply: Reply): void {
    if (isDone(reply)) {
      this.#acknowledged = value;
      this.#unknown = this.#unknown.filter(({ at }) => performance.now() - at < lateness);
    } else if (isUnknown(reply)) this.#unknown.push({ value, at: performance.now() });
  }

  /** Whether the server may have this value. */
  allows(value: Value): boolean {
    return value === this.#acknowledged || this.#unknown.some((each) => each.value === value);
  }

  toString(): string {
    return `${String(this.#acknowledged)} (or ${this.#unknown.map(({ value }) => String(value)).join(', ')})`;
  }
}

const anyOf = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(Math.random() * items.length)];

interface Events {
  readonly events: readonly { readonly id: string; readonly meter: string; readonly quantity: number }[];
}

/** An organization whose owner works, and remembers what the server has acknowledged. */
export class SoakTenant {
  organizationId = '';
  token = '';
  #refreshToken = '';
  readonly #teams = new Map<string, Register<string>>();
  /** Names of teams whose creation was not answered. */
  readonly #unknownTeams = new Set<string>();
  readonly #deletedTeams = new Map<string, Register<boolean>>();
  readonly #setting = new Register(-1);
  readonly #invitations = new Set<string>();
  readonly #unknownInvitations = new Set<string>();
  readonly #keys = new Map<string, Register<boolean>>();
  readonly #keyTexts = new Map<string, string>();
  /** Every event that was sent: it is sent again until it is acknowledged. */
  readonly #events = new Map<string, number>();
  #acknowledged = 0;

  private constructor(
    private readonly installation: SoakInstallation,
    private readonly answers: Answers,
    readonly email: string,
  ) {}

  /** Signs up, again and again until it succeeds. */
  static async signUp(installation: SoakInstallation, answers: Answers): Promise<SoakTenant> {
    for (;;) {
      const tenant = new SoakTenant(installation, answers, `${randomUUID()}@example.com`);
      const who = { email: tenant.email, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } };
      const reply = await answers.send(installation.client(), 'POST', '/auth/signup', who);
      if (isDone(reply)) {
        tenant.organizationId = reply.body.organization.id;
        tenant.token = reply.body.accessToken;
        tenant.#refreshToken = reply.body.refreshToken;
        return tenant;
      }
      await pause(500);
    }
  }

  /** The number of acknowledged writes. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  get #home(): string {
    return `/organizations/${this.organizationId}`;
  }

  get #client(): Client {
    return this.installation.client(this.token);
  }

  /** Works until a moment: one change, report or login after the other. */
  async work(until: () => boolean, milliseconds: number): Promise<void> {
    const kinds = [
      ...Array.from({ length: 4 }, () => () => this.#createTeam()),
      ...Array.from({ length: 3 }, () => () => this.#renameTeam()),
      ...Array.from({ length: 4 }, () => () => this.#read()),
      ...Array.from({ length: 3 }, () => () => this.#changeSetting()),
      ...Array.from({ length: 2 }, () => () => this.#invite()),
      () => this.#deleteTeam(),
      () => this.#createKey(),
      () => this.#useKey(),
      () => this.#deleteKey(),
      () => this.#refresh(),
    ];
    for (let number = 0; !until(); number += 1) {
      await (number % 40 === 39 ? this.#logIn() : anyOf(kinds)?.());
      await pause(Math.random() * 2 * milliseconds);
    }
  }

  /** Reports and consumes usage until a moment, and until everything is acknowledged. */
  async meter(until: () => boolean, milliseconds: number): Promise<void> {
    while (!until()) {
      if (Math.random() < 0.6) await this.#report();
      else await this.#consume();
      await pause(Math.random() * 2 * milliseconds);
    }
  }

  /** Reads everything again. @returns what is not as it was acknowledged */
  async findLostWrites(rows: (sql: string, ...values: unknown[]) => Promise<Record<string, any>[]>): Promise<string[]> {
    await this.#logIn();
    return [
      ...(await this.#lostTeams()),
      ...(await this.#lostSetting()),
      ...(await this.#lostInvitations(rows)),
      ...(await this.#lostKeys()),
      ...(await this.#lostUsage(rows)),
    ].map((lost) => `${this.organizationId}: ${lost}`);
  }

  async #send(method: string, path: string, body?: unknown, refusals: readonly number[] = []): Promise<Reply> {
    const reply = await this.answers.send(this.#client, method, path, body, { refusals });
    if (reply?.status === 401) await this.#logIn();
    if (method !== 'GET' && isDone(reply)) this.#acknowledged += 1;
    return reply;
  }

  async #createTeam(): Promise<void> {
    const name = randomUUID();
    const reply = await this.#send('POST', `${this.#home}/teams`, { name });
    if (isDone(reply)) this.#teams.set(reply.body.id, new Register(name));
    else if (isUnknown(reply)) this.#unknownTeams.add(name);
  }

  async #renameTeam(): Promise<void> {
    const [id, names] = anyOf([...this.#teams]) ?? [];
    if (id === undefined || this.#deletedTeams.has(id)) return;
    const name = randomUUID();
    names?.note(name, await this.#send('PATCH', `${this.#home}/teams/${id}`, { name }));
  }

  async #deleteTeam(): Promise<void> {
    const [id] = anyOf([...this.#teams]) ?? [];
    if (id === undefined) return;
    const deleted = this.#deletedTeams.get(id) ?? new Register(false);
    this.#deletedTeams.set(id, deleted);
    const reply = await this.#send('DELETE', `${this.#home}/teams/${id}`, undefined, [404]);
    deleted.note(true, reply);
    if (reply?.status === 404 && !deleted.allows(true)) this.answers.unexpected.push(`the team ${id} is missing before it was deleted`);
  }

  async #changeSetting(): Promise<void> {
    const value = 60 + Math.floor(Math.random() * 80_000);
    this.#setting.note(value, await this.#send('PATCH', '/tenant/settings', { pages: value }));
  }

  async #invite(): Promise<void> {
    const email = `${randomUUID()}@example.com`;
    const reply = await this.#send('POST', `${this.#home}/invitations`, { email, role: 'member' });
    if (isDone(reply)) this.#invitations.add(email);
    else if (isUnknown(reply)) this.#unknownInvitations.add(email);
  }

  async #createKey(): Promise<void> {
    const reply = await this.#send('POST', `${this.#home}/api-keys`, { name: randomUUID(), permissions: ['teams:read'] });
    if (!isDone(reply)) return;
    this.#keys.set(reply.body.id, new Register(true));
    this.#keyTexts.set(reply.body.id, reply.body.key);
  }

  async #useKey(): Promise<void> {
    const [id, works] = anyOf([...this.#keys]) ?? [];
    if (id === undefined || works?.allows(false) === true) return;
    await this.answers.send(this.installation.client(this.#keyTexts.get(id)), 'GET', `${this.#home}/teams?limit=5`);
  }

  async #deleteKey(): Promise<void> {
    const [id, works] = anyOf([...this.#keys]) ?? [];
    if (id !== undefined) works?.note(false, await this.#send('DELETE', `${this.#home}/api-keys/${id}`, undefined, [404]));
  }

  async #read(): Promise<void> {
    const paths = [
      '/organizations/current',
      '/auth/me',
      '/tenant/settings',
      '/tenant/limits',
      `${this.#home}/teams?count=true`,
      `${this.#home}/usage`,
      `${this.#home}/invitations`,
      `${this.#home}/audit-logs`,
      `${this.#home}/usage/export?what=events&format=csv`,
      `${this.#home}/audit-logs/export?format=csv`,
    ];
    await this.#send('GET', anyOf(paths) ?? '');
  }

  async #refresh(): Promise<void> {
    const reply = await this.answers.send(this.installation.client(), 'POST', '/auth/refresh', { refreshToken: this.#refreshToken });
    if (isDone(reply)) {
      this.token = reply.body.accessToken;
      this.#refreshToken = reply.body.refreshToken;
    } else await this.#logIn();
  }

  /** Logs in, again and again until it succeeds. */
  async #logIn(): Promise<void> {
    for (;;) {
      const reply = await this.answers.send(this.installation.client(), 'POST', '/auth/login', { email: this.email, password: goodPassword });
      if (isDone(reply)) {
        this.token = reply.body.accessToken;
        this.#refreshToken = reply.body.refreshToken;
        return;
      }
      await pause(500);
    }
  }

  async #report(): Promise<void> {
    const events = Array.from({ length: 5 }, () => ({ id: randomUUID(), meter: 'tokens', quantity: 1 + Math.floor(Math.random() * 9) }));
    for (const { id, quantity } of events) this.#events.set(id, quantity);
    await this.#untilDone('/usage/events', { events } satisfies Events);
  }

  async #consume(): Promise<void> {
    const [id, quantity] = [randomUUID(), 1 + Math.floor(Math.random() * 9)];
    this.#events.set(id, quantity);
    await this.#untilDone('/usage/consume', { meter: 'tokens', quantity, id });
  }

  async #untilDone(path: string, body: unknown): Promise<void> {
    while (!isDone(await this.#send('POST', path, body))) await pause(300);
  }

  /** All pages of a list. */
  async #list(path: string): Promise<Record<string, any>[]> {
    const found: Record<string, any>[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const reply = await this.answers.send(this.#client, 'GET', `${path}?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      if (!isDone(reply)) throw new Error(`${path} answered ${reply?.status} at the end`);
      found.push(...reply.body.data);
      cursor = reply.body.nextCursor;
    }
    return found;
  }

  async #lostTeams(): Promise<string[]> {
    const present = new Map((await this.#list(`${this.#home}/teams`)).map(({ id, name }) => [id as string, name as string]));
    const lost = [...this.#teams].flatMap(([id, names]) => {
      const name = present.get(id);
      if (!(this.#deletedTeams.get(id) ?? new Register(false)).allows(name === undefined)) return [`the team ${id} is ${name === undefined ? 'missing' : 'not deleted'}`];
      return name === undefined || names.allows(name) ? [] : [`the team ${id} has the name ${name} instead of ${String(names)}`];
    });
    const strange = [...present].filter(([id, name]) => !this.#teams.has(id) && !this.#unknownTeams.has(name));
    return [...lost, ...strange.map(([id]) => `nobody has created the team ${id}`)];
  }

  async #lostSetting(): Promise<string[]> {
    const reply = await this.#send('GET', '/tenant/settings');
    const value = reply?.body?.pages as number | undefined;
    return value !== undefined && (this.#setting.allows(value) || this.#setting.allows(-1)) ? [] : [`the setting is ${value} instead of ${String(this.#setting)}`];
  }

  async #lostInvitations(rows: (sql: string, ...values: unknown[]) => Promise<Record<string, any>[]>): Promise<string[]> {
    const present = (await this.#list(`${this.#home}/invitations`)).map(({ email }) => email as string);
    const lost = [...this.#invitations].filter((email) => present.filter((each) => each === email).length !== 1);
    const strange = present.filter((email) => !this.#invitations.has(email) && !this.#unknownInvitations.has(email));
    const unsent = await rows(
      `select recipient, status, failure from mail_messages where template = 'invitation' and organization_id = $1 and status <> 'sent'`,
      this.organizationId,
    );
    const arrived = new Set(this.installation.smtp.accepted.map(({ to }) => to));
    return [
      ...lost.map((email) => `the invitation of ${email} is missing`),
      ...strange.map((email) => `nobody has invited ${email}`),
      ...unsent.map(({ recipient, status, failure }) => `the mail to ${recipient} is ${status} (${failure})`),
      ...[...this.#invitations].filter((email) => !arrived.has(email)).map((email) => `the mail to ${email} has not arrived`),
    ];
  }

  async #lostKeys(): Promise<string[]> {
    const lost: string[] = [];
    for (const [id, works] of this.#keys) {
      const reply = await this.answers.send(this.installation.client(this.#keyTexts.get(id)), 'GET', `${this.#home}/teams?limit=1`, undefined, { refusals: [401] });
      if (!works.allows(reply?.status === 200)) lost.push(`the API key ${id} answers ${reply?.status} instead of ${String(works)}`);
    }
    return lost;
  }

  /** Each event is counted exactly once: in the ledger, in the total, and in the sums of days. */
  async #lostUsage(rows: (sql: string, ...values: unknown[]) => Promise<Record<string, any>[]>): Promise<string[]> {
    const kept = new Map(
      (await rows('select id, quantity::int from usage_events where organization_id = $1', this.organizationId)).map(({ id, quantity }) => [id as string, quantity as number]),
    );
    const sum = [...this.#events.values()].reduce((total, quantity) => total + quantity, 0);
    const [totals] = await rows(
      `select (select coalesce(sum(used), 0)::int from meter_totals where organization_id = $1 and meter = 'tokens') as total,
              (select coalesce(sum(quantity), 0)::int from usage_days where organization_id = $1 and meter = 'tokens') as days`,
      this.organizationId,
    );
    const lost = [...this.#events].filter(([id, quantity]) => kept.get(id) !== quantity).map(([id]) => `the usage event ${id} is missing`);
    if (kept.size !== this.#events.size) lost.push(`the ledger has ${kept.size} events instead of ${this.#events.size}`);
    if (totals?.['total'] !== sum || totals?.['days'] !== sum) lost.push(`the total is ${totals?.['total']}, the days ${totals?.['days']}, instead of ${sum}`);
    return lost;
  }
}
