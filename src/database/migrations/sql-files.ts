import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../package-root.js';

/** A file of `prisma/functions`: the source of a function, or of what the Prisma models cannot express about a table, a schema or the roles. */
export interface SqlFile {
  /** `usage.take`, `public.users`, `audit.schema`, `roles`: the path without its ending. */
  readonly name: string;
  /** Its path in the repository. */
  readonly path: string;
  /** The first comment: what the object is for. */
  readonly sentence: string;
  readonly sql: string;
  /** Present when the file is of a function. */
  readonly function?: SqlFunction;
  /** For example `range ("at")`, when the table is partitioned. */
  readonly partitionedBy?: string;
  /** The TypeScript file that has a generated wrapper of the function. */
  readonly wrapper?: string;
}

export interface SqlFunction {
  /** `usage.granted(uuid, text, timestamptz)`: how a statement names the function. */
  readonly signature: string;
  readonly parameters: readonly SqlParameter[];
  /** The return type as the file has it. */
  readonly returns: string;
  /** The roles that may execute it; none when only the owner may. */
  readonly execute: readonly string[];
}

export interface SqlParameter {
  readonly name: string;
  readonly type: string;
  /** Whether a call may leave it out. */
  readonly optional: boolean;
}

export const functionsFolder = path.join(packageRoot, 'prisma/functions');

const header = /^-- (?<sentence>.+(?:\n-- (?!execute:|access:).+)*)\n-- (?<kind>execute|access): (?<roles>.+)\n/;
const declaration = /^create function (?<name>[\w.]+)\(/im;

/** @throws {Error} when a file does not begin with its sentence and with who may use the object */
export async function readSqlFiles(folder = functionsFolder): Promise<SqlFile[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(names.map(async (name) => parseSqlFile(name, await readFile(path.join(folder, name), 'utf8'))));
}

/** @param file the path below `prisma/functions` */
export function parseSqlFile(file: string, content: string): SqlFile {
  const sql = content.replaceAll('\r\n', '\n').trim();
  const name = file.slice(0, -'.sql'.length).split(path.sep).join('.');
  const { sentence, kind, roles } = header.exec(sql)?.groups ?? {};
  if (sentence === undefined || roles === undefined) {
    throw new Error(
      `prisma/functions/${file} must begin with a sentence ("-- Returns …"), and then "-- execute: <roles>" for a function or "-- access: <text>" for anything else.`,
    );
  }
  const declared = declaration.exec(sql)?.groups?.['name'];
  if ((declared !== undefined) !== (kind === 'execute')) throw new Error(`prisma/functions/${file}: "-- execute:" is for functions, and every function has it.`);
  if (declared !== undefined && declared !== name) throw new Error(`prisma/functions/${file} creates ${declared}. Name the file after the function.`);
  const option = (key: string): string | undefined => new RegExp(`^-- ${key}: (.+)$`, 'm').exec(sql)?.[1];
  const [partitionedBy, wrapper] = [option('partitioned by'), option('wrapper')];
  return {
    name,
    path: `prisma/functions/${file.split(path.sep).join('/')}`,
    sentence: sentence.replaceAll('\n-- ', ' '),
    sql,
    ...(declared === undefined ? {} : { function: parseFunction(name, sql, roles) }),
    ...(partitionedBy === undefined ? {} : { partitionedBy }),
    ...(wrapper === undefined ? {} : { wrapper }),
  };
}

function parseFunction(name: string, sql: string, roles: string): SqlFunction {
  const start = sql.search(declaration);
  const open = sql.indexOf('(', start);
  const close = sql.indexOf(')', open);
  const parameters = sql
    .slice(open + 1, close)
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(parseParameter);
  const returns = /^\s*returns ((?:table \([^)]*\)|setof [\w.]+|[\w.]+(?:\[\])?))/i.exec(sql.slice(close + 1))?.[1] ?? 'void';
  return {
    signature: `${name}(${parameters.map(({ type }) => type).join(', ')})`,
    parameters,
    returns,
    execute: roles === 'owner' ? [] : roles.split(',').map((role) => role.trim()),
  };
}

function parseParameter(text: string): SqlParameter {
  const [, name, type, preset] = /^(\w+) (.+?)( default .+)?$/i.exec(text) ?? [];
  if (name === undefined || type === undefined || /^(in|out|inout|variadic)$/i.test(name))
    throw new Error(`Write a parameter as "name type" or "name type default value", not as "${text}".`);
  return { name, type: type.toLowerCase(), optional: preset !== undefined };
}

/** The statements of a file, with the grants and the comment that the header of a function declares. */
export function completeSql(file: SqlFile): string {
  if (file.function === undefined) return file.sql;
  const { signature, execute } = file.function;
  return [
    file.sql,
    `revoke all on function ${signature} from public;`,
    ...(execute.length === 0 ? [] : [`grant execute on function ${signature} to ${execute.join(', ')};`]),
    `comment on function ${signature} is '${file.sentence.replaceAll("'", "''")}';`,
  ].join('\n');
}
