import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { runTenantry, type Ended } from './command.js';
import { scratchDatabase, type ScratchDatabase } from './scratch-database.js';
import { testSecret } from './secret.js';

/** The tables of a school (numbers of rows that three divides), with the code of the school in two of them: serial numbers, uuids, an index by expression. */
export const schoolTables = (quizzes: number, students: number, submissions: number): string => `
  create table _quizzes (id serial primary key, school_code text, title text not null, created_at timestamp not null default now(), updated_at timestamp not null default now());
  create table _students (id uuid primary key default gen_random_uuid(), number integer unique, school_code text not null, email text not null, name text);
  create unique index _students_email on _students (lower(email)) where name is not null;
  create table _submissions (id bigserial primary key, quiz_id integer not null references _quizzes on delete cascade, student_id uuid references _students (id) on delete set null,
    score integer, answers jsonb, constraint one_each unique (quiz_id, student_id, score) deferrable initially deferred);
  grant select on _quizzes to public;
  insert into _quizzes (school_code, title) select case when n % 3 = 0 then 'N-01' else 'south' end, 'Quiz ' || n from generate_series(1, ${quizzes}) n;
  insert into _students (number, school_code, email, name) select n, case when n % 3 = 0 then 'N-01' else 'south' end, 's' || n || '@example.com', 'Student ' || n from generate_series(1, ${students}) n;
  insert into _submissions (quiz_id, student_id, score, answers)
    select q.id, s.id, n, '{"a": 1}' from generate_series(1, ${submissions}) n
      join _quizzes q on q.id = 1 + n % ${quizzes} join _students s on s.number = 1 + (n % ${quizzes} + 3 * (n / ${quizzes})) % ${students};
  analyze`;

export const schoolPlan = `
organizations:
  N-01: north
tables:
  _submissions: { through: quiz_id }
  _quizzes: { column: school_code }
  _students: { column: school_code }
`;

/** The tables of a sales product as Prisma writes them, in a schema of its own, for one organization. */
export const salesTables = (documents: number): string => `
  create schema sales;
  create table sales."Customer" ("id" text primary key, "email" text not null, "parentId" text references sales."Customer" on delete set null on update cascade, "updatedAt" timestamp(3));
  create unique index "Customer_email_key" on sales."Customer" ("email");
  create table sales."Product" ("sku" text, "version" integer, "price" numeric(12, 2), primary key ("sku", "version"));
  create table sales."Quote" ("id" text primary key, "customerId" text not null references sales."Customer" on delete restrict on update cascade, "sku" text, "version" integer,
    constraint "Quote_product_fkey" foreign key ("sku", "version") references sales."Product" on delete set null);
  create table sales."Document" ("quoteId" text not null references sales."Quote" on delete cascade, "name" text, "bytes" bytea);
  create table sales."Competitor" ("id" serial primary key, "name" text not null unique, "sku" text, "version" integer, foreign key ("sku", "version") references sales."Product" match simple);
  insert into sales."Customer" select 'c' || n, 'c' || n || '@example.com', case when n > 1 then 'c1' end from generate_series(1, 500) n;
  insert into sales."Product" select 'p' || n, 1, n from generate_series(1, 500) n;
  insert into sales."Quote" select 'q' || n, 'c' || 1 + n % 500, 'p' || 1 + n % 500, 1 from generate_series(1, 1000) n;
  insert into sales."Document" select 'q' || 1 + n % 1000, 'Document ' || n from generate_series(1, ${documents}) n;
  insert into sales."Competitor" ("name", "sku", "version") select 'Competitor ' || n, 'p' || n, 1 from generate_series(1, 500) n;
  analyze`;

export const salesPlan = `
organization: north
tables: [sales.Customer, sales.Product, sales.Quote, sales.Document, sales.Competitor]
`;

/** A database with tenantry's tables, the organizations `north` and `south`, and the tables of another application. */
export interface SingleTenant {
  readonly database: ScratchDatabase;
  readonly env: Readonly<Record<string, string>>;
  readonly owner: pg.Client;
  readonly organizations: Readonly<Record<'north' | 'south', string>>;
  /** Runs `tenantry adopt` with a plan. */
  readonly adopt: (plan: string, ...options: string[]) => Promise<Ended>;
  readonly fileOf: (plan: string) => Promise<string>;
  /** Runs statements as the application role that has bound an organization; throws away what they change. */
  readonly asTenant: (organizationId: string | null, statement: string) => Promise<pg.QueryResultRow[]>;
  end(): Promise<void>;
}

export async function singleTenant(tables: string): Promise<SingleTenant> {
  const database = await scratchDatabase();
  const env = { APP_SECRET: testSecret, DATABASE_URL: database.app, DATABASE_PLATFORM_URL: database.platform, DATABASE_OWNER_URL: database.owner, NODE_ENV: 'test' };
  const owner = new pg.Client({ connectionString: database.owner });
  await owner.connect();
  await owner.query(tables);
  const platform = new pg.Client({ connectionString: database.platform });
  await platform.connect();
  const create = async (slug: string): Promise<string> => {
    const { rows } = await platform.query<{ id: string }>(
      `insert into organizations (id, name, slug, email, plan) values (gen_random_uuid(), $1, $1, 'office@example.com', 'free') returning id`,
      [slug],
    );
    return rows[0]?.id ?? '';
  };
  const organizations = { north: await create('north'), south: await create('south') };
  await platform.end();
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-adopt-'));
  const fileOf = async (plan: string): Promise<string> => {
    const file = path.join(folder, `${randomBytes(4).toString('hex')}.yaml`);
    await writeFile(file, plan);
    return file;
  };
  return {
    database,
    env,
    owner,
    organizations,
    fileOf,
    adopt: async (plan, ...options) => runTenantry(env, 'adopt', await fileOf(plan), ...options),
    asTenant: async (organizationId, statement) => {
      const app = new pg.Client({ connectionString: database.app });
      await app.connect();
      try {
        await app.query('begin');
        await app.query(`select set_config('app.current_organization_id', $1, true)`, [organizationId ?? '']);
        return (await app.query<pg.QueryResultRow>(statement)).rows;
      } finally {
        await app.end();
      }
    },
    end: async () => {
      await owner.end();
      await database.drop();
    },
  };
}

/** Everything about the tables of a schema that an adoption changes. */
export async function describeTables(owner: pg.Client, names: readonly string[]): Promise<unknown> {
  const { rows } = await owner.query(
    `select c.oid::regclass::text as name, c.relrowsecurity, c.relforcerowsecurity,
            array(select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
            array(select conname || ' ' || pg_get_constraintdef(k.oid) || k.convalidated from pg_constraint k where k.conrelid = c.oid order by 1) as constraints,
            array(select pg_get_indexdef(i.indexrelid) || i.indisvalid from pg_index i where i.indrelid = c.oid order by 1) as indexes,
            array(select g.tgname from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal order by 1) as triggers,
            array(select p.polname from pg_policy p where p.polrelid = c.oid order by 1) as policies,
            array(select x.grantee::regrole || ' ' || x.privilege_type from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x order by 1) as grants
       from pg_class c where c.oid = any($1::regclass[]) order by 1`,
    [names],
  );
  return rows;
}
