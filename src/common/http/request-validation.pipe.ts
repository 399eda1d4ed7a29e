import { Injectable, ValidationPipe, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { MalformedRequestError, type FieldError } from '../errors/app-error.js';
import { isJsonObject, pointerPart } from './bodies/json.js';

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function fieldErrors(errors: readonly ValidationError[], parent: string): FieldError[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${pointerPart(error.property)}`;
    const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) =>
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

const isEmpty = (value: unknown): boolean => isJsonObject(value) && Object.keys(value).length === 0;

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
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new MalformedRequestError('Some fields are invalid. See `errors`.', fieldErrors(errors, ''), 'validation_failed'),
  });
  /** The DTOs of queries that accept an empty query. */
  readonly #optional = new Set<Type>();

  constructor() {
    rememberRules();
  }

  /** Returns the value, or a promise of it when it must be validated. */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { type, metatype } = metadata;
    if (type === 'custom') return value;
    if (type === 'query' && metatype !== undefined && isEmpty(value))
      return this.#optional.has(metatype) ? (new metatype() as unknown) : this.#validateEmpty(value, metadata, metatype);
    // class-validator accepts an array where an object is expected, without validating it. A missing body counts as an
    // empty object, except on a route that accepts any object: there it would be undefined.
    const isMissing = value === undefined && metatype === Object;
    if (type === 'body' && (isMissing || (value !== undefined && !isJsonObject(value)))) throw new MalformedRequestError('The body must be a JSON object.');
    return this.#validation.transform(value, metadata);
  }

  /** An empty query is valid for a DTO always or never. */
  async #validateEmpty(value: unknown, metadata: ArgumentMetadata, metatype: Type): Promise<unknown> {
    const validated: unknown = await this.#validation.transform(value, metadata);
    if (validated instanceof metatype) this.#optional.add(metatype);
    return validated;
  }
}
