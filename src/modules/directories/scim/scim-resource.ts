import { ScimError } from './scim-error.js';
import { checkFilter, matches, parseFilter, Work, type Filter } from './scim-filter.js';
import { extensionNamed, groupType, placeOf, type Attribute, type AttributePlace, type ResourceType } from './scim-schema.js';

export type Resource = Record<string, unknown>;

const isObject = (value: unknown): value is Resource => typeof value === 'object' && value !== null && !Array.isArray(value);
const maxText = 2000;
const wrong = (attribute: string, expected: string): ScimError => new ScimError(400, 'invalidValue', `The attribute ${attribute} must be ${expected}.`);

/** Brings a value to the form of its attribute. Unknown attributes in it are left out: directories send more than they were asked for. Null and undefined remove it. */
function canonical(attribute: Attribute, value: unknown, isElement = false): unknown {
  if (value === null || value === undefined) return undefined;
  if (attribute.multiValued && !isElement) {
    const elements = (Array.isArray(value) ? value : [value]).map((each) => canonical(attribute, each, true)).filter((each) => each !== undefined);
    return elements.length === 0 ? undefined : elements;
  }
  if (attribute.type === 'complex') {
    // The short form of an element: its value.
    const given = isObject(value) ? value : attribute.multiValued || attribute.name === 'manager' ? { value } : undefined;
    if (given === undefined) throw wrong(attribute.name, 'an object');
    const known = attribute.subAttributes ?? [];
    const members = known.flatMap((sub) => {
      const key = Object.keys(given).find((each) => each.toLowerCase() === sub.name.toLowerCase());
      const member = key === undefined ? undefined : canonical(sub, given[key]);
      return member === undefined ? [] : [[sub.name, member] as const];
    });
    if (members.length === 0) return undefined;
    return attribute.name === 'members' ? namedByValue(Object.fromEntries(members)) : Object.fromEntries(members);
  }
  if (attribute.type === 'boolean') {
    if (typeof value === 'boolean') return value;
    // Entra ID sends "True" and "False".
    if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
    throw wrong(attribute.name, 'true or false');
  }
  if (typeof value !== 'string' && typeof value !== 'number') throw wrong(attribute.name, 'text');
  const text = String(value);
  if (text.length > maxText || text.includes('\0')) throw wrong(attribute.name, `text of at most ${maxText} characters`);
  return text;
}

/** Returns a member of a group with its id in `value`: some providers send only its URL, or the id in capitals. */
function namedByValue({ value, $ref, ...others }: Resource): Resource {
  const id = typeof value === 'string' ? value : typeof $ref === 'string' ? $ref.split('/').at(-1) : undefined;
  return id === undefined ? others : { ...others, value: id.toLowerCase() };
}

/** Returns the resource that a body describes, in canonical form: without attributes that the schema does not have or that only the server sets. */
export function readResource(type: ResourceType, body: unknown): Resource {
  if (!isObject(body)) throw new ScimError(400, 'invalidSyntax', 'The body must be a JSON object.');
  const [resource, work]: [Resource, Work] = [{}, new Work()];
  for (const [key, value] of Object.entries(body)) write(type, resource, key, value, 'replace', work);
  return resource;
}

/** Writes a value under a key of a body or of an operation without a path: an attribute, a dotted path, or an extension as a whole. */
function write(type: ResourceType, resource: Resource, key: string, value: unknown, op: 'add' | 'replace', work: Work): void {
  const extension = extensionNamed(type, key);
  if (extension !== undefined) {
    if (!isObject(value)) throw wrong(key, 'an object');
    for (const [name, member] of Object.entries(value)) write(type, resource, `${extension.id}:${name}`, member, op, work);
    return;
  }
  const path = readPath(type, key);
  if (path !== undefined) change(resource, path, op, value, work);
}

interface Path extends AttributePlace {
  /** Selects elements of a multi-valued attribute. */
  readonly filter: Filter | undefined;
}

/** Reads a path such as `emails[type eq "work"].value`. Returns undefined for an unknown attribute. @throws {ScimError} `invalidPath` */
function readPath(type: ResourceType, text: string): Path | undefined {
  const [, before = text, inner, after = ''] = /^([^[\]]+)\[(.*)\](?:\.([\w$-]+))?$/.exec(text.trim()) ?? [];
  if (inner === undefined && /[[\]]/.test(text)) throw new ScimError(400, 'invalidPath', `The path ${text} is malformed.`);
  const place = placeOf(type, (inner === undefined ? text.trim() : before) + (after === '' ? '' : `.${after}`));
  if (place === undefined) return undefined;
  return { ...place, filter: inner === undefined ? undefined : checkFilter(parseFilter(inner), type, before) };
}

function holderOf(resource: Resource, { extension }: AttributePlace): Resource {
  if (extension === undefined) return resource;
  const present = resource[extension];
  return isObject(present) ? present : (resource[extension] = {});
}

/** Changes what a path names. Attributes that only the server sets stay as they are. */
function change(resource: Resource, path: Path, op: 'add' | 'replace' | 'remove', value: unknown, work: Work): void {
  const { attribute, filter, extension } = path;
  if (attribute.mutability === 'readOnly') return;
  const holder = holderOf(resource, path);
  const present = holder[attribute.name];
  if (present instanceof Members) return present.change(path, op, value, work);
  const next = attribute.multiValued ? changedElements(path, Array.isArray(present) ? present : [], op, value, work) : changedValue(path, present, op, value);
  if (filter !== undefined && !attribute.multiValued) throw new ScimError(400, 'invalidPath', `The attribute ${attribute.name} has no elements.`);
  if (next === undefined || (Array.isArray(next) && next.length === 0) || (isObject(next) && Object.keys(next).length === 0)) delete holder[attribute.name];
  else holder[attribute.name] = next;
  if (extension !== undefined && Object.keys(holder).length === 0) delete resource[extension];
}

function changedValue({ attribute, sub }: Path, present: unknown, op: 'add' | 'replace' | 'remove', value: unknown): unknown {
  if (sub !== undefined) {
    const member = op === 'remove' ? undefined : canonical(sub, value);
    const { [sub.name]: _before, ...others } = isObject(present) ? present : {};
    return member === undefined ? others : { ...others, [sub.name]: member };
  }
  if (op === 'remove') return undefined;
  const next = canonical(attribute, value);
  return isObject(next) && isObject(present) ? { ...present, ...next } : next;
}

const sameElement = (a: unknown, b: unknown): boolean =>
  isObject(a) && isObject(b) && 'value' in a && 'value' in b
    ? a['value'] === b['value'] && (a['type'] ?? b['type']) === (b['type'] ?? a['type'])
    : JSON.stringify(a) === JSON.stringify(b);

function changedElements(path: Path, present: readonly unknown[], op: 'add' | 'replace' | 'remove', value: unknown, work: Work): unknown[] {
  work.add(present.length);
  const { attribute, sub, filter } = path;
  const selects = (element: unknown): boolean => filter === undefined || (isObject(element) && matches(filter, element, work));
  if (op === 'remove') {
    if (filter === undefined && sub === undefined && value !== undefined) {
      // Entra ID names the members that it removes in the value.
      const gone = (canonical(attribute, value) ?? []) as unknown[];
      const ids = new Set(gone.map((element) => (isObject(element) ? element['value'] : element)));
      return present.filter((element) => !ids.has(isObject(element) ? element['value'] : element));
    }
    if (sub === undefined) return present.filter((element) => !selects(element));
    return present.map((element) => (selects(element) && isObject(element) ? changedValue({ ...path, filter: undefined }, element, 'remove', undefined) : element));
  }
  if (filter === undefined && sub === undefined) {
    const given = (canonical(attribute, value) ?? []) as unknown[];
    if (op === 'replace') return unique(given);
    return withOnePrimary(unique([...present, ...given]), given);
  }
  const member = sub === undefined ? canonical(attribute, value, true) : canonical(sub, value);
  const changed = (element: unknown): unknown => {
    const before = isObject(element) ? element : {};
    if (sub === undefined) return isObject(member) ? { ...before, ...member } : before;
    const { [sub.name]: _before, ...others } = before;
    return member === undefined ? others : { ...others, [sub.name]: member };
  };
  if (present.some(selects)) {
    const next = present.map((element) => (selects(element) ? changed(element) : element));
    return withOnePrimary(
      next,
      next.filter((_element, index) => selects(present[index])),
    );
  }
  // Entra ID expects that the element is created which the filter describes.
  const seed = filter === undefined ? {} : seedOf(filter);
  if (seed === undefined) throw new ScimError(400, 'noTarget', `No element of ${attribute.name} matches the filter of the path.`);
  const added = canonical(attribute, changed(seed), true);
  return added === undefined ? [...present] : withOnePrimary([...present, added], [added]);
}

/** The members of a group by their ids, so that the time of a request depends on what it names, and not also on the size of the group. */
class Members {
  #byId = new Map<unknown, Resource>();

  constructor(elements: readonly unknown[]) {
    this.#add(elements);
  }

  get elements(): Resource[] {
    return [...this.#byId.values()];
  }

  change(path: Path, op: 'add' | 'replace' | 'remove', value: unknown, work: Work): void {
    const { attribute, sub, filter } = path;
    const id = sub === undefined && filter?.kind === 'compare' && filter.operator === 'eq' && filter.path.toLowerCase() === 'value' ? filter.value : undefined;
    if (op === 'remove' && typeof id === 'string') return void this.#byId.delete(id.toLowerCase());
    if (filter === undefined && sub === undefined) {
      const given = (canonical(attribute, value) ?? []) as Resource[];
      if (op === 'remove' && value !== undefined) for (const each of given) this.#byId.delete(each['value']);
      else if (op !== 'add') this.#byId.clear();
      if (op !== 'remove') this.#add(given);
      return;
    }
    const changed = changedElements(path, this.elements, op, value, work);
    this.#byId.clear();
    this.#add(changed);
  }

  #add(elements: readonly unknown[]): void {
    for (const element of elements) if (isObject(element)) this.#byId.set(element['value'], element);
  }
}

/** Returns the element that a filter describes by equations; undefined if it has other conditions. */
function seedOf(filter: Filter): Resource | undefined {
  if (filter.kind === 'compare') return filter.operator === 'eq' ? { [filter.path]: filter.value } : undefined;
  if (filter.kind !== 'and') return undefined;
  const seeds = filter.of.map(seedOf);
  return seeds.some((seed) => seed === undefined) ? undefined : Object.assign({}, ...seeds);
}

/** In linear time for elements with values, because a group has very many. */
function unique(elements: readonly unknown[]): unknown[] {
  const byKey = new Map<string, unknown>();
  for (const element of elements) {
    const key = isObject(element) && 'value' in element ? JSON.stringify([element['value'], element['type'] ?? null]) : JSON.stringify(element);
    const before = byKey.get(key);
    byKey.set(key, isObject(before) && isObject(element) ? { ...before, ...element } : element);
  }
  return [...byKey.values()];
}

/** Of elements that are primary, the changed one stays so (RFC 7644, section 3.5.2). */
function withOnePrimary(elements: readonly unknown[], changed: readonly unknown[]): unknown[] {
  const primary = changed.findLast((element) => isObject(element) && element['primary'] === true);
  if (primary === undefined) return [...elements];
  return elements.map((element) => (isObject(element) && element['primary'] === true && !sameElement(element, primary) ? { ...element, primary: false } : element));
}

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const maxOperations = 1000;

/** Returns a resource after the operations of a PATCH (RFC 7644, section 3.5.2). @throws {ScimError} */
export function patchResource(type: ResourceType, before: Resource, body: unknown): Resource {
  if (!isObject(body)) throw new ScimError(400, 'invalidSyntax', 'The body must be a JSON object.');
  const listed = body['schemas'];
  // Some clients leave it out.
  if (listed !== undefined && ![listed].flat().some((each) => typeof each === 'string' && each.toLowerCase() === patchSchema.toLowerCase()))
    throw new ScimError(400, 'invalidSyntax', `The schemas of a PATCH must have ${patchSchema}.`);
  const operations = body['Operations'] ?? body['operations'];
  if (!Array.isArray(operations) || operations.length === 0) throw new ScimError(400, 'invalidSyntax', 'Operations must be a list of at least one operation.');
  if (operations.length > maxOperations) throw new ScimError(400, 'tooMany', `A PATCH can have at most ${maxOperations} operations.`);
  const [resource, work] = [structuredClone(before), new Work()];
  if (type !== groupType) {
    for (const operation of operations as unknown[]) apply(type, resource, operation, work);
    return resource;
  }
  const members = new Members(Array.isArray(resource['members']) ? resource['members'] : []);
  resource['members'] = members;
  for (const operation of operations as unknown[]) apply(type, resource, operation, work);
  return { ...resource, members: members.elements };
}

function apply(type: ResourceType, resource: Resource, operation: unknown, work: Work): void {
  if (!isObject(operation)) throw new ScimError(400, 'invalidSyntax', 'Each operation must be an object.');
  const { op, path, value } = operation;
  // Entra ID writes Add, Replace and Remove.
  const name = typeof op === 'string' ? op.toLowerCase() : '';
  if (name !== 'add' && name !== 'replace' && name !== 'remove') throw new ScimError(400, 'invalidSyntax', `The operation ${String(op)} is not add, replace or remove.`);
  if (path !== undefined && typeof path !== 'string') throw new ScimError(400, 'invalidPath', 'The path of an operation must be text.');
  if (path === undefined || path === '') {
    if (name === 'remove') throw new ScimError(400, 'noTarget', 'The operation remove needs a path.');
    if (!isObject(value)) throw new ScimError(400, 'invalidValue', 'The value of an operation without a path must be an object.');
    for (const [key, member] of Object.entries(value)) write(type, resource, key, member, name, work);
    return;
  }
  const extension = extensionNamed(type, path);
  if (extension !== undefined) {
    if (name === 'remove') delete resource[extension.id];
    else write(type, resource, path, value, name, work);
    return;
  }
  const place = readPath(type, path);
  if (place === undefined) throw new ScimError(400, 'invalidPath', `The path ${path} names no attribute of ${type.name}.`);
  if (place.attribute.mutability === 'readOnly') throw new ScimError(400, 'mutability', `The attribute ${place.attribute.name} is read-only.`);
  change(resource, place, name, value, work);
}

/** Returns a resource with the attributes that the caller asks for (RFC 7644, section 3.9). */
export function project(resource: Resource, attributes: string | undefined, excluded: string | undefined): Resource {
  const wanted = namesIn(attributes);
  if (wanted.length > 0) return pick(resource, (path) => isAlways(path) || wanted.some((each) => each === path || path.startsWith(`${each}.`) || each.startsWith(`${path}.`)));
  const left = namesIn(excluded);
  return left.length === 0 ? resource : pick(resource, (path) => isAlways(path) || !left.includes(path));
}

const isAlways = (path: string): boolean => path === 'id' || path === 'schemas';
/** The most attributes that a request names. */
const maxNames = 100;
function namesIn(list = ''): string[] {
  const names = new Set(list.split(',').flatMap((name) => (name.trim() === '' ? [] : [shortName(name.trim().toLowerCase())])));
  if (names.size > maxNames) throw new ScimError(400, 'tooMany', `A request can name at most ${maxNames} attributes.`);
  return [...names];
}
/** Without the URN of a core schema; that of an extension is part of the path. */
const shortName = (name: string): string => name.replace(/^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/, '').replace(/^(urn:.*:user):/, '$1.');

function pick(resource: Resource, isNamed: (path: string) => boolean): Resource {
  const known = new Map<string, boolean>();
  return picked(resource, (path) => known.get(path) ?? (known.set(path, isNamed(path)), known.get(path) === true));
}

function picked(resource: Resource, isWanted: (path: string) => boolean, prefix = ''): Resource {
  return Object.fromEntries(
    Object.entries(resource).flatMap(([key, value]) => {
      const path = `${prefix}${key.toLowerCase()}`;
      if (!isWanted(path)) return [];
      if (Array.isArray(value)) return [[key, value.map((each: unknown) => (isObject(each) ? picked(each, isWanted, `${path}.`) : each))]];
      return [[key, isObject(value) ? picked(value, isWanted, `${path}.`) : value]];
    }),
  );
}
