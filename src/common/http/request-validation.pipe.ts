import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
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

/**
 * Validates bodies and queries against their DTO. Unknown fields are refused, not dropped.
 *
 * @throws {MalformedRequestError} with one entry for each invalid field
 */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      transformOptions: { exposeUnsetFields: false, exposeDefaultValues: true },
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => new MalformedRequestError('Some fields are invalid. See `errors`.', fieldErrors(errors, ''), 'validation_failed'),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // class-validator accepts an array where an object is expected, without validating it. A missing body counts as an
    // empty object, except on a route that accepts any object: there it would be undefined.
    const isMissing = value === undefined && metadata.metatype === Object;
    if (metadata.type === 'body' && (isMissing || (value !== undefined && !isJsonObject(value)))) {
      throw new MalformedRequestError('The body must be a JSON object.');
    }
    return super.transform(value, metadata) as Promise<unknown>;
  }
}
