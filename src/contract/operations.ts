import type { OpenAPIObject } from '@nestjs/swagger';
import { needsTenant, type AccessRule, type PlanGate } from '../access/access.decorators.js';
import { takesIdempotencyKey } from '../access/idempotency/takes-idempotency-key.js';
import { versionedResource } from '../access/guards/versioned-resource.js';
import type { AuditedRoute } from '../access/route-audit.js';
import { deprecationNotice, deprecationSchema, type Deprecation } from '../common/http/deprecation.js';
import { ifNoneMatch } from '../common/http/has-etag.decorator.js';
import { operationsOf, schemasOf, type Header, type Operation, type Parameter, type PlacedOperation, type Reference, type Response, type Schema } from './open-api.js';
import { keptInCookies } from '../modules/auth/sessions/session-cookie.js';
import { problemTypes } from './problem-types.js';
import { codesOfFramework, problemSchemas, problemsOf, problemsSchema, schemaOfCodes } from './problems.js';
import { withNamedEnums } from './schemas.js';

/** Thrown when an operationId is used twice, or a route of the document is not one of the application. */
export class UnclearOperationError extends Error {}

const uuid = { type: 'string', format: 'uuid' } as const;

/** The parameters that operations share, by their names in the document. */
const parameters: Readonly<Record<string, Parameter>> = {
  TenantId: {
    name: 'X-Tenant-ID',
    in: 'header',
    required: false,
    description: 'The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same',
    schema: uuid,
  },
  TenantSlug: { name: 'X-Tenant-Slug', in: 'header', required: false, description: 'The slug of the organization, instead of its id', schema: { type: 'string' } },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409)',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
  },
};

/** The header fields of responses, by their names. */
const headers: Readonly<Record<string, Header>> = {
  'X-Request-Id': { description: 'The id of the request: that of the request header, if it is safe to log, otherwise a new one', required: true, schema: { type: 'string' } },
  ETag: { description: 'The version of the document, for If-Match', required: true, schema: { type: 'string' } },
  'Idempotency-Replayed': {
    description: '`true` if this is the answer to an earlier request with the same Idempotency-Key',
    required: false,
    schema: { type: 'string', enum: ['true'] },
  },
  Location: { description: 'The path of the new resource', required: true, schema: { type: 'string' } },
  'Retry-After': { description: 'The seconds after which to try again', required: true, schema: { type: 'integer', format: 'int32' } },
  RetryAfterOfSome: { description: 'The seconds after which to try again, if a later attempt can succeed', required: false, schema: { type: 'integer', format: 'int32' } },
  'WWW-Authenticate': { description: 'The kind of credential that is needed (RFC 6750)', required: true, schema: { type: 'string' } },
};

const etagParameter: Parameter = { ...ifNoneMatch, in: 'header', schema: { type: 'string' } };
const expectation: Parameter = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETags that you accept. The change is refused with 412 if the resource has another version',
  schema: { type: 'string' },
};

const sessionCookie: Parameter = {
  name: 'X-Session-Cookie',
  in: 'header',
  required: false,
  description:
    'Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only',
  schema: { type: 'boolean' },
};

/** They are in the operations that are deprecated: a document without such operations would not use components. */
const deprecationHeaders: Readonly<Record<string, Header>> = {
  Deprecation: { description: 'The day since which the operation is deprecated (RFC 9745)', required: true, schema: { type: 'string' } },
  Sunset: { description: 'The day from which on the operation may be removed (RFC 8594)', required: true, schema: { type: 'string' } },
  Link: { description: 'The page that says what replaces the operation, with `rel="deprecation"`', required: true, schema: { type: 'string' } },
};

type Kind = 'headers' | 'parameters' | 'responses';

const refer = (kind: Kind, name: string): Reference => ({ $ref: `#/components/${kind}/${name}` });
const referHeaders = (...names: readonly string[]): Record<string, Reference> => Object.fromEntries(names.map((name) => [name, refer('headers', name)]));

interface ErrorStatus {
  readonly name: string;
  readonly description: string;
  readonly headers?: readonly string[];
}

const errors: Readonly<Record<string, ErrorStatus>> = {
  400: { name: 'BadRequest', description: 'The request is malformed, or fields of it are invalid' },
  401: { name: 'Unauthenticated', description: 'There is no valid credential', headers: ['WWW-Authenticate'] },
  402: { name: 'PaymentRequired', description: 'The plan of the organization does not include this, or a limit is reached' },
  403: { name: 'Forbidden', description: 'The caller may not do this' },
  404: { name: 'NotFound', description: 'The resource does not exist, or the caller has no access to it' },
  409: { name: 'Conflict', description: 'The state of the resource does not allow this' },
  410: { name: 'Gone', description: 'The link or the resource is used, has expired or was withdrawn' },
  412: { name: 'PreconditionFailed', description: 'The document has changed since it was read' },
  413: { name: 'ContentTooLarge', description: 'The body is too large' },
  415: { name: 'UnsupportedMediaType', description: 'The body has another media type' },
  422: { name: 'Unprocessable', description: 'The request is well-formed, but cannot be carried out' },
  429: { name: 'TooManyRequests', description: 'There are too many requests', headers: ['Retry-After'] },
  500: { name: 'InternalError', description: 'The server has an error' },
  503: { name: 'Unavailable', description: 'The service is temporarily unavailable', headers: ['Retry-After'] },
};

/** @param codes the codes of the problems: some say when to try again */
const problemResponse = ({ description, headers: fields = [] }: Omit<ErrorStatus, 'name'>, schema: Schema, codes: readonly string[]): Response => ({
  description,
  headers: {
    ...referHeaders('X-Request-Id', ...fields),
    ...(!fields.includes('Retry-After') && codes.some((code) => problemTypes[code]?.properties?.['retryAfter'] !== undefined)
      ? { 'Retry-After': refer('headers', 'RetryAfterOfSome') }
      : {}),
  },
  content: { 'application/problem+json': { schema } },
});

/**
 * Completes the operations of a document: path parameters, headers, who may call, and errors.
 *
 * @throws {UnclearOperationError}
 */
export function completeOperations(document: OpenAPIObject, routes: readonly AuditedRoute[]): void {
  const byPlace = new Map(routes.map((route) => [placeOf(route.method, route.path.replaceAll(/:(\w+)/g, '{$1}')), route]));
  const places = new Map<string, string>();
  const codes = new Set<string>();
  const responses: Record<string, Response> = { Error: problemResponse({ description: 'Another error' }, schemaOfCodes(codesOfFramework), codesOfFramework) };
  declareVersions(document);
  const reads = operationsOf(document).filter(({ method }) => method === 'GET');
  for (const placed of operationsOf(document)) {
    const place = placeOf(placed.method, placed.path);
    const [other, route] = [places.get(placed.operation.operationId), byPlace.get(place)];
    if (other !== undefined) throw new UnclearOperationError(`The operationId ${placed.operation.operationId} names both ${other} and ${place}. Rename one of the handlers.`);
    if (route?.rule === undefined) throw new UnclearOperationError(`The document has ${place}, which is no route with an access rule.`);
    places.set(placed.operation.operationId, place);
    if (keepsSession(placed, schemasOf(document))) placed.operation.parameters = [...(placed.operation.parameters ?? []), sessionCookie];
    complete(placed, route, route.rule, !answersList(placed.operation, schemasOf(document)) && isReadable(placed, reads));
    completeBody(placed.operation, schemasOf(document));
    completeProblems(placed.operation, route, route.rule, responses, codes);
  }
  Object.assign(schemasOf(document), withNamedEnums(problemSchemas(codes), schemasOf(document)));
  const { Problem: problem } = schemasOf(document);
  if (problem?.properties !== undefined)
    problem.properties['code'] = { description: 'The kind of the problem, for programs', allOf: [{ $ref: '#/components/schemas/ProblemCode' }] };
  Object.assign(document.components ?? {}, { headers, parameters, responses });
}

/** Whether one of the operations reads what another one creates: below its path, or next to it for a second way to create the same (`/things/imported` of `/things/{id}`). */
function isReadable({ path, operation }: PlacedOperation, reads: readonly PlacedOperation[]): boolean {
  const neighbour = path.slice(0, path.lastIndexOf('/'));
  const created = schemaNameOf(operation, '201');
  const isOneOf = (collection: string, read: string): boolean => read.startsWith(`${collection}/{`) && read.indexOf('/', collection.length + 1) === -1;
  return reads.some((read) => isOneOf(path, read.path) || (created !== undefined && isOneOf(neighbour, read.path) && schemaNameOf(read.operation, '200') === created));
}

const changes: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/**
 * Declares the versions of resources, by what their reads answer: a resource with `updatedAt` has a version, which reads send and changes compare. A document
 * whose changes declare `If-Match` themselves has one of its own, and is read with it.
 *
 * @throws {UnclearOperationError} when no row has the version of a path
 */
function declareVersions(document: OpenAPIObject): void {
  const schemas = schemasOf(document);
  const operations = operationsOf(document);
  const own = new Set(operations.flatMap(({ path, operation }) => (namesHeader(operation, 'If-Match') ? [path] : [])));
  const read = new Set(operations.flatMap(({ method, path, operation }) => (method === 'GET' && hasTimeOfChange(operation, '200', schemas) ? [path] : [])));
  const add = (operation: Operation, parameter: Parameter): void => void (operation.parameters = [...(operation.parameters ?? []), parameter]);
  for (const { method, path, operation } of operations) {
    if (method === 'GET' && (own.has(path) || read.has(path)) && !namesHeader(operation, 'If-None-Match')) add(operation, etagParameter);
    if (method === 'POST' && hasTimeOfChange(operation, '201', schemas)) operation['x-versioned'] = true;
    if (changes.has(method) && hasTimeOfChange(operation, '200', schemas)) operation['x-answers-etag'] = true;
    if (!changes.has(method) || own.has(path) || !read.has(path)) continue;
    if (versionedResource(path.replaceAll(/\{(\w+)\}/g, ':$1')) === undefined)
      throw new UnclearOperationError(`No row has the version of ${path}. Name its last parameter after its model: projectId for Project.`);
    add(operation, expectation);
  }
}

type Schemas = Readonly<Record<string, Schema>>;

/** Returns the name of the schema of the answer with a status. */
function schemaNameOf({ responses: answers }: Operation, status: string): string | undefined {
  const answer = answers[status];
  const schema = answer !== undefined && 'content' in answer ? answer.content?.['application/json']?.schema : undefined;
  return schema?.$ref?.split('/').at(-1);
}

/** Returns the fields of the answer with a status. */
function fieldsOf(operation: Operation, status: string, schemas: Schemas): Schemas {
  const name = schemaNameOf(operation, status);
  return (name === undefined ? undefined : schemas[name]?.properties) ?? {};
}

/** Whether the answer with a status is one resource that says when it was changed. */
const hasTimeOfChange = (operation: Operation, status: string, schemas: Schemas): boolean => fieldsOf(operation, status, schemas)['updatedAt'] !== undefined;

/** Whether an operation that creates answers several resources, which have no common path. */
const answersList = (operation: Operation, schemas: Schemas): boolean => fieldsOf(operation, '201', schemas)['data'] !== undefined;

/** Whether an operation takes or answers a token that a cookie can hold, or ends the session of its caller. */
function keepsSession({ method, path, operation }: PlacedOperation, schemas: Schemas): boolean {
  const hasToken = (node: unknown): boolean => {
    if (typeof node !== 'object' || node === null) return false;
    const { $ref, properties } = node as Schema;
    if ($ref !== undefined) return hasToken(schemas[$ref.slice($ref.lastIndexOf('/') + 1)]);
    if (properties !== undefined && keptInCookies.some((name) => properties[name] !== undefined)) return true;
    return Object.values(node).some(hasToken);
  };
  return path.endsWith('/auth/logout') || (path.endsWith('/users/me') && method === 'DELETE') || [operation.requestBody?.content, operation.responses].some(hasToken);
}

const namesHeader = (operation: Operation, header: string): boolean => operation.parameters?.some((parameter) => 'name' in parameter && parameter.name === header) === true;

const placeOf = (method: string, path: string): string => `${method} ${path}`;

/** @param isReadable whether a GET reads what the operation creates */
function complete({ method, path, operation }: PlacedOperation, { gate, whileImpersonating, withoutIdempotencyKey }: AuditedRoute, rule: AccessRule, isReadable: boolean): void {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const isKeyed = takesIdempotencyKey(method, withoutIdempotencyKey);
  operation.parameters = [...parametersOf(operation, inPath, needsTenant(rule)), ...(isKeyed ? [refer('parameters', 'IdempotencyKey')] : [])];
  const deprecation = operation['x-deprecation'] as Deprecation | undefined;
  if (deprecation !== undefined) {
    delete operation['x-deprecation'];
    Object.assign(operation, deprecationSchema(deprecation));
  }
  const notice = deprecation === undefined ? undefined : deprecationNotice(deprecation);
  operation.description = [operation.description, notice, accessOf(rule, gate, whileImpersonating !== undefined)].filter((text) => text !== undefined).join('\n\n');
  if (rule.kind === 'permission') operation['x-permission'] = rule.permission;
  // A caller without a credential is served, too.
  if (rule.kind === 'public') operation.security ??= rule.acceptsToken === true ? [{}, { bearer: [] }] : [];
  completeResponses(method, operation, { isReadable, isKeyed });
}

/** Path parameters in the order of the path, then those of the query, then headers. */
function parametersOf(operation: Operation, inPath: readonly string[], tenant: boolean): (Parameter | Reference)[] {
  const declared = (operation.parameters ?? []) as Parameter[];
  const ofPath = inPath.map((name): Parameter => {
    const known = declared.find((parameter) => parameter.in === 'path' && parameter.name === name);
    const isId = /^(?:id|\w+Id)$/.test(name);
    return { description: describe(name), ...known, name, in: 'path', required: true, schema: isId ? uuid : (known?.schema ?? { type: 'string' }) };
  });
  // Nest declares the schema of a parameter deprecated, and not the parameter.
  for (const parameter of declared)
    if (parameter.schema?.['deprecated'] === true) {
      Object.assign(parameter, { deprecated: true, 'x-sunset': parameter.schema['x-sunset'] });
      delete parameter.schema['deprecated'];
      delete parameter.schema['x-sunset'];
    }
  // A header with a credential is described by the security of the operation.
  const others = declared.filter((parameter) => parameter.in !== 'path' && parameter.name.toLowerCase() !== 'authorization');
  return [...ofPath, ...others, ...(tenant && !inPath.includes('organizationId') ? ['TenantId', 'TenantSlug'].map((name) => refer('parameters', name)) : [])];
}

/** Returns `The id of the invoice` for `invoiceId`. */
function describe(name: string): string {
  const words = name.replace(/Id$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return name === 'id' ? 'The id of the resource' : name.endsWith('Id') ? `The id of the ${words}` : `The ${words}`;
}

/** Returns who may call an operation. */
function accessOf(rule: AccessRule, gate: PlanGate | undefined, whileImpersonating: boolean): string {
  const sentences = [
    ruleSentence(rule),
    ...(gate?.feature === undefined ? [] : [`The plan of the organization must include the feature \`${gate.feature}\`.`]),
    ...(gate?.plans === undefined ? [] : [`The organization must be on one of the plans: ${gate.plans.map((plan) => `\`${plan}\``).join(', ')}.`]),
    ...('evenIf' in rule && rule.evenIf !== undefined
      ? [`It also works while the organization is ${list(rule.evenIf.map((state) => (state === 'maintenance' ? 'in maintenance' : state)))}.`]
      : []),
    ...('beforeConsent' in rule && rule.beforeConsent ? ['It also works for a member who awaits the consent of a guardian.'] : []),
    ...(rule.kind !== 'service' && 'service' in rule && rule.service !== undefined ? [`Service keys need the scope \`${rule.service}\`.`] : []),
    ...(whileImpersonating ? ['An operator who impersonates a member may call it, too.'] : []),
  ];
  return sentences.join(' ');
}

const list = (items: readonly string[]): string => (items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`);

function ruleSentence(rule: AccessRule): string {
  switch (rule.kind) {
    case 'public':
      return rule.acceptsToken === true ? 'No credential is needed; an access token identifies the caller.' : 'No credential is needed.';
    case 'authenticated':
      return rule.nonMembers === true ? 'For every signed-in user, whether a member of the organization or not.' : 'For every signed-in user.';
    case 'member':
      return rule.apiKeys === true ? 'For every member and every API key of the organization.' : 'For every member of the organization.';
    case 'role':
      return `For members of the organization with the role \`${rule.role}\` or a higher one.`;
    case 'permission':
      return `Requires the permission \`${rule.permission}\`.`;
    case 'service':
      return `For service keys with the scope \`${rule.service}\` only.`;
    case 'directory':
      return 'For tokens of directories only.';
    case 'setup':
      return 'For set-up links of single sign-on only.';
    case 'platform_admin':
      return 'For operators of the platform only.';
  }
}

function completeResponses(method: string, operation: Operation, { isReadable, isKeyed }: { readonly isReadable: boolean; readonly isKeyed: boolean }): void {
  const [changesVersion, readsVersion] = [namesHeader(operation, 'If-Match'), namesHeader(operation, 'If-None-Match')];
  const createsVersion = operation['x-versioned'] === true && isReadable;
  const answersVersion = operation['x-answers-etag'] === true;
  delete operation['x-versioned'];
  delete operation['x-answers-etag'];
  for (const [status, response] of Object.entries(operation.responses as Record<string, Response>)) {
    response.description ||= successOf(status, method);
    response.headers = {
      ...response.headers,
      ...(operation.deprecated === true ? deprecationHeaders : {}),
      ...referHeaders(
        'X-Request-Id',
        ...(((changesVersion || readsVersion || answersVersion) && status !== '204') || (createsVersion && status === '201') ? ['ETag'] : []),
        ...(status === '201' && isReadable ? ['Location'] : []),
        ...(isKeyed ? ['Idempotency-Replayed'] : []),
      ),
    };
  }
  if (readsVersion) operation.responses['304'] = { description: 'The version of If-None-Match is the present one', headers: referHeaders('X-Request-Id', 'ETag') };
}

/** A body without a field that is required may be left out. */
function completeBody({ requestBody }: Operation, schemas: Readonly<Record<string, Schema>>): void {
  if (requestBody === undefined) return;
  const needsBody = ({ $ref, allOf = [], type, required = [] }: Schema & { readonly allOf?: Schema[]; readonly required?: readonly string[] }): boolean => {
    if ($ref !== undefined) return needsBody(schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {});
    return required.length > 0 || allOf.some(needsBody) || (type !== undefined && type !== 'object');
  };
  requestBody.required = Object.values(requestBody.content).some(({ schema = {} }) => needsBody(schema));
}

/** Adds the problems of an operation to its responses. Those that operations of one kind share become components. */
function completeProblems(operation: Operation, route: AuditedRoute, rule: AccessRule, shared: Record<string, Response>, used: Set<string>): void {
  const given = (operation.parameters ?? []) as Parameter[];
  const acceptsKeys = operation.security?.some((scheme) => 'apiKey' in scheme) === true;
  const isValidated = operation.requestBody !== undefined || given.some((parameter) => parameter.in === 'query');
  const comparesVersion = namesHeader(operation, 'If-Match');
  const keepsSessions = namesHeader(operation, sessionCookie.name);
  for (const { status, codes, names, areCommon } of problemsOf({ ...route, rule, acceptsKeys, isValidated, comparesVersion, keepsSessions })) {
    const { name, ...described } = errors[status] ?? { name: 'Error', description: 'Another error' };
    const response = problemResponse(described, problemsSchema(names), codes);
    const parts = names.map((each) => each.replace(/Problems?$/, ''));
    // Each set of problems has a name of its own: that of a problem may also be that of the status.
    const sharedName = parts.length === 1 && parts[0] === name ? name : [name, ...parts].join('');
    if (areCommon) shared[sharedName] = response;
    operation.responses[status] = areCommon ? refer('responses', sharedName) : response;
    for (const code of codes) used.add(code);
  }
  operation.responses['default'] = refer('responses', 'Error');
}

function successOf(status: string, method: string): string {
  if (status === '204') return 'Done';
  if (status === '201') return 'Created';
  if (status === '202') return 'Accepted';
  return method === 'GET' ? 'The resource' : 'The result';
}
