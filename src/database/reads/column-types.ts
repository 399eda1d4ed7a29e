import pg from 'pg';
import { parseDay } from '../../common/times.js';
import type { ModelColumn } from './model-columns.js';
import { timeOf } from './read-time.js';

const unread = (text: string): string => text;
/** Values arrive as PostgreSQL's text. Each column's type reads them. */
export const asText: pg.CustomTypesConfig = { getTypeParser: (() => unread) as never };

/** Reads the text that PostgreSQL sends for a value that is not null. */
type Decoder = (text: string) => unknown;
/** Reads a value of a JSON document that is not null. */
type JsonDecoder = (value: unknown) => unknown;

interface ColumnType {
  readonly fromText: Decoder;
  /** The column as a part of a JSON document: `$` stands for it. */
  readonly asJson?: string;
  readonly fromJson: JsonDecoder;
  /** Returns the parameter for a value of a condition; undefined when the value is not of the type, which Prisma then reports. */
  readonly toParameter: (value: unknown, column: ModelColumn) => unknown;
  /** Like `toParameter`, for a value that is written; the same when left out. */
  readonly toWritten?: (value: unknown) => unknown;
}

const same = (value: unknown): unknown => value;
/** The type text[], whose text form all lists of texts and ids share. */
const parseArray = pg.types.getTypeParser(1009 as never) as Decoder;

/** Reads the text of a day such as `2026-01-31`; an invalid date as {@link timeOf}. */
export const dayOf = (written: string): Date => parseDay(written) ?? new Date(Number.NaN);

const parameterOf = (test: (value: unknown) => boolean, write: (value: never) => unknown) => (value: unknown) => (test(value) ? write(value as never) : undefined);
const isDate = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime()) && value.getUTCFullYear() > 0 && value.getUTCFullYear() < 10_000;
const text = parameterOf(
  (value) => typeof value === 'string',
  (value: string) => value,
);
const never = (): undefined => undefined;

/** Whether a value is JSON at any depth. Prisma has objects of its own for the nulls of a document, and refuses or converts other values. */
function isDocument(value: unknown): boolean {
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (value === null) return true;
  return Array.isArray(value) ? value.every(isDocument) : Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isDocument);
}
const bytes = parameterOf(
  (value) => value instanceof Uint8Array,
  (value: Uint8Array) => `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`,
);
/** Reads the text of a `bytea`. */
export const readBytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.slice(2), 'hex'));

/** The types that prepared statements know. A statement that needs another one is left to Prisma. */
const types: Readonly<Record<string, ColumnType>> = {
  String: { fromText: same, fromJson: same, toParameter: text },
  Uuid: { fromText: same, fromJson: same, toParameter: text },
  Enum: { fromText: same, fromJson: same, toParameter: (value, { values = [] }) => (typeof value === 'string' && values.includes(value) ? value : undefined) },
  Int: { fromText: Number, fromJson: same, toParameter: parameterOf((value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31, String) },
  BigInt: {
    fromText: BigInt,
    asJson: '$::text',
    fromJson: (value) => BigInt(value as string),
    toParameter: parameterOf((value) => typeof value === 'bigint' || Number.isSafeInteger(value), String),
  },
  Boolean: { fromText: (value) => value === 't', fromJson: same, toParameter: parameterOf((value) => typeof value === 'boolean', String) },
  DateTime: { fromText: timeOf, asJson: '$::text', fromJson: (value) => timeOf(value as string), toParameter: parameterOf(isDate, (value: Date) => value.toISOString()) },
  Date: {
    fromText: dayOf,
    asJson: '$::text',
    fromJson: (value) => dayOf(value as string),
    toParameter: parameterOf(isDate, (value: Date) => value.toISOString().slice(0, 10)),
  },
  Bytes: { fromText: readBytes, fromJson: (value) => readBytes(value as string), toParameter: bytes },
  Json: {
    fromText: (value) => JSON.parse(value) as unknown,
    fromJson: same,
    toParameter: never,
    toWritten: parameterOf(isDocument, (value) => JSON.stringify(value)),
  },
};

const isListOfText = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === 'string');
const listOfText: ColumnType = { fromText: parseArray, fromJson: same, toParameter: never, toWritten: parameterOf(isListOfText, same) };

/** Returns the type of a column, or undefined when prepared statements do not know it. */
export function typeOf({ type, list }: ModelColumn): ColumnType | undefined {
  if (list === true) return type === 'String' || type === 'Uuid' ? listOfText : undefined;
  return Object.hasOwn(types, type) ? types[type] : undefined;
}
