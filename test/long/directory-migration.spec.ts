import { expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../src/database/migrations/migrate.js';
import { testDatabase } from '../support/database.js';
import { migrateBefore } from '../support/earlier-migrations.js';
import { emptyDatabase } from '../support/scratch-database.js';

it('of the users of directories with one account, the active one keeps it that came first', async () => {
  const database = await emptyDatabase();
  const platform = new pg.Client({ connectionString: Object.assign(new URL(testDatabase().platform), { pathname: new URL(database.owner).pathname }).href });
  const organizationId = randomUUID();
  const accounts = { both: randomUUID(), inactive: randomUUID(), deleted: randomUUID() };
  const directories = [randomUUID(), randomUUID()];
  try {
    await migrateBefore(database.owner, '20261129042800_one_directory_user_for_each_account');
    await platform.connect();
    await platform.query(`insert into organizations (id, name, slug, plan) values ($1, 'Org', 'org', 'free')`, [organizationId]);
    for (const id of directories) await platform.query(`insert into directories (organization_id, id, name, role) values ($1, $2::uuid, $2::text, 'member')`, [organizationId, id]);
    for (const [name, id] of Object.entries(accounts)) await platform.query(`insert into users (id, email, name) values ($1, $2::text, $2::text)`, [id, `${name}@example.com`]);
    const team = randomUUID();
    await platform.query(`insert into teams (organization_id, id, name) values ($1, $2, 'Ops')`, [organizationId, team]);
    const add = async (name: keyof typeof accounts, directory: number, { active = true, deleted = false } = {}): Promise<void> => {
      const id = randomUUID();
      await platform.query(
        `insert into directory_users (organization_id, id, directory_id, user_name, active, user_id, given_role, deleted_at, created_at)
         values ($1, $2, $3, $4, $5, $6, 'member', $7, now() + make_interval(secs => $8))`,
        [organizationId, id, directories[directory], deleted ? null : name, active, accounts[name], deleted ? new Date() : null, directory],
      );
      await platform.query(`insert into directory_grants (organization_id, id, directory_user_id, team_id) values ($1, gen_random_uuid(), $2, $3)`, [organizationId, id, team]);
    };
    await add('both', 0);
    await add('both', 1);
    await add('inactive', 0, { active: false });
    await add('inactive', 1);
    await add('deleted', 0, { active: false, deleted: true });
    await add('deleted', 1);

    await migrate(database.owner);

    const { rows } = await platform.query<{ row: unknown }>(
      `select json_build_array(u.user_name, u.directory_id = $1, u.user_id is not null, u.pending_reason, u.given_role, (select count(*) from directory_grants g where g.directory_user_id = u.id)) as row
         from directory_users u order by u.user_name nulls last, u.created_at`,
      [directories[0]],
    );
    expect(rows.map(({ row }) => row)).toEqual([
      ['both', true, true, null, 'member', 1],
      ['both', false, false, 'account_linked', null, 0],
      ['deleted', false, true, null, 'member', 1],
      ['inactive', true, false, null, null, 0],
      ['inactive', false, true, null, 'member', 1],
      [null, true, true, null, 'member', 1],
    ]);
    const double = platform.query(`update directory_users set user_id = $1 where user_id is null and user_name = 'both'`, [accounts.both]);
    await expect(double).rejects.toThrow('directory_users_account_key');
    const forced = await platform.query(`select relname from pg_class where relname in ('directory_users', 'directory_grants') and relforcerowsecurity`);
    expect(forced.rowCount).toBe(2);
  } finally {
    await platform.end();
    await database.drop();
  }
}, 120_000);
