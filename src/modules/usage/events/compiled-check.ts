import { Ajv } from 'ajv';
import { getMetadataStorage } from 'class-validator';
import { jsonBytes } from '../../../common/http/fields.js';

type Constructor = new () => object;

const maxJsonBytes = { keyword: 'maxJsonBytes', type: 'object', schemaType: 'number', validate: (max: number, value: object) => jsonBytes(value) <= max } as const;

/** Printable ASCII without spaces around it: trimming does not change such a text. */
const printableText = '^(?! )[ -~]*(?<! )$';
/** A time in UTC on a day that every month has. */
const utcTime = '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?Z$';

/** For each validator of class-validator a JSON schema that accepts a part of the values that the validator accepts. */
const schemaOfValidator: Readonly<Record<string, (constraint: unknown) => object>> = {
  isString: () => ({ type: 'string', pattern: printableText }),
  oneLine: () => ({ type: 'string', pattern: printableText }),
  minLength: (minLength) => ({ type: 'string', minLength }),
  maxLength: (maxLength) => ({ type: 'string', maxLength }),
  matches: (pattern) => ({ type: 'string', pattern: (pattern as RegExp).source }),
  isTime: () => ({ type: 'string', pattern: utcTime }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  min: (minimum) => ({ type: 'number', minimum }),
  max: (maximum) => ({ type: 'number', maximum }),
  isObject: () => ({ type: 'object' }),
  maxJsonBytes: (max) => ({ type: 'object', maxJsonBytes: max }),
  isArray: () => ({ type: 'array' }),
  arrayMinSize: (minItems) => ({ type: 'array', minItems }),
  arrayMaxSize: (maxItems) => ({ type: 'array', maxItems }),
};

/**
 * Compiles the validators of a DTO into one fast check. A value that it accepts is valid and needs no transformation. It
 * does not accept every valid value: the others must go through the validators.
 *
 * @param lists the lists of nested objects that it accepts, with their DTOs; it accepts no other nested objects
 * @throws {Error} for a validator that it cannot compile
 */
export function compileCheck<Dto extends object>(dto: new () => Dto, lists: Readonly<Record<string, Constructor>>): (value: unknown) => value is Dto {
  return new Ajv().addKeyword(maxJsonBytes).compile<Dto>(schemaOfDto(dto, lists));
}

function schemaOfDto(dto: Constructor, lists: Readonly<Record<string, Constructor>> = {}): object {
  const required = new Set<string>();
  const properties: Record<string, { readonly allOf: object[] }> = {};
  const refused = new Set<string>();
  for (const { propertyName: name, type, name: validator = type, constraints } of getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false)) {
    properties[name] ??= { allOf: [] };
    if (validator === 'conditionalValidation') {
      const [isValidated] = constraints as [(dto: object, value: unknown) => boolean];
      if (isValidated({}, undefined)) required.add(name);
    } else if (validator === 'nestedValidation') {
      const items = lists[name];
      if (items === undefined) refused.add(name);
      else properties[name].allOf.push({ type: 'array', items: schemaOfDto(items) });
    } else {
      const schemaOf = schemaOfValidator[validator];
      if (schemaOf === undefined) throw new Error(`${dto.name}.${name}: there is no JSON schema for the validator "${validator}"`);
      properties[name].allOf.push(schemaOf((constraints as unknown[] | undefined)?.[0]));
    }
  }
  for (const name of refused) delete properties[name];
  return { type: 'object', additionalProperties: false, required: [...required], properties };
}
