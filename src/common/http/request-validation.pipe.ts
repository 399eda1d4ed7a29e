import { Injectable, ValidationPipe, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { MalformedRequestError, type FieldError } from '../errors/app-error.js';
import { isJsonObject, pointerPart } from './bodies/json.js';

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function fieldErrors(errors: readonly ValidationError[], parent: string): FieldError[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${pointerPart(error.property)}`;
    const constraints = Object.entries(error.constraints ?? {});
    const isMissing = error.value === undefined && constraints.length > 0 && error.constraints?.['whitelistValidation'] === undefined;
    const own = isMissing
      ? [{ pointer, code: 'required', message: `${error.property} is required` }]
      : constraints.map(([constraint, message]) =>
          constraint === 'whitelistValidation'
            ? { pointer, code: 'unknown_field', message: `${error.property} is not a known field` }
            : { pointer, code: snakeCase(constraint), message },
        );
    return [...own, ...fieldErrors(error.children ?? [], pointer)];
  });
}

type Rules = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>;

/**
 * Makes class-validator remember the rules of a class. It would search those of all classes at every validation, and decorators
 * add none after the start.
 */
function rememberRules(): void {
  const storage = getMetadataStorage();
  if (Object.hasOwn(storage, 'getTargetValidationMetadatas')) return;
  const search = storage.getTargetValidationMetadatas.bind(storage);
  const known = new Map<unknown, Rules>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    if (schema || always || strictGroups || (groups !== undefined && groups.length > 0)) return search(target, schema, always, strictGroups, groups);
    const rules = known.get(target) ?? search(target, schema, always, strictGroups, groups);
    known.set(target, rules);
    return rules;
  };
}

/** The most queries of a DTO that are remembered, and the longest one in characters. */
const [maxQueries, maxQueryLength] = [200, 300];

const isPlain = (validated: object): boolean => Object.values(validated).every((field) => typeof field !== 'object');

/**
 * Validates bodies and queries against their DTO. Unknown fields are refused, not dropped.
 *
 * @throws {MalformedRequestError} with one entry for each invalid field
 */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  readonly #validation = new ValidationPipe({
    transform: true,
    transformOptions: { exposeUnsetFields: false, exposeDefaultValues: true },
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: true },
    exceptionFactory: (errors) => new MalformedRequestError('Some fields are invalid. See `errors`.', fieldErrors(errors, ''), 'validation_failed'),
  });
  /** Valid queries by their text. Clients send few different ones, and a query is valid always or never. */
  readonly #queries = new Map<Type, LRUCache<string, object>>();

  constructor() {
    rememberRules();
  }

  /** Returns the value, or a promise of it when it must be validated. */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { type, metatype } = metadata;
    if (type === 'custom') return value;
    if (type === 'query' && metatype !== undefined) return this.#queryOf(value, metadata, metatype);
    // class-validator accepts an array where an object is expected, without validating it. A missing body counts as an
    // empty object, except on a route that accepts any object: there it would be undefined.
    const isMissing = value === undefined && metatype === Object;
    if (type === 'body' && (isMissing || (value !== undefined && !isJsonObject(value)))) throw new MalformedRequestError('The body must be a JSON object.');
    return this.#validation.transform(value, metadata);
  }

  #queryOf(value: unknown, metadata: ArgumentMetadata, metatype: Type): unknown {
    const text = JSON.stringify(value);
    const known = this.#queries.get(metatype)?.get(text);
    // Each request gets an object of its own.
    if (known !== undefined) return Object.assign(Object.create(metatype.prototype as object) as object, known);
    return this.#validateQuery(text, value, metadata, metatype);
  }

  async #validateQuery(text: string, value: unknown, metadata: ArgumentMetadata, metatype: Type): Promise<unknown> {
    const validated: unknown = await this.#validation.transform(value, metadata);
    if (text.length > maxQueryLength || !(validated instanceof metatype) || !isPlain(validated as object)) return validated;
    const queries = this.#queries.get(metatype) ?? new LRUCache<string, object>({ max: maxQueries });
    this.#queries.set(metatype, queries.set(text, { ...(validated as object) }));
    return validated;
  }
}
