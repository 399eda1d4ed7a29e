import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsString,
  IsUrl,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/*
 * One decorator a field says what is accepted and documents it, so that the contract cannot drift from the check.
 * Fields of answers use them too: there only the documentation matters.
 */

export interface FieldOptions {
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly example?: unknown;
}

type Constructor = new (...args: never[]) => object;

/** Nest knows a type that is to be read later by the name of the function that says it. Under another one it documents nothing. */
function readLater(said: () => Constructor): () => Constructor {
  const type = (): Constructor => said();
  return type;
}

function field(options: FieldOptions, schema: ApiPropertyOptions, ...validators: PropertyDecorator[]): PropertyDecorator {
  const { optional = false, nullable = false, description, example } = options;
  const documented = {
    ...schema,
    required: !optional,
    ...(nullable ? { nullable: true } : {}),
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
  } as ApiPropertyOptions;
  const accepted = ValidateIf((_, value) => !((optional && value === undefined) || (nullable && value === null)));
  return applyDecorators(ApiProperty(documented), accepted, ...validators);
}

export interface TextOptions extends FieldOptions {
  /** Characters. Default 1. */
  readonly min?: number;
  /** Characters. Default 200. */
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly patternMessage?: string;
  /** Leading and trailing white space is kept (passwords). Default: trimmed. */
  readonly verbatim?: boolean;
}

const trimmed = Transform(({ value }) => (typeof value === 'string' ? value.trim() : value) as unknown);

/** Characters that a text column or a log line must not hold. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const withoutControlCharacters = Matches(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/u, { message: '$property must not contain control characters' });

export function TextField(options: TextOptions = {}): PropertyDecorator {
  const { min = 1, max = 200, pattern, patternMessage, verbatim = false } = options;
  return field(
    options,
    { type: 'string', minLength: min, maxLength: max, ...(pattern === undefined ? {} : { pattern: pattern.source }) },
    ...(verbatim ? [] : [trimmed]),
    IsString(),
    MinLength(min),
    MaxLength(max),
    withoutControlCharacters,
    ...(pattern === undefined ? [] : [Matches(pattern, { message: patternMessage ?? `$property must match ${pattern.source}` })]),
  );
}

/** An e-mail address; compared and stored in lower case. */
export function EmailField(options: FieldOptions = {}): PropertyDecorator {
  const lowerCase = Transform(({ value }) => (typeof value === 'string' ? value.trim().toLowerCase() : value) as unknown);
  return field({ example: 'ada@example.com', ...options }, { type: 'string', format: 'email', maxLength: 254 }, lowerCase, MaxLength(254), IsEmail({ require_tld: false }));
}

export function UuidField(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', format: 'uuid' }, IsUUID());
}

export function UrlField(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: 'https://example.com', ...options },
    { type: 'string', format: 'uri', maxLength: 2048 },
    IsUrl({ protocols: ['http', 'https'], require_protocol: true }),
    MaxLength(2048),
  );
}

export function BooleanField(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'boolean' }, IsBoolean());
}

/** `true` or `false` in a query string. */
export function BooleanQueryField(options: FieldOptions = {}): PropertyDecorator {
  const parse = Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value) as unknown);
  return field(options, { type: 'boolean' }, parse, IsBoolean());
}

export function IntegerField(options: FieldOptions & { readonly min: number; readonly max: number }): PropertyDecorator {
  return field(options, { type: 'integer', minimum: options.min, maximum: options.max }, IsInt(), Min(options.min), Max(options.max));
}

/** A whole number in a query string. */
export function IntegerQueryField(options: FieldOptions & { readonly min: number; readonly max: number; readonly default?: number }): PropertyDecorator {
  const schema = { type: 'integer', minimum: options.min, maximum: options.max, ...(options.default === undefined ? {} : { default: options.default }) } as const;
  const parse = Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value) as unknown);
  return field({ optional: true, ...options }, schema, parse, IsInt(), Min(options.min), Max(options.max));
}

export function ChoiceField(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', enum: [...choices] }, IsIn([...choices], { message: `$property must be one of: ${choices.join(', ')}` }));
}

/** A point in time, RFC 3339 in UTC. */
export function TimeField(options: FieldOptions = {}): PropertyDecorator {
  return field({ example: '2026-11-21T09:30:00.000Z', ...options }, { type: 'string', format: 'date-time' }, IsISO8601({ strict: true, strictSeparator: true }));
}

/** A day, or a point in time, in a query string. */
export function DayOrTimeField(options: FieldOptions = {}): PropertyDecorator {
  const written = Matches(/^\d{4}-\d{2}-\d{2}(T.+)?$/, { message: '$property must be a day such as 2026-11-21, or a time such as 2026-11-21T09:30:00Z' });
  return field({ example: '2026-11-21', ...options }, { type: 'string' }, IsISO8601({ strict: true, strictSeparator: true }), written);
}

/** Texts in a query string: with commas between them, or the parameter several times. */
export function TextListQueryField(options: FieldOptions & { readonly max?: number } = {}): PropertyDecorator {
  const { max = 100 } = options;
  const parse = Transform(({ value }) => (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => (typeof each === 'string' ? each.split(',') : [each])) as unknown);
  const texts = [IsString({ each: true }), MinLength(1, { each: true }), MaxLength(300, { each: true })];
  return field({ optional: true, ...options }, { type: 'string', isArray: true }, parse, IsArray(), ArrayMaxSize(max), ...texts);
}

export function ObjectField(type: () => Constructor, options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: readLater(type) }, Type(type), IsObject(), ValidateNested());
}

export function ListField(type: () => Constructor, options: FieldOptions & { readonly min?: number; readonly max?: number } = {}): PropertyDecorator {
  const { min = 0, max } = options;
  return field(
    options,
    { type: readLater(type), isArray: true, minItems: min, ...(max === undefined ? {} : { maxItems: max }) },
    Type(type),
    IsArray(),
    ArrayMinSize(min),
    ...(max === undefined ? [] : [ArrayMaxSize(max)]),
    ValidateNested({ each: true }),
  );
}

/** An object whose keys are data; its values are checked by whoever knows them. */
export function RecordField(options: FieldOptions & { readonly maxBytes?: number } = {}): PropertyDecorator {
  const { maxBytes } = options;
  return field(options, { type: 'object', additionalProperties: true }, IsObject(), ...(maxBytes === undefined ? [] : [MaxJsonBytes(maxBytes)]));
}

/** The bytes that a value takes as JSON, in UTF-8. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

const MaxJsonBytes = (max: number): PropertyDecorator =>
  ValidateBy({ name: 'maxJsonBytes', validator: { validate: (value) => jsonBytes(value) <= max, defaultMessage: () => `$property must take no more than ${max} bytes as JSON` } });

/** How many of what is wanted: whole numbers by keys that are data. As in every merge patch, null takes away. Whoever knows the keys checks them. */
export function QuantitiesField(options: FieldOptions & { readonly max: number }): PropertyDecorator {
  const { max } = options;
  const isQuantity = (value: unknown): boolean => value === null || (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max);
  const validate = (map: unknown): boolean =>
    typeof map === 'object' && map !== null && Object.entries(map).every(([key, value]) => /^[a-z][a-z0-9_]{0,62}$/.test(key) && isQuantity(value));
  const defaultMessage = (): string => '$property must give keys of the catalog whole numbers from 0 to $constraint1';
  return field(
    options,
    { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: max, nullable: true } },
    IsObject(),
    ValidateBy({ name: 'quantities', constraints: [max], validator: { validate, defaultMessage } }),
  );
}

/** How many of what there is, in an answer. */
export function HeldQuantitiesField(options: FieldOptions & { readonly max: number }): PropertyDecorator {
  return field(options, { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: options.max } }, IsObject());
}

/** A list of different texts. */
export function TextListField(options: FieldOptions & { readonly max?: number; readonly pattern?: RegExp } = {}): PropertyDecorator {
  const { max = 1000, pattern } = options;
  return field(
    options,
    { type: 'string', isArray: true },
    IsArray(),
    ArrayMaxSize(max),
    ArrayUnique(),
    IsString({ each: true }),
    MinLength(1, { each: true }),
    MaxLength(300, { each: true }),
    ...(pattern === undefined ? [] : [Matches(pattern, { each: true, message: `each value in $property must match ${pattern.source}` })]),
  );
}
