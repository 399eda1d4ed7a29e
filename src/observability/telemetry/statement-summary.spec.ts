import { describe, expect, it } from '@jest/globals';
import { describeStatement } from './statement-summary.js';

describe('the description of a statement', () => {
  it.each([
    [`select * from users where id = $1`, 'SELECT users', `select * from users where id = $1`],
    [`  -- it's a comment from secrets\n insert into "public"."users" (email) values ($1)`, 'INSERT users', `insert into "public"."users" (email) values ($1)`],
    [`update only audit.heads set a = 'ann@example.com', b = 'O''Hara' where c = $1`, 'UPDATE audit.heads', `update only audit.heads set a = '?', b = '?' where c = $1`],
    [`select 'from secrets' /* 'x */ from "odd 'name'" where a = E'it''s \\\\'`, `SELECT odd 'name'`, `select '?'   from "odd 'name'" where a = E'?'`],
    [`do $body$ begin perform 'ann@example.com'; end $body$`, 'DO', `do '?'`],
    [`select $$ann@example.com$$, $1, $2`, 'SELECT', `select '?', $1, $2`],
    [`select 'never ended`, 'SELECT', `select '?'`],
    [`commit`, 'COMMIT', 'commit'],
    [``, 'SQL', ''],
  ])('%s', (text, name, recorded) => {
    expect(describeStatement(text)).toMatchObject({ name, attributes: { 'db.query.text': recorded, 'db.query.summary': name } });
  });

  it('a long statement is recorded in part, and the number of texts that are kept is limited', () => {
    expect((describeStatement(`select ${'$1, '.repeat(10_000)}$1`).attributes['db.query.text'] as string).length).toBe(4_000);
    const texts = Array.from({ length: 3_000 }, (_, index) => `select ${index} from users`);
    const [first, last] = [texts[0]!, texts.at(-1)!];
    for (const text of texts) describeStatement(text);
    expect(describeStatement(first)).toBe(describeStatement(first));
    expect(describeStatement(last)).not.toBe(describeStatement(last));
  });
});
