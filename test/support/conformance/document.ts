import { readFileSync } from 'node:fs';
import path from 'node:path';

export type Schema = Record<string, any>;

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly method: string;
  /** With the names of its parameters, as the document has it. */
  readonly path: string;
  readonly parameters: readonly DocumentedParameter[];
  /** The schemas of the body by their content type; none if the operation takes no body. */
  readonly bodies: Readonly<Record<string, Schema>>;
  /** The schemas of its answers of JSON by their status. */
  readonly answers: Readonly<Record<string, Schema>>;
  /** The names of the header fields of its answers by their status. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Whether it answers 201. */
  readonly creates: boolean;
}

interface DocumentedResponse {
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, any>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, any>>>>;
}

const document = JSON.parse(readFileSync(path.resolve('openapi.json'), 'utf8')) as Document;

/** Follows references within the document. */
export function resolve<Part extends object>(part: Part): Part {
  const { $ref } = part as { readonly $ref?: string };
  if ($ref === undefined) return part;
  const [, , kind = '', name = ''] = $ref.split('/');
  return resolve(document.components[kind]?.[name] as Part);
}

/** All operations of openapi.json. */
export const operations: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(([template, item]) =>
  Object.entries(item).map(([method, { operationId, parameters = [], requestBody, responses }]) => ({
    operationId: operationId as string,
    method: method.toUpperCase(),
    path: template,
    parameters: (parameters as DocumentedParameter[]).map(resolve),
    bodies: Object.fromEntries(Object.entries((requestBody?.content ?? {}) as Record<string, { schema: Schema }>).map(([type, { schema }]) => [type, schema])),
    ...answersOf(responses as Readonly<Record<string, DocumentedResponse>>),
    creates: responses['201'] !== undefined,
  })),
);

function answersOf(responses: Readonly<Record<string, DocumentedResponse>>): Pick<DocumentedOperation, 'answers' | 'headers'> {
  const resolved = Object.entries(responses).map(([status, response]) => [status, resolve(response)] as const);
  const json = resolved.flatMap(([status, { content }]) =>
    content?.['application/json']?.schema === undefined ? [] : [[status, resolve(content['application/json'].schema)] as const],
  );
  return { answers: Object.fromEntries(json), headers: Object.fromEntries(resolved.map(([status, { headers }]) => [status, Object.keys(headers ?? {})])) };
}
