import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** An answer, as far as the document describes it. */
export interface GivenAnswer {
  readonly method: string;
  /** The path of the request, without its query. */
  readonly path: string;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
  /** The bytes of the body. */
  readonly text: string;
}

type Schema = Record<string, any>;

interface Content {
  readonly schema?: Schema;
}

interface DocumentedResponse {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly $ref?: string; readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, any>>>> & { readonly schemas: Readonly<Record<string, Schema>> };
}

const formats: Readonly<Record<string, RegExp | true>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/,
  email: /^\S+@\S+$/,
  uri: /^[a-z][a-z\d+.-]*:\S+$/i,
  int32: true,
  int64: true,
  binary: true,
};

/** Closes the objects of a schema: a property that the document does not name is a fault. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Schema = Object.fromEntries(
    Object.entries(value as Schema).map(([keyword, each]) => {
      if (keyword === 'properties') return [keyword, Object.fromEntries(Object.entries(each as Schema).map(([name, schema]) => [name, closed(schema)]))];
      return [keyword, ['enum', 'const', 'default', 'example', 'examples', 'required'].includes(keyword) ? each : closed(each)];
    }),
  );
  if (copy['type'] === 'object' || (Array.isArray(copy['type']) && copy['type'].includes('object'))) if (copy['properties'] !== undefined) copy['additionalProperties'] ??= false;
  return copy;
}

const nameOf = ($ref: string): string => $ref.slice($ref.lastIndexOf('/') + 1);

/** openapi.json, with which answers are compared. Validators are compiled when they are needed first. */
export class DocumentedAnswers {
  readonly #document: Document;
  readonly #ajv = new Ajv2020({ strict: false, formats, allErrors: false, validateSchema: false });
  readonly #validators = new Map<object | string, ValidateFunction>();
  /** The names of all header fields that answers are documented to have. */
  readonly #headers: ReadonlySet<string>;
  readonly #codes = new Map<object, ReadonlySet<string>>();
  /** Operations by their method and the number of parts of their path; those with more constant parts first. */
  readonly #operations = new Map<string, { readonly parts: readonly string[]; readonly operation: DocumentedOperation }[]>();

  constructor(file = path.resolve('openapi.json')) {
    this.#document = JSON.parse(readFileSync(file, 'utf8')) as Document;
    this.#ajv.addSchema(closed({ components: { schemas: this.#document.components.schemas } }) as object, 'openapi');
    for (const [template, item] of Object.entries(this.#document.paths))
      for (const [method, operation] of Object.entries(item)) {
        const parts = template.split('/');
        const key = `${method.toUpperCase()} ${parts.length}`;
        this.#operations.set(key, [...(this.#operations.get(key) ?? []), { parts, operation }]);
      }
    const responses = Object.values(this.#document.paths).flatMap((item) => Object.values(item).flatMap((operation) => Object.values(operation.responses)));
    this.#headers = new Set(responses.flatMap((response) => Object.keys(this.#resolve(response).headers ?? {})));
    const constants = ({ parts }: { readonly parts: readonly string[] }): number => parts.filter((part) => !part.startsWith('{')).length;
    for (const several of this.#operations.values()) several.sort((a, b) => constants(b) - constants(a));
  }

  operationOf(method: string, target: string): DocumentedOperation | undefined {
    const parts = target.split('/');
    const candidates = this.#operations.get(`${method === 'HEAD' ? 'GET' : method} ${parts.length}`) ?? [];
    return candidates.find(({ parts: template }) => template.every((part, index) => part === parts[index] || (part.startsWith('{') && parts[index] !== '')))?.operation;
  }

  /** Returns how an answer differs from the document, or undefined if it does not, or if the document has no such operation. */
  faultOf(answer: GivenAnswer): string | undefined {
    const operation = this.operationOf(answer.method, answer.path);
    if (operation === undefined) return answer.status >= 400 && answer.method !== 'HEAD' && answer.path.startsWith('/api/') ? this.#faultOfProblem(answer, undefined) : undefined;
    const found = operation.responses[String(answer.status)] ?? operation.responses['default'];
    if (found === undefined) return `the status ${answer.status} is not documented`;
    const response = this.#resolve(found);
    const fault = this.#faultOfHeaders(answer, response);
    if (fault !== undefined || answer.method === 'HEAD') return fault;
    return faultOfETag(answer) ?? this.#faultOfBody(answer, response);
  }

  /** Returns how the body of a request that succeeded differs from the document, or undefined if it does not, or if the operation ignores bodies. */
  faultOfRequest(method: string, target: string, contentType: string | undefined, body: unknown): string | undefined {
    const { content, required } = this.operationOf(method, target)?.requestBody ?? {};
    if (content === undefined || (body === undefined && required === false)) return undefined;
    const type = contentType?.split(';', 1)[0]?.replace('merge-patch+json', 'json') ?? '';
    const schema = content[type]?.schema;
    if (schema === undefined) return `the body has the type ${type}, which the document does not name`;
    const fault = this.#faultOfValue(
      this.#validatorOf(schema, () => schema),
      body,
    );
    return fault === undefined ? undefined : `the document forbids the body: ${fault}`;
  }

  #resolve<Part extends object>(part: Part): Part {
    const { $ref } = part as { readonly $ref?: string };
    if ($ref === undefined) return part;
    const [, , kind = '', name = ''] = $ref.split('/');
    return this.#document.components[kind]?.[name] as Part;
  }

  #faultOfHeaders({ headers }: GivenAnswer, response: DocumentedResponse): string | undefined {
    const undocumented = [...this.#headers].filter((name) => headers.get(name) !== null && response.headers?.[name] === undefined);
    if (undocumented.length > 0) return `the header ${undocumented.join(', ')} is not documented for this answer`;
    const missing = Object.entries(response.headers ?? {}).filter(([name, header]) => this.#resolve(header).required === true && headers.get(name) === null);
    return missing.length > 0 ? `the header ${missing.map(([name]) => name).join(', ')} is missing` : undefined;
  }

  #faultOfBody(answer: GivenAnswer, { content }: DocumentedResponse): string | undefined {
    const type = answer.headers.get('content-type')?.split(';', 1)[0];
    if (content === undefined) return answer.body === undefined ? undefined : 'it has a body, which the document does not name';
    const media = type === undefined ? undefined : content[type];
    if (media === undefined) return `the content type ${type} is not documented`;
    if (type === 'application/problem+json') return this.#faultOfProblem(answer, media.schema);
    if (type !== 'application/json' || media.schema === undefined) return undefined;
    return this.#faultOfValue(
      this.#validatorOf(media.schema, () => closed(media.schema) as Schema),
      answer.body,
    );
  }

  /** @param schema the problems of the operation; undefined for a path that is none */
  #faultOfProblem({ status, body, headers }: GivenAnswer, schema: Schema | undefined): string | undefined {
    if (headers.get('content-type')?.startsWith('application/problem+json') !== true) return 'it is no problem document';
    const { code, status: stated } = body as { readonly code: string; readonly status: number };
    if (stated !== status) return `the problem has the status ${stated}`;
    if (schema !== undefined && !this.#codesOf(schema).has(code)) return `the code ${code} is not documented for the status ${status}`;
    const name = code.replaceAll(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    return this.#faultOfValue(
      this.#validatorOf(name, () => this.#problemSchema(name)),
      body,
    );
  }

  /** The schema of a problem and its base, in one that can be closed. */
  #problemSchema(name: string): Schema {
    const { schemas } = this.#document.components;
    const [base, own] = [schemas['Problem'] as Schema, schemas[`${name}Problem`]?.['allOf'][1] as Schema];
    return closed({ ...base, properties: { ...base['properties'], ...own['properties'] }, required: [...base['required'], ...own['required']] }) as Schema;
  }

  #codesOf(schema: Schema): ReadonlySet<string> {
    const known = this.#codes.get(schema);
    if (known !== undefined) return known;
    const codes = new Set<string>();
    const collect = (part: Schema): void => {
      const named = part['$ref'] === undefined ? part : this.#document.components.schemas[nameOf(part['$ref'] as string)];
      for (const each of (named?.['oneOf'] ?? []) as Schema[]) collect(each);
      const code = (named?.['allOf']?.[1] as Schema | undefined)?.['properties']?.code?.const as string | undefined;
      if (code !== undefined) codes.add(code);
    };
    collect(schema);
    this.#codes.set(schema, codes);
    return codes;
  }

  #validatorOf(key: object | string, schema: () => Schema): ValidateFunction {
    const validator = this.#validators.get(key) ?? this.#ajv.compile(absolute(schema()));
    this.#validators.set(key, validator);
    return validator;
  }

  #faultOfValue(validate: ValidateFunction, body: unknown): string | undefined {
    if (validate(body)) return undefined;
    const [error] = validate.errors ?? [];
    return `${error?.instancePath || 'the body'} ${error?.message} ${JSON.stringify(error?.params)}`;
  }
}

/** An ETag that does not depend on each byte of the answer would let a read be answered with 304 although the answer has changed. */
function faultOfETag({ status, headers, text }: GivenAnswer): string | undefined {
  const etag = headers.get('etag');
  if (etag === null || status === 304 || text === '') return undefined;
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return etag.endsWith(`.${hash}"`) ? undefined : `the ETag ${etag} has no hash of the body`;
}

/** References of a schema on its own, into the document. */
function absolute(value: unknown): Schema {
  return JSON.parse(JSON.stringify(value).replaceAll('"$ref":"#/', '"$ref":"openapi#/')) as Schema;
}

let documented: DocumentedAnswers | undefined;

/** Returns the answers of openapi.json, which is read once in a process. */
export const documentedAnswers = (): DocumentedAnswers => (documented ??= new DocumentedAnswers());
