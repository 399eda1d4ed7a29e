import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { SecretBox } from '../../src/common/crypto/secret-box.js';
import { signedReceipt } from '../support/receipts.js';
import { testSecret } from '../support/secret.js';
import type { Person, World } from '../support/world.js';

/** The environment of the commands. */
export interface CommandStage {
  readonly world: World;
  /** Sees all rows. */
  readonly look: pg.Client;
  /** For archives. */
  readonly folder: string;
  /** Runs another command, and expects that it goes well. @returns what it prints as JSON */
  readonly run: (...args: string[]) => Promise<any>;
  /** Runs SQL as the owner of the tables. */
  readonly alter: (...statements: string[]) => Promise<void>;
}

/** The expected content of an event and of its changes. */
export interface ExpectedEvent {
  /** Null for the platform's chain; `any` for an organization that the command makes. */
  readonly organizationId: string | null;
  readonly table: string;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly before?: object;
  readonly after?: object;
  /** The details are erased with the organization: the event has only the target. */
  readonly bones?: true;
}

export interface ReadyCommand {
  /** Behind the name of the command. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly events: readonly ExpectedEvent[];
}

type Prepare = (stage: CommandStage) => Promise<ReadyCommand>;

/** A tenant of the command line's, in use. */
const tenant = ({ run, world }: CommandStage, ...options: string[]): Promise<{ id: string; slug: string }> => {
  const slug = world.unique('tenant');
  return run('tenant:create', '--name', 'Before', '--slug', slug, '--email', `${slug}@example.com`, ...options);
};

const serviceKey = async ({ run }: CommandStage): Promise<string> => (await run('service-key:create', '--name', 'Backend', '--scope', 'usage:report')).id;

/** Somebody with a verified address; the server of these tests sends no mail. */
async function verified({ world, look }: CommandStage): Promise<Person> {
  const person = await world.owner();
  await look.query('update users set email_verified_at = now() where id = $1', [person.userId]);
  return person;
}

/** A mail that has failed. */
export async function failedMail({ world, look }: Pick<CommandStage, 'world' | 'look'>): Promise<{ id: string; organizationId: string }> {
  const { organizationId } = await world.owner();
  const sql = `insert into mail_messages (id, organization_id, template, recipient, content, status, failure, attempts)
               values (gen_random_uuid(), $1, 'welcome', $2, $3, 'failed', 'recipient_refused', 1) returning id`;
  const content = new SecretBox(testSecret, 'mail').seal(JSON.stringify({ subject: 'Welcome', text: 'Welcome', html: '<p>Welcome</p>' }));
  return { id: (await look.query<{ id: string }>(sql, [organizationId, world.email(), content])).rows[0]?.id ?? '', organizationId };
}

/** The platform and the organization of a user get an event each. */
const inBoth = (organizationId: string, event: Omit<ExpectedEvent, 'organizationId'>): readonly ExpectedEvent[] => [
  { organizationId: null, ...event },
  { organizationId, ...event },
];

/** A change of the row of an organization by a command. */
const changed = (before: object, after: object, args: readonly string[] = [], earlier: readonly string[] = []): Prepare => {
  return async (stage) => {
    const { id, slug } = await tenant(stage, '--skip-provision');
    for (const command of earlier) await stage.run(command, slug, ...(command === 'tenant:delete' ? ['--yes'] : []));
    return { args: [slug, ...args], events: [{ organizationId: id, table: 'organizations', operation: 'update', before, after }] };
  };
};

/** By name, and, after a space, what is special. A command that is in neither list fails the test. */
export const commands: Readonly<Record<string, Prepare>> = {
  'admin:create': async ({ world }) => {
    const email = world.email('admin');
    return { args: ['--email', email], events: [{ organizationId: null, table: 'users', operation: 'insert', after: { email } }] };
  },
  'admin:add': async (stage) => {
    const { email, userId, organizationId } = await verified(stage);
    return { args: [email], events: inBoth(organizationId, { table: 'platform_admins', operation: 'insert', after: { user_id: userId } }) };
  },
  'admin:password': async ({ world, run }) => {
    const { email } = await run('admin:create', '--email', world.email('admin'));
    return { args: [email], events: [{ organizationId: null, table: 'credentials', operation: 'update', before: { password_hash: '[redacted]' } }] };
  },
  'admin:remove': async (stage) => {
    const { world, run } = stage;
    const { email, userId, organizationId } = await verified(stage);
    await run('admin:create', '--email', world.email('admin'));
    await run('admin:add', email);
    return { args: [email, '--yes'], events: inBoth(organizationId, { table: 'platform_admins', operation: 'delete', before: { user_id: userId } }) };
  },
  'user:disable': async ({ world }) => {
    const { email, organizationId } = await world.owner();
    return { args: [email, '--yes'], events: inBoth(organizationId, { table: 'users', operation: 'update', before: { disabled_at: null } }) };
  },
  'user:enable': async ({ world, run }) => {
    const { email, organizationId } = await world.owner();
    await run('user:disable', email, '--yes');
    return { args: [email], events: inBoth(organizationId, { table: 'users', operation: 'update', after: { disabled_at: null } }) };
  },
  'user:remove-second-factor': async ({ world, look }) => {
    const { email, userId, organizationId } = await world.owner();
    await look.query(`insert into second_factors (user_id, secret, confirmed_at) values ($1, '\\x00', now())`, [userId]);
    const reason = 'Called back at the number in the contract';
    return { args: [email, '--reason', reason, '--yes'], events: inBoth(organizationId, { table: 'users', operation: 'update', after: { second_factor: false, reason } }) };
  },
  'service-key:create': async () => {
    const event = { organizationId: null, table: 'service_keys', operation: 'insert', after: { name: 'Backend', token_hash: '[redacted]' } } as const;
    return { args: ['--name', 'Backend', '--scope', 'usage:report', 'access:check'], events: [event] };
  },
  'service-key:rotate': async (stage) => ({
    args: [await serviceKey(stage)],
    events: [{ organizationId: null, table: 'service_keys', operation: 'update', before: { token_hash: '[redacted]' }, after: { token_hash: '[redacted]' } }],
  }),
  'service-key:revoke': async (stage) => ({
    args: [await serviceKey(stage), '--yes'],
    events: [{ organizationId: null, table: 'service_keys', operation: 'delete', before: { name: 'Backend' } }],
  }),
  'mail:resend': async (stage) => {
    const { id, organizationId } = await failedMail(stage);
    return { args: [id], events: [{ organizationId, table: 'mail_messages', operation: 'update', before: { status: 'failed' }, after: { status: 'queued' } }] };
  },
  'mail:drop': async (stage) => {
    const { id, organizationId } = await failedMail(stage);
    return { args: [id, '--yes'], events: [{ organizationId, table: 'mail_messages', operation: 'update', before: { status: 'failed' }, after: { status: 'dropped' } }] };
  },
  'mail:bounce': async (stage) => {
    const { id, organizationId } = await failedMail(stage);
    await stage.look.query(`update mail_messages set status = 'sent', failure = null, content = null, sent_at = now() where id = $1`, [id]);
    const file = path.join(stage.folder, `${id}.eml`);
    const parts = ['Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1', `Content-Type: text/rfc822-headers\n\nMessage-ID: <${id}@tenantry>`];
    await writeFile(file, `Content-Type: multipart/report; boundary=x\n\n${parts.map((part) => `--x\n${part}\n`).join('')}--x--\n`);
    return { args: [file], events: [{ organizationId, table: 'mail_messages', operation: 'update', before: { status: 'sent' }, after: { status: 'failed' } }] };
  },
  'tenant:create': async ({ world }) => {
    const slug = world.unique('tenant');
    const event = { organizationId: 'any', table: 'organizations', operation: 'insert', after: { slug, status: 'pending' } } as const;
    return { args: ['--name', 'New', '--slug', slug, '--email', world.email(), '--limit', 'seats=7'], events: [event] };
  },
  'tenant:provision': async (stage) => {
    const { id, slug } = await tenant(stage, '--skip-provision');
    return { args: [slug], events: [{ organizationId: id, table: 'memberships', operation: 'insert', after: { role: 'owner' } }] };
  },
  'tenant:suspend': changed({ status: 'pending', suspended_reason: null }, { status: 'suspended', suspended_reason: 'unpaid' }, ['--reason', 'unpaid']),
  'tenant:activate': changed({ status: 'suspended' }, { status: 'active' }, [], ['tenant:suspend']),
  'tenant:maintenance': changed({ maintenance_mode: false }, { maintenance_mode: true }),
  'tenant:security-reset': async (stage) => {
    const { id, slug } = await tenant(stage, '--skip-provision');
    const event = { organizationId: id, table: 'settings_documents', operation: 'insert', after: { section: 'security' } } as const;
    return { args: [slug, '--reason', 'moved', '--yes'], events: [event] };
  },
  'tenant:domain-release': async ({ world }) => {
    const owner = await world.owner();
    const domain = `${world.unique('school')}.example`;
    await owner.api.post('/tenant/domains', { kind: 'email', domain });
    const event = { organizationId: owner.organizationId, table: 'domains', operation: 'update', after: { ended_reason: 'released', ended_note: 'sold' } } as const;
    return { args: [owner.organizationId, domain, '--reason', 'sold', '--yes'], events: [event] };
  },
  'tenant:delete': changed({ deleted_at: null }, {}, ['--yes']),
  'tenant:restore': changed({}, { deleted_at: null }, [], ['tenant:delete']),
  'tenant:deprovision': changed({ status: 'pending' }, { status: 'cancelled' }, ['--skip-backup', '--yes']),
  'tenant:delete for good': async (stage) => {
    const { id, slug } = await tenant(stage);
    return { args: [slug, '--hard', '--yes'], events: [{ organizationId: id, table: 'organizations', operation: 'delete', bones: true }] };
  },
  'tenant:import': async (stage) => {
    const { id, slug } = await tenant(stage);
    const file = `${stage.folder}/${slug}.zip`;
    await stage.run('tenant:export', slug, '--out', file);
    await stage.run('tenant:delete', slug, '--hard', '--yes');
    return { args: [file], events: [{ organizationId: id, table: 'organizations', operation: 'insert', after: { slug, name: 'Before' } }] };
  },
  'backup:restore': async (stage) => {
    const { id, slug } = await tenant(stage);
    await stage.run('backup:run');
    await stage.run('tenant:delete', slug, '--hard', '--yes');
    return { args: ['latest', slug], events: [{ organizationId: id, table: 'organizations', operation: 'insert', after: { slug, name: 'Before' } }] };
  },
  'users:import': async ({ world, folder }) => {
    const { organizationId } = await world.owner();
    const file = path.join(folder, `${world.unique('users')}.ndjson`);
    await writeFile(file, JSON.stringify({ email: world.email(), name: 'Imported', emailVerified: true, organization: organizationId, role: 'member' }));
    return { args: [file], events: [{ organizationId, table: 'users', operation: 'insert', after: { name: 'Imported' } }] };
  },
  'audit:erase': async ({ world }) => {
    const owner = await world.signUp();
    const event = { organizationId: owner.organizationId, table: 'audit.actors', operation: 'delete' } as const;
    return { args: ['--email', owner.email, '--yes'], events: [event] };
  },
  'quota:reset': async ({ world, look }) => {
    const { organizationId } = await world.owner();
    await look.query(
      `insert into meter_totals (organization_id, id, meter, period_start, period_end, used, updated_at)
         select $1, gen_random_uuid(), 'api_calls', m, m + interval '1 month', 5, now() from date_trunc('month', now(), 'UTC') m`,
      [organizationId],
    );
    const event = { organizationId, table: 'meter_totals', operation: 'update', before: { used: 5 }, after: { used: 0 } } as const;
    return { args: ['--tenant', organizationId, '--yes'], events: [event] };
  },
  'secrets:rotate': async ({ world }) => {
    const owner: Person = await world.owner();
    await owner.api.patch('/tenant/integrations', { slack: { secrets: { token: 'xoxb-integration' } } });
    const blotted = { before: { sealed: '[redacted]' }, after: { sealed: '[redacted]' } };
    return {
      args: [],
      env: { APP_SECRET: 'another secret of the tests, long enough to be accepted' },
      events: [
        { organizationId: owner.organizationId, table: 'integration_secrets', operation: 'update', ...blotted },
        { organizationId: null, table: 'signing_keys', operation: 'update', after: { private_key: '[redacted]' } },
      ],
    };
  },
  'audit:retention': async () => ({
    args: ['--days', '730'],
    events: [{ organizationId: null, table: 'log_retention', operation: 'insert', after: { days: 730 } }],
  }),
};

/** Commands that change nothing that is recorded, each with the reason, and the arguments to show it. */
export const harmlessCommands: Readonly<Record<string, (stage: CommandStage) => Promise<readonly string[]>>> = {
  // They inspect, or print what there is.
  doctor: async () => [],
  'catalog:check': async () => [],
  'audit:verify': async () => [],
  'erasure:verify': async () => [await signedReceipt(testSecret)],
  'job:list': async () => [],
  'retention:preview': async () => [],
  'backup:list': async () => [],
  'mail:list': async () => [],
  'mail:preview': async () => ['invitation'],
  'mail:show': async (stage) => [(await failedMail(stage)).id],
  'tenant:list': async () => [],
  'admin:list': async () => [],
  'service-key:list': async () => [],
  'user:show': async ({ world }) => [(await world.owner()).userId],
  'tenant:show': async (stage) => [(await tenant(stage, '--skip-provision')).slug],
  // It reads events by the API.
  'webhooks:listen': async ({ world }) => {
    const { api, home } = await world.owner();
    await api.patch(`${home}/subscription`, { plan: 'pro' });
    const { key } = (await api.post(`${home}/api-keys`, { name: 'Listener', permissions: ['events:read'] })).body as { key: string };
    return ['--server', api.url, '--api-key', key, '--forward-to', 'http://127.0.0.1:9', '--for', '1'];
  },
  // A job is the actor of its changes: test/audit/jobs.ts.
  'job:run': async () => ['purge-mail'],
  // It writes to the payment provider; here there is none, which it says.
  'billing:sync': async () => [],
  // They write files.
  'backup:run': async () => [],
  'tenant:export': async (stage) => [(await tenant(stage, '--skip-provision')).slug, '--out', `${stage.folder}/harmless.zip`],
  // It writes files of the source.
  openapi: async ({ folder }) => ['--document', `${folder}/openapi.json`, '--routes', `${folder}/routes.txt`],
  // They change tables, not what is in them; a migration that changes rows is recorded as SQL by hand.
  'db:migrate': async () => [],
  adopt: async (stage) => {
    const plan = path.join(stage.folder, 'adopt.yaml');
    await stage.alter('create table _adopted_notes (id integer primary key)', 'insert into _adopted_notes values (1)');
    await writeFile(plan, `organization: ${(await tenant(stage, '--skip-provision')).slug}\ntables: [_adopted_notes]\n`);
    return [plan];
  },
};
