import pg from 'pg';
import { Prisma } from '../../generated/prisma/client.js';
import { dayOf, readBytes } from '../reads/column-types.js';
import { timeOf, UtcDate } from '../reads/read-time.js';

/** Reads PostgreSQL's text of a value that is not null. */
export type Parser = (text: string) => unknown;

const { builtins } = pg.types;
/** The first number of a type that PostgreSQL does not define itself, such as an enum. */
const firstOwnType = 16_384;

const same: Parser = (value) => value;
const readJson: Parser = (value) => JSON.parse(value) as unknown;
/** A time without a zone is in UTC. */
const readTimestamp: Parser = (value) => timeOf(`${value}+00`);
/** A time of day is one of the first day of 1970, or the end of it (24:00); as with Prisma, its offset is left out. */
const readTimeOfDay: Parser = (value) => new UtcDate(`1970-01-01T${value.replace(/[+-].*$/, '')}Z`);
const readMoney: Parser = (value) => new Prisma.Decimal(value.replace(/[$,]/g, ''));
const readNumeric: Parser = (value) => new Prisma.Decimal(value);
/** The type text[], whose text form all arrays share. */
const readArray = pg.types.getTypeParser(1009 as never) as (text: string) => unknown[];
const arrayOf =
  (read: Parser): Parser =>
  (value) =>
    readArray(value).map((each) => {
      if (Array.isArray(each)) throw new Error('A raw query returned an array of arrays, which it cannot read. Cast the column to text, or to JSON.');
      return each === null ? null : read(each as string);
    });

/** How Prisma reads the types of raw queries. */
const parsers: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [builtins.INT2, Number],
  [builtins.INT4, Number],
  [builtins.INT8, BigInt],
  [builtins.OID, BigInt],
  [builtins.FLOAT4, Number],
  [builtins.FLOAT8, Number],
  [builtins.NUMERIC, readNumeric],
  [builtins.MONEY, readMoney],
  [builtins.BOOL, (value) => value === 't'],
  [builtins.TEXT, same],
  [builtins.VARCHAR, same],
  [builtins.BPCHAR, same],
  [builtins.INET, same],
  [builtins.CIDR, same],
  [builtins.BIT, same],
  [builtins.VARBIT, same],
  [142, same], // xml
  [19, same], // name
  [builtins.UUID, same],
  [builtins.JSON, readJson],
  [builtins.JSONB, readJson],
  [builtins.TIMESTAMPTZ, timeOf],
  [builtins.TIMESTAMP, readTimestamp],
  [builtins.DATE, dayOf],
  [builtins.TIME, readTimeOfDay],
  [builtins.TIMETZ, readTimeOfDay],
  [builtins.BYTEA, readBytes],
  [1000, arrayOf((value) => value === 't')], // bool[]
  [1005, arrayOf(Number)], // int2[]
  [1007, arrayOf(Number)], // int4[]
  [1016, arrayOf(BigInt)], // int8[]
  [1028, arrayOf(BigInt)], // oid[]
  [1021, arrayOf(Number)], // float4[]
  [1022, arrayOf(Number)], // float8[]
  [1231, arrayOf(readNumeric)], // numeric[]
  [1009, arrayOf(same)], // text[]
  [1015, arrayOf(same)], // varchar[]
  [1014, arrayOf(same)], // bpchar[]
  [1041, arrayOf(same)], // inet[]
  [651, arrayOf(same)], // cidr[]
  [2951, arrayOf(same)], // uuid[]
  [1185, arrayOf(timeOf)], // timestamptz[]
  [1115, arrayOf(readTimestamp)], // timestamp[]
  [1182, arrayOf(dayOf)], // date[]
  [1183, arrayOf(readTimeOfDay)], // time[]
  [1001, arrayOf(readBytes)], // bytea[]
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

/** A time as Prisma sends it, without a zone: sessions are in UTC, and PostgreSQL takes it for each type of time. */
const timestampOf = (value: Date): string => value.toISOString().slice(0, -1).replace('T', ' ');

/** Returns the parameter for a value of a raw query; undefined for a value that is left to Prisma. */
export function rawParameter(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) || value.getUTCFullYear() < 1 || value.getUTCFullYear() > 9999 ? undefined : timestampOf(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (!Array.isArray(value)) return undefined;
  const written = value.map((each: unknown) => (Array.isArray(each) || each === undefined ? undefined : rawParameter(each)));
  return written.includes(undefined) ? undefined : written;
}
