import pg from 'pg';
import { Prisma } from '../../generated/prisma/client.js';
import { parseTime, readTime } from '../../common/times.js';

/** Reads PostgreSQL's text of a value that is not null. */
export type Parser = (text: string) => unknown;

const { builtins } = pg.types;
/** The first number of a type that PostgreSQL does not define itself, such as an enum. */
const firstOwnType = 16_384;

const same: Parser = (value) => value;
const readJson: Parser = (value) => JSON.parse(value) as unknown;
const readBytes: Parser = (value) => new Uint8Array(Buffer.from(value.slice(2), 'hex'));
/** A time of a session in UTC. As with Prisma, a time outside of the years 1 to 9999 is an invalid date. */
const readTimestamp: Parser = (value) => (value.endsWith('+00') && parseTime(`${value.slice(0, 10)}T${value.slice(11, -3)}Z`)) || new Date(Number.NaN);
/** The type text[], whose text form all arrays share. */
const readArray = pg.types.getTypeParser(1009 as never) as (text: string) => (string | null)[];
const arrayOf =
  (read: Parser): Parser =>
  (value) =>
    readArray(value).map((each) => (each === null ? null : read(each)));

/** How Prisma reads the types of raw queries. */
const parsers: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [builtins.INT2, Number],
  [builtins.INT4, Number],
  [builtins.INT8, BigInt],
  [builtins.OID, BigInt],
  [builtins.FLOAT4, Number],
  [builtins.FLOAT8, Number],
  [builtins.NUMERIC, (value) => new Prisma.Decimal(value)],
  [builtins.BOOL, (value) => value === 't'],
  [builtins.TEXT, same],
  [builtins.VARCHAR, same],
  [builtins.BPCHAR, same],
  [builtins.INET, same],
  [19, same], // name
  [builtins.UUID, same],
  [builtins.JSON, readJson],
  [builtins.JSONB, readJson],
  [builtins.TIMESTAMPTZ, readTimestamp],
  [builtins.DATE, readTime],
  [builtins.BYTEA, readBytes],
  [1000, arrayOf((value) => value === 't')], // bool[]
  [1005, arrayOf(Number)], // int2[]
  [1007, arrayOf(Number)], // int4[]
  [1016, arrayOf(BigInt)], // int8[]
  [1009, readArray], // text[]
  [1015, readArray], // varchar[]
  [2951, readArray], // uuid[]
  [1185, arrayOf(readTimestamp)], // timestamptz[]
  [1182, arrayOf(readTime)], // date[]
  [199, arrayOf(readJson)], // json[]
  [3807, arrayOf(readJson)], // jsonb[]
]);

/** Returns how Prisma reads a type in the result of a raw query. @throws {Error} for a type that raw queries cannot return */
export function parserOf(type: number): Parser {
  const parser = parsers.get(type);
  if (parser !== undefined) return parser;
  if (type >= firstOwnType) return same;
  throw new Error(`A raw query returned a column of the type with the number ${type}, which it cannot read. Cast the column to text.`);
}

/** Returns the parameter for a value of a raw query; undefined for a value that is left to Prisma. */
export function rawParameter(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) || value.getUTCFullYear() < 1 || value.getUTCFullYear() > 9999 ? undefined : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (!Array.isArray(value)) return undefined;
  const written = value.map((each: unknown) => (Array.isArray(each) || each === undefined ? undefined : rawParameter(each)));
  return written.includes(undefined) ? undefined : written;
}
