// Counts statements by the server's log: the embedded server has no pg_stat_statements.
import { openSync, fstatSync, readSync, closeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseOf } from '../seed/database.mjs';

/** The number of statements that the clients of a system send while `work` runs, with BEGIN and COMMIT, without those inside functions. */
export async function countStatements({ superuser, database, system }, work) {
  const settings = { log_statement: 'all', log_line_prefix: '%d|' };
  for (const [name, value] of Object.entries(settings)) await superuser.query(`alter system set ${name} = '${value}'`);
  await reload(superuser);
  const log = openSync(path.join(database.home, 'server.log'), 'r');
  const { size } = fstatSync(log);
  try {
    await work();
  } finally {
    for (const name of Object.keys(settings)) await superuser.query(`alter system reset ${name}`);
    await reload(superuser);
  }
  const text = Buffer.alloc(fstatSync(log).size - size);
  readSync(log, text, 0, text.length, size);
  closeSync(log);
  return text.toString('utf8').match(new RegExp(`^${databaseOf(system)}\\|LOG: {2}(?:execute|statement)`, 'gm'))?.length ?? 0;
}

async function reload(superuser) {
  await superuser.query('select pg_reload_conf()');
  // Idle backends read the settings when they receive their next statement.
  await sleep(300);
}
