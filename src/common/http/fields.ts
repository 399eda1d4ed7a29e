import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
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
  isEmail,
} from 'class-validator';
import { asciiDomain, emailAddressOf, maxAddress } from '../text/internet-names.js';
import { canonicalLocale } from '../text/locales.js';
import { faultOfText } from '../text/readable-text.js';
import { canonicalTimeZone } from '../time-zones.js';
import { parseDay, parseTime, timeExample } from '../times.js';
import { deprecationNotice, deprecationSchema, type Deprecation } from './deprecation.js';

/*
 * One decorator for each kind of field. It validates the field and documents it in the OpenAPI contract, so the two
 * cannot differ. Response DTOs use the same decorators, for the documentation alone.
 */

export interface FieldOptions {
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly deprecated?: Deprecation;
}

type Constructor = new (...args: never[]) => object;

/** Nest recognizes a lazily read type by the name of the function, which must be `type`. */
function readLater(read: () => Constructor): () => Constructor {
  const type = (): Constructor => read();
  return type;
}

/** The classes with fields, by their names. Two of one name would be one schema of the document. */
export const describedClasses = new Map<string, Set<object>>();

const describeClass: PropertyDecorator = ({ constructor }) => void describedClasses.set(constructor.name, (describedClasses.get(constructor.name) ?? new Set()).add(constructor));

function field(options: FieldOptions, schema: ApiPropertyOptions, ...validators: PropertyDecorator[]): PropertyDecorator {
  const { optional = false, nullable = false, example, deprecated } = options;
  const description = [options.description, ...(deprecated === undefined ? [] : [deprecationNotice(deprecated)])].filter((text) => text !== undefined).join(' ');
  const documented = {
    ...schema,
    required: !optional,
    ...(nullable ? { nullable: true } : {}),
    ...(description === '' ? {} : { description }),
    ...(example === undefined ? {} : { example }),
    ...(deprecated === undefined ? {} : deprecationSchema(deprecated)),
  } as ApiPropertyOptions;
  const accepted = ValidateIf((_, value) => !((optional && value === undefined) || (nullable && value === null)));
  return applyDecorators(describeClass, ApiProperty(documented), accepted, ...validators);
}

/** The example of a field for a token that the server has made. */
export const secretExample = 'wH4sFv1kQ0m2yXr8bT6cJpN3LzDgU5eA7iOoKqWtYhE';

export interface TextOptions extends FieldOptions {
  /** Characters. Default 1. */
  readonly min?: number;
  /** Characters. Default 200. */
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly patternMessage?: string;
  /** Whether capital letters become small ones, for names that people type. Default false. */
  readonly lowerCase?: boolean;
  /** Keeps leading and trailing white space, any format character and the normal form, for passwords and tokens. Default false. */
  readonly verbatim?: boolean;
  /** Whether it may have line breaks, for descriptions and messages. Default false: a name is one line wherever it is shown. */
  readonly multiline?: boolean;
}

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** Applies a change to a text, and to each text of a list. */
const changed = (change: (text: string) => string): PropertyDecorator =>
  Transform(
    ({ value }) =>
      (Array.isArray(value) ? value.map((item: unknown) => (typeof item === 'string' ? change(item) : item)) : typeof value === 'string' ? change(value) : value) as unknown,
  );

/** Two spellings of one text that look the same are one text: NFC (Unicode Standard Annex 15). */
const normalized = changed((text) => text.normalize('NFC'));
const trimmed = changed((text) => text.trim().normalize('NFC'));
const lowered = changed((text) => text.toLowerCase());

/** Returns the one form of a text of some kind; undefined for a text of another kind. */
type CanonicalForm = (text: string) => string | undefined;

/** A text is stored in the one form of its kind, whatever the spelling of the request. A text without such a form stays as it is, and is refused. */
const converted = (canonical: CanonicalForm): PropertyDecorator => changed((text) => canonical(text.trim()) ?? text);

/** Refuses a value, or each value of a list, that is no text or is not accepted. @param name the code of the error, in camelCase */
function isText(name: string, accepts: (text: string) => boolean, expected: string, each = false): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && accepts(value);
  const defaultMessage = (): string => `${each ? 'each item in ' : ''}$property must be ${expected}`;
  return ValidateBy({ name, validator: { validate, defaultMessage } }, each ? { each } : {});
}

/** Refuses what cannot be shown in its place: see {@link faultOfText}. */
function isReadable(multiline: boolean, each = false): PropertyDecorator {
  const name = multiline ? 'readableText' : 'oneLine';
  const faultOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? faultOfText(value, multiline) : undefined);
  const defaultMessage = ({ value }: { readonly value?: unknown } = {}): string =>
    each ? 'each item in $property must be one line of visible characters' : `$property ${faultOf(value) ?? 'must be readable'}`;
  const validate = (value: unknown): boolean => faultOf(value) === undefined;
  return ValidateBy({ name, validator: { validate, defaultMessage } }, each ? { each } : {});
}

/** Control characters do not belong in a text column or a log line. */
// oxlint-disable-next-line no-control-regex -- it matches control characters on purpose
const withoutControlCharacters = Matches(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/u, { message: '$property must not contain control characters' });

/** A text of one line, such as a name; of several lines with `multiline`. */
export function TextField(options: TextOptions = {}): PropertyDecorator {
  const { min = 1, max = 200, pattern, patternMessage, lowerCase = false, verbatim = false, multiline = false } = options;
  return field(
    options,
    { type: 'string', minLength: min, maxLength: max, ...(pattern === undefined ? {} : { pattern: pattern.source }) },
    ...(verbatim ? [] : [trimmed]),
    ...(lowerCase ? [lowered] : []),
    IsString(),
    MinLength(min, { message: `$property must have at least ${counted(min, 'character')}` }),
    MaxLength(max, { message: `$property must have at most ${counted(max, 'character')}` }),
    ...(verbatim ? [withoutControlCharacters] : [isReadable(multiline)]),
    ...(pattern === undefined ? [] : [Matches(pattern, { message: patternMessage ?? `$property must match ${pattern.source}` })]),
  );
}

/**
 * An email address in the form of {@link emailAddressOf}. A quoted local part is refused: `"a\\d\\a"@example.com` is the mailbox
 * `ada@example.com`, and every spelling would count as another one.
 */
export function EmailField(options: FieldOptions = {}): PropertyDecorator {
  const isAddress = (text: string): boolean => emailAddressOf(text) === text && isEmail(text, { require_tld: false });
  return field(
    { example: 'ada@example.com', ...options },
    { type: 'string', format: 'email', maxLength: 254 },
    converted(emailAddressOf),
    isReadable(false),
    MaxLength(maxAddress, { message: `$property must have at most ${maxAddress} characters` }),
    isText('isEmail', isAddress, 'an email address without invisible characters'),
    Matches(/^[^"]*$/, { message: '$property must not contain quotation marks. Write the mailbox without them' }),
  );
}

/** A list of domain names in the form of {@link asciiDomain}. */
export function DomainListField(options: FieldOptions & { readonly max: number }): PropertyDecorator {
  const isDomain = (text: string): boolean => asciiDomain(text) === text && text.includes('.');
  return applyDecorators(converted(asciiDomain), isText('isDomain', isDomain, 'a domain name such as example.com', true), TextListField(options));
}

export function UuidField(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', format: 'uuid' }, IsUUID());
}

export function UrlField(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: 'https://example.com', ...options },
    { type: 'string', format: 'uri', maxLength: 2048 },
    IsUrl({ protocols: ['http', 'https'], require_protocol: true }, { message: '$property must be an http or https URL' }),
    MaxLength(2048, { message: '$property must have at most 2048 characters' }),
  );
}

const isBoolean = (): PropertyDecorator => IsBoolean({ message: '$property must be true or false' });

export function BooleanField(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'boolean' }, isBoolean());
}

/** `true` or `false` in a query string. */
export function BooleanQueryField(options: FieldOptions = {}): PropertyDecorator {
  const parse = Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value) as unknown);
  return field(options, { type: 'boolean' }, parse, isBoolean());
}

const isIntegerBetween = (min: number, max: number): PropertyDecorator[] => [
  IsInt({ message: '$property must be an integer' }),
  Min(min, { message: `$property must be at least ${min}` }),
  Max(max, { message: `$property must be at most ${max}` }),
];

export function IntegerField(options: FieldOptions & { readonly min: number; readonly max: number }): PropertyDecorator {
  return field(options, { type: 'integer', minimum: options.min, maximum: options.max }, ...isIntegerBetween(options.min, options.max));
}

/** A number, with or without decimals. */
export function NumberField(options: FieldOptions & { readonly min: number; readonly max: number }): PropertyDecorator {
  const { min, max } = options;
  return field(
    options,
    { type: 'number', minimum: min, maximum: max },
    IsNumber({ allowNaN: false, allowInfinity: false }, { message: '$property must be a number' }),
    Min(min, { message: `$property must be at least ${min}` }),
    Max(max, { message: `$property must be at most ${max}` }),
  );
}

/** An integer in a query string. */
export function IntegerQueryField(options: FieldOptions & { readonly min: number; readonly max: number; readonly default?: number }): PropertyDecorator {
  const schema = { type: 'integer', minimum: options.min, maximum: options.max, ...(options.default === undefined ? {} : { default: options.default }) } as const;
  const parse = Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value) as unknown);
  return field({ optional: true, ...options }, schema, parse, ...isIntegerBetween(options.min, options.max));
}

/** The values of an enum, with the name of its schema in the document. */
export interface Choices {
  readonly name: string;
  readonly values: readonly string[];
}

/** Names the values of an enum that fields of several resources have. */
export const choices = (name: string, values: readonly string[]): Choices => ({ name, values });

export const capitalized = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** Returns `InvoiceStatus` for the field `status` of `InvoiceDto`, `CreateInvoiceDto` and `ListInvoicesQuery`. */
function nameOfEnum({ constructor }: object, field: string | symbol): string {
  const noun = constructor.name.replace(/^(?:Create|Update|List|Export)(?=[A-Z])/, '').replace(/(?:Dto|s?Query)$/, '');
  return `${noun}${capitalized(String(field))}`;
}

/** The extension of a schema that says which named enum its values are. */
export const enumExtension = 'x-enum';

type FieldOfChoices = (values: string[], schema: ApiPropertyOptions) => PropertyDecorator;

/** An enum of several values has a name in the document, so that generated clients have one type for it. */
function fieldOfChoices(given: Choices | readonly string[], decorate: FieldOfChoices): PropertyDecorator {
  const isNamed = (one: Choices | readonly string[]): one is Choices => 'name' in one;
  const values = isNamed(given) ? [...given.values] : [...given];
  return (target, property) => {
    const name = isNamed(given) ? given.name : nameOfEnum(target, property);
    const schema = { type: 'string', enum: values, ...(values.length > 1 ? { [enumExtension]: name } : {}) } as ApiPropertyOptions;
    decorate(values, schema)(target, property);
  };
}

/** One of several texts. {@link choices} names them where fields of several resources have the same; otherwise the name is that of the resource and the field. */
export function ChoiceField(given: Choices | readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return fieldOfChoices(given, (values, schema) => field(options, schema, IsIn(values, { message: `$property must be one of: ${values.join(', ')}` })));
}

/** A point in time (RFC 3339), which {@link parseTime} reads. */
export function TimeField(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: '2026-11-21T09:30:00.000Z', ...options },
    { type: 'string', format: 'date-time' },
    isText('isTime', (text) => parseTime(text) !== undefined, timeExample),
  );
}

/** A day, such as 2026-11-21. */
export function DayField(options: FieldOptions = {}): PropertyDecorator {
  const isDay = (text: string): boolean => parseDay(text) !== undefined;
  return field({ example: '2026-11-21', ...options }, { type: 'string', format: 'date' }, isText('isDay', isDay, 'a day such as 2026-11-21'));
}

/** A day or a point in time, in a query string. */
export function DayOrTimeField(options: FieldOptions = {}): PropertyDecorator {
  const isDayOrTime = (text: string): boolean => (parseDay(text) ?? parseTime(text)) !== undefined;
  return field({ example: '2026-11-21', ...options }, { type: 'string' }, isText('isDayOrTime', isDayOrTime, `a day such as 2026-11-21, or ${timeExample}`));
}

function canonicalField(options: FieldOptions, maxLength: number, canonical: CanonicalForm, expected: string): PropertyDecorator {
  const isCanonical = (text: string): boolean => canonical(text) === text;
  return field(options, { type: 'string', minLength: 1, maxLength }, converted(canonical), isText('canonical', isCanonical, expected));
}

/** An IANA time zone, in the spelling of its database. */
export function TimeZoneField(options: FieldOptions = {}): PropertyDecorator {
  return canonicalField({ example: 'Europe/Berlin', description: 'IANA time zone', ...options }, 64, canonicalTimeZone, 'an IANA time zone, for example Europe/Berlin');
}

const maxLocaleLength = 35;

/** A BCP 47 language tag, in its canonical form. */
export function LocaleField(options: FieldOptions = {}): PropertyDecorator {
  const canonical: CanonicalForm = (text) => (text.length <= maxLocaleLength ? canonicalLocale(text) : undefined);
  return canonicalField({ example: 'en-US', description: 'BCP 47 language tag', ...options }, maxLocaleLength, canonical, 'a BCP 47 language tag, for example en-US');
}

const isList = (): PropertyDecorator => IsArray({ message: '$property must be an array' });
const hasAtMost = (max: number): PropertyDecorator => ArrayMaxSize(max, { message: `$property must have at most ${counted(max, 'item')}` });
const areTexts = (): PropertyDecorator[] => [
  IsString({ each: true, message: 'each item in $property must be a string' }),
  MinLength(1, { each: true, message: 'each item in $property must have at least 1 character' }),
  MaxLength(300, { each: true, message: 'each item in $property must have at most 300 characters' }),
  isReadable(false, true),
];

/** Texts in a query string: separated by commas, or as a repeated parameter. */
export function TextListQueryField(options: FieldOptions & { readonly max?: number } = {}): PropertyDecorator {
  const { max = 100 } = options;
  const parse = Transform(
    ({ value }) => (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => (typeof each === 'string' ? each.normalize('NFC').split(',') : [each])) as unknown,
  );
  return field({ optional: true, ...options }, { type: 'string', isArray: true }, parse, isList(), hasAtMost(max), ...areTexts());
}

const isObject = (): PropertyDecorator => IsObject({ message: '$property must be an object' });

export function ObjectField(type: () => Constructor, options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: readLater(type) }, Type(type), isObject(), ValidateNested({ message: '$property must be an object' }));
}

export function ListField(type: () => Constructor, options: FieldOptions & { readonly min?: number; readonly max?: number } = {}): PropertyDecorator {
  const { min = 0, max } = options;
  return field(
    options,
    { type: readLater(type), isArray: true, minItems: min, ...(max === undefined ? {} : { maxItems: max }) },
    Type(type),
    isList(),
    ArrayMinSize(min, { message: `$property must have at least ${counted(min, 'item')}` }),
    ...(max === undefined ? [] : [hasAtMost(max)]),
    ValidateNested({ each: true, message: 'each item in $property must be an object' }),
  );
}

/** An object with arbitrary keys. The service that reads it checks its values. */
export function RecordField(options: FieldOptions & { readonly maxBytes?: number } = {}): PropertyDecorator {
  const { maxBytes } = options;
  return field(options, { type: 'object', additionalProperties: true }, isObject(), ...(maxBytes === undefined ? [] : [MaxJsonBytes(maxBytes)]));
}

/** Returns the size of a value as JSON in UTF-8, in bytes. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

const MaxJsonBytes = (max: number): PropertyDecorator =>
  ValidateBy({
    name: 'maxJsonBytes',
    constraints: [max],
    validator: { validate: (value) => jsonBytes(value) <= max, defaultMessage: () => `$property must be at most ${max} bytes as JSON` },
  });

/** Integers by keys of the catalog, as a merge patch: null removes a key. The service that reads it checks the keys. */
export function QuantitiesField(options: FieldOptions & { readonly max: number }): PropertyDecorator {
  const { max } = options;
  const isQuantity = (value: unknown): boolean => value === null || (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max);
  const validate = (map: unknown): boolean =>
    typeof map === 'object' && map !== null && Object.entries(map).every(([key, value]) => /^[a-z][a-z0-9_]{0,62}$/.test(key) && isQuantity(value));
  const defaultMessage = (): string => '$property must map keys of the catalog to integers from 0 to $constraint1, or to null';
  return field(
    options,
    { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: max, nullable: true } },
    isObject(),
    ValidateBy({ name: 'quantities', constraints: [max], validator: { validate, defaultMessage } }),
  );
}

/** Integers by keys of the catalog, in a response. */
export function HeldQuantitiesField(options: FieldOptions & { readonly max: number }): PropertyDecorator {
  return field(options, { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: options.max } }, isObject());
}

/** A list of texts without duplicates. */
export function TextListField(options: FieldOptions & { readonly max?: number; readonly pattern?: RegExp } = {}): PropertyDecorator {
  const { max = 1000, pattern } = options;
  return field(
    options,
    { type: 'string', isArray: true },
    normalized,
    isList(),
    hasAtMost(max),
    ArrayUnique({ message: '$property must not have duplicate items' }),
    ...areTexts(),
    ...(pattern === undefined ? [] : [Matches(pattern, { each: true, message: `each item in $property must match ${pattern.source}` })]),
  );
}

/** A list of choices without duplicates. */
export function ChoiceListField(given: Choices | readonly string[], options: FieldOptions & { readonly min?: number } = {}): PropertyDecorator {
  return fieldOfChoices(given, (values, schema) =>
    field(
      options,
      { ...schema, isArray: true },
      isList(),
      hasAtMost(values.length),
      ArrayMinSize(options.min ?? 0),
      ArrayUnique({ message: '$property must not have duplicate items' }),
      IsIn(values, { each: true, message: `each item in $property must be one of: ${values.join(', ')}` }),
    ),
  );
}
