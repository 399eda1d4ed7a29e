import fc, { type Arbitrary } from 'fast-check';
import type { DocumentedOperation, DocumentedParameter } from './document.js';
import { Known, oddTexts, oddValues, valid } from './values.js';

/** A request of an operation, before the values that earlier answers had are put in. */
export interface PlannedRequest {
  readonly caller: number;
  readonly method: string;
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly contentType: string | undefined;
  readonly body: PlannedBody | undefined;
}

export type PlannedBody = { readonly raw: string | Buffer<ArrayBuffer> } | { readonly value: unknown; readonly changes: readonly Change[] };

/** A change of a body that makes it invalid, mostly: of the field that `at` leads to. */
interface Change {
  readonly at: readonly number[];
  readonly kind: 'remove' | 'replace' | 'add';
  readonly value: unknown;
}

/** A longer head of a request is refused by Node.js, with an answer of its own. */
const shortTexts = oddTexts.filter((text) => text.length <= 300);

const rarely = <Value>(usual: Arbitrary<Value>, rare: Arbitrary<Value>, weight = 5): Arbitrary<Value> => fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });

const nameOf = ({ name, path }: Pick<DocumentedParameter, 'name'> & { readonly path: string }): string => `${path}#${name}`;

function inPath(operation: DocumentedOperation): Arbitrary<Record<string, unknown>> {
  const ofPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  return fc.record(
    Object.fromEntries(
      ofPath.map((parameter) => {
        const name = nameOf({ name: parameter.name, path: operation.path.slice(0, operation.path.indexOf(`/{${parameter.name}}`)) });
        const known = fc.nat(20).map((index): unknown => new Known(name, index, '01a00000-0000-7000-8000-000000000000'));
        return [
          parameter.name,
          rarely(
            known,
            fc.oneof(
              fc.uuid(),
              shortTexts.filter((text) => !['', '../..'].includes(text)),
              valid(parameter.schema),
            ),
            8,
          ),
        ];
      }),
    ),
  );
}

function inQuery(operation: DocumentedOperation): Arbitrary<Record<string, unknown>> {
  const ofQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const fields = Object.fromEntries(ofQuery.map((parameter) => [parameter.name, rarely(valid(parameter.schema, parameter.name), shortTexts)]));
  const required = ofQuery.filter((parameter) => parameter.required === true).map(({ name }) => name);
  const chosen = fc.tuple(fc.record(fields, { requiredKeys: required }), fc.double({ min: 0, max: 1, noNaN: true })).map(([all, share]) => {
    const entries = Object.entries(all);
    return Object.fromEntries(entries.filter(([name], index) => required.includes(name) || index < entries.length * share));
  });
  return rarely(
    chosen,
    fc.tuple(chosen, shortTexts).map(([query, text]) => ({ ...query, unknown: text })),
    12,
  );
}

const tenantHeaders: Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: fc.constant({ 'x-tenant-id': new Known('organizationId', 0, '') }) },
  { weight: 1, arbitrary: fc.nat(20).map((index) => ({ 'x-tenant-id': new Known('organizationId', index, '') })) },
  { weight: 1, arbitrary: fc.nat(20).map((index) => ({ 'x-tenant-slug': new Known('slug', index, 'none') })) },
  { weight: 1, arbitrary: fc.constantFrom({ 'x-tenant-id': 'no id' }, { 'x-tenant-slug': 'No Slug' }, { 'x-tenant-id': '', 'x-tenant-slug': '' }) },
);

const hash = '0123456789abcdef';
/** The ETag of a document of an organization that does not exist. */
const otherTag = `"v1-0123456789ab.${hash}"`;

const otherHeaders: Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.uuid().map((key) => ({ 'idempotency-key': key })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ 'idempotency-key': 'always the same' }, { 'idempotency-key': 'x'.repeat(300) }, { 'idempotency-key': '\u00e9' }, { 'idempotency-key': '' }),
  },
  { weight: 2, arbitrary: fc.nat(5).map((index) => ({ 'if-match': new Known('etag', index, otherTag) })) },
  { weight: 1, arbitrary: fc.constantFrom(...['*', otherTag, `W/${otherTag}, "0.${hash}"`, 'junk'].map((tags) => ({ 'if-match': tags })), { 'if-none-match': '*' }) },
  { weight: 1, arbitrary: fc.nat(5).map((index) => ({ 'if-none-match': new Known('etag', index, otherTag) })) },
  { weight: 1, arbitrary: fc.constantFrom({ accept: 'text/html' }, { accept: 'application/xml' }, { 'accept-language': 'xx-invalid' }, { 'x-request-id': 'a b' }) },
  { weight: 1, arbitrary: fc.constantFrom({ origin: 'https://nowhere.example' }, { origin: 'null' }, { 'x-forwarded-for': 'junk' }, { 'content-encoding': 'br' }) },
);

const rawBodies: Arbitrary<PlannedBody> = fc
  .oneof<Arbitrary<string | Buffer<ArrayBuffer>>[]>(
    fc.constantFrom('', '{', 'null', '[]', '"text"', '1', 'true', '{"a":1,"a":2}', '{"__proto__":{"x":1}}', '\ufeff{}', '{"n":99999999999999999999}', '{"n":1e999}'),
    fc.constantFrom('['.repeat(60) + ']'.repeat(60), 'a=b&c=d', '<a/>'),
    fc.constant(Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d])),
    fc.json(),
  )
  .map((raw) => ({ raw }));

const contentTypes = fc.constantFrom(
  undefined,
  '',
  'junk',
  'text/plain',
  'text/plain; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/json; charset=iso-8859-1',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/vnd.api+json',
);

const changes: Arbitrary<Change> = fc.record({
  at: fc.array(fc.nat(30), { maxLength: 3 }),
  kind: fc.constantFrom('remove', 'replace', 'replace', 'replace', 'add'),
  value: oddValues,
});

type Content = Pick<PlannedRequest, 'body' | 'contentType'>;

function bodies({ bodies: schemas, method }: DocumentedOperation): Arbitrary<Content> {
  const none = fc.constant<Content>({ body: undefined, contentType: undefined });
  const json = 'application/json';
  const unasked: Arbitrary<Content> = fc.oneof(
    fc.constant<Content>({ body: { value: {}, changes: [] }, contentType: json }),
    rawBodies.map((body): Content => ({ body, contentType: json })),
  );
  if (Object.keys(schemas).length === 0) return method === 'GET' ? none : rarely(none, unasked);
  const given = fc.oneof(
    ...Object.entries(schemas).map(([contentType, schema]) =>
      fc
        .tuple(valid(schema), fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(changes, { minLength: 1, maxLength: 2 }) }))
        .map(([value, made]): Content => ({
          body: { value, changes: made },
          contentType,
        })),
    ),
  );
  const wrong = fc.oneof(
    none,
    rawBodies.map((body): Content => ({ body, contentType: json })),
    fc.tuple(given, contentTypes).map(([{ body }, contentType]): Content => ({ body, contentType })),
  );
  return fc.oneof({ weight: 6, arbitrary: given }, { weight: 1, arbitrary: wrong });
}

/** Requests of an operation, valid and invalid, by callers that are numbered from 0; every third by the usual one. */
export function requestsOf(operation: DocumentedOperation, callers: number, usual: number): Arbitrary<PlannedRequest> {
  return fc
    .record({
      caller: rarely(fc.noBias(fc.nat(callers - 1)), fc.constant(usual), 2),
      method: rarely(fc.constant(operation.method), fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'), 40),
      path: inPath(operation),
      query: inQuery(operation),
      tenant: tenantHeaders,
      others: otherHeaders,
      content: bodies(operation),
    })
    .map(({ tenant, others, content, method, ...rest }) => ({
      ...rest,
      method,
      headers: { ...tenant, ...others },
      ...(method === 'GET' || method === 'HEAD' ? { body: undefined, contentType: undefined } : content),
    }));
}

/** A valid request of an operation, with what is needed only. */
export function usualRequestsOf(operation: DocumentedOperation, caller: number): Arbitrary<PlannedRequest> {
  const [[contentType, schema] = [undefined, undefined]] = Object.entries(operation.bodies);
  return fc.record({
    caller: fc.constant(caller),
    method: fc.constant(operation.method),
    path: fc.record(
      Object.fromEntries(
        operation.parameters
          .filter((parameter) => parameter.in === 'path')
          .map(({ name }) => [name, fc.constant(new Known(nameOf({ name, path: operation.path.slice(0, operation.path.indexOf(`/{${name}}`)) }), 0, ''))]),
      ),
    ),
    query: fc.constant({}),
    headers: fc.constant({ 'x-tenant-id': new Known('organizationId', 0, '') }),
    contentType: fc.constant(contentType),
    body: schema === undefined ? fc.constant(undefined) : valid(schema).map((value) => ({ value, changes: [] })),
  });
}

const isContainer = (value: unknown): value is Record<string | number, unknown> => typeof value === 'object' && value !== null && !(value instanceof Known);

/** Returns a body with a change. */
export function changed(body: unknown, { at, kind, value }: Change): unknown {
  if (!isContainer(body)) return value;
  const keys = Object.keys(body);
  const [first = 0, ...rest] = at;
  const key = keys[first % Math.max(keys.length, 1)];
  if (kind === 'add' || key === undefined) return Array.isArray(body) ? [...(body as unknown[]), value] : { ...body, surplus: value };
  if (rest.length > 0 && isContainer(body[key])) return withField(body, key, changed(body[key], { at: rest, kind, value }));
  return kind === 'remove' ? withField(body, key, undefined) : withField(body, key, value);
}

function withField(body: Record<string | number, unknown>, key: string, value: unknown): unknown {
  if (Array.isArray(body)) return (body as unknown[]).flatMap((each, index) => (String(index) !== key ? [each] : value === undefined ? [] : [value]));
  return { ...body, [key]: value };
}
