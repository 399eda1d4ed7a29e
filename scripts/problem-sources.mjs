// Reads from the sources, with the types of TypeScript, which problems the application can answer with: the codes and members of its errors, and the
// errors that the handler of a route can reach.
import path from 'node:path';
import { isTypeNode, SyntaxKind } from 'typescript/unstable/ast';
import { API, SymbolFlags, TypeFlags } from 'typescript/unstable/sync';

const root = path.resolve(import.meta.dirname, '..');

/** Methods that NestJS calls of an instance that a decorator is given. */
const calledByFramework = new Set(['transform', 'intercept', 'canActivate', 'catch']);

const functions = new Set([
  SyntaxKind.MethodDeclaration,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
  SyntaxKind.PropertyDeclaration,
]);

/** The sources of the application with their types. Close it. */
export class Sources {
  /** The symbols that aliases stand for, by their alias. Each question to the compiler is a message to another process. */
  #resolved = new Map();
  #api = new API({ cwd: root });
  #project = this.#api.updateSnapshot({ openProjects: [path.join(root, 'tsconfig.build.json')] }).getProjects()[0];
  checker = this.#project.checker;
  files = this.#project.program
    .getSourceFileNames()
    .filter((file) => file.startsWith(path.join(root, 'src') + path.sep) && !file.includes(`${path.sep}generated${path.sep}`))
    .map((file) => this.#project.program.getSourceFile(file));

  [Symbol.dispose]() {
    this.#api.close();
  }

  /** Returns the symbol that a name stands for, where it is declared. */
  resolve(symbol) {
    if (symbol === undefined || (symbol.flags & SymbolFlags.Alias) === 0) return symbol;
    if (!this.#resolved.has(symbol)) this.#resolved.set(symbol, this.checker.getAliasedSymbol(symbol));
    return this.#resolved.get(symbol);
  }

  declarationOf(symbol) {
    const handle = symbol?.valueDeclaration ?? symbol?.declarations[0];
    return handle === undefined || !handle.path.startsWith(`${root}/src/`) || handle.path.includes('/generated/') ? undefined : handle.resolve(this.#project);
  }

  symbolAt(node) {
    return this.resolve(this.checker.getSymbolAtLocation(node));
  }
}

export const placeOf = (node) => {
  const file = node.getSourceFile();
  return `${path.relative(root, file.fileName)}:${file.text.slice(0, node.getStart()).split('\n').length}`;
};

const isClass = (node) => node?.kind === SyntaxKind.ClassDeclaration || node?.kind === SyntaxKind.ClassExpression;
const extendsOf = (node) => node.heritageClauses?.flatMap(({ types }) => [...types]).map(({ expression }) => expression) ?? [];
const memberOf = (node, name) => node.members.find((member) => member.name?.text === name);
const constructorOf = (node) => node.members.find(({ kind }) => kind === SyntaxKind.Constructor);
const argumentsOf = (node) => [...(node.arguments ?? [])];

function visit(node, work) {
  if (work(node) === false) return;
  node.forEachChild((child) => {
    if (!isTypeNode(child)) visit(child, work);
  });
}

/** Whether an error is thrown where it is made, or given to a function, which may throw it. Otherwise it is a value, such as the refusal of a decision. */
function isThrown(made) {
  let at = made;
  while ([SyntaxKind.ConditionalExpression, SyntaxKind.ParenthesizedExpression, SyntaxKind.BinaryExpression].includes(at.parent.kind)) at = at.parent;
  return at.parent.kind === SyntaxKind.ThrowStatement || at.parent.kind === SyntaxKind.CallExpression || at.parent.kind === SyntaxKind.NewExpression;
}

/** The unit of code that a reference is in: a member of a class, or a declaration of a file. */
function unitOf(node) {
  let unit = node;
  for (let at = node; at !== undefined && at.kind !== SyntaxKind.SourceFile; at = at.parent) {
    if (isClass(at) && unit !== at) return unit.parent === at ? unit : at;
    unit = at;
    if (isClass(at.parent)) return at;
    if (at.kind === SyntaxKind.VariableDeclaration && at.parent.parent.parent.kind === SyntaxKind.SourceFile) return at;
  }
  return unit;
}

/** The graph of the units of code: which unit uses which, and which errors a unit makes. */
export class UnitGraph {
  #uses = new Map();
  #makes = new Map();
  #classes = new Map();
  /** Members of classes that implement or override a member of another type, by that member. */
  #overriding = new Map();
  /** Units that throw what they have not made. */
  #throwing = new Set();
  /** Whether a unit returns a decision: an object with an error as a value. */
  #deciding = new Map();
  /** The base classes of classes, by the class. */
  #bases = new Map();

  constructor(sources) {
    this.sources = sources;
    for (const file of sources.files) visit(file, (node) => void (isClass(node) && this.#classes.set(node, node.name?.text)));
    for (const node of this.#classes.keys()) this.#connect(node);
    for (const file of sources.files) this.#read(file);
  }

  get classes() {
    return [...this.#classes.keys()];
  }

  baseOf(node) {
    return (this.#bases.get(node) ?? []).find(isClass);
  }

  isSubclass(node, name) {
    for (let at = node; at !== undefined; at = this.baseOf(at)) if (at.name?.text === name) return true;
    return false;
  }

  #connect(node) {
    const bases = extendsOf(node).flatMap((expression) => this.sources.declarationOf(this.sources.symbolAt(expression)) ?? []);
    this.#bases.set(node, bases);
    for (const base of bases)
      for (const member of base.members ?? []) {
        const own = member.name === undefined ? undefined : memberOf(node, member.name.text);
        if (own !== undefined) this.#add(this.#overriding, member, own);
      }
  }

  #add(edges, from, to) {
    const known = edges.get(from) ?? new Set();
    edges.set(from, known.add(to));
  }

  #read(file) {
    const names = [];
    visit(file, (node) => {
      if (node.kind === SyntaxKind.ImportDeclaration) return false;
      if (node.kind === SyntaxKind.ThrowStatement && node.expression.kind !== SyntaxKind.NewExpression) this.#throwing.add(unitOf(node));
      if (node.kind === SyntaxKind.Identifier || node.kind === SyntaxKind.PrivateIdentifier) names.push(node);
      return true;
    });
    const symbols = this.sources.checker.getSymbolAtLocation(names);
    names.forEach((name, index) => this.#readName(name, symbols[index]));
  }

  #readName(name, found) {
    const symbol = name.parent.kind === SyntaxKind.ShorthandPropertyAssignment ? this.sources.checker.getShorthandAssignmentValueSymbol(name.parent) : found;
    const declaration = this.sources.declarationOf(this.sources.resolve(symbol));
    if (declaration === undefined) return;
    const from = unitOf(name);
    if (isClass(declaration)) this.#readClass(from, name, declaration);
    else if (unitOf(declaration) !== from || functions.has(declaration.kind)) this.#add(this.#uses, from, this.#isMember(declaration) ? declaration : unitOf(declaration));
  }

  #isMember = ({ kind }) => kind === SyntaxKind.MethodSignature || kind === SyntaxKind.PropertySignature;

  #readClass(from, name, node) {
    const made = name.parent.kind === SyntaxKind.NewExpression && name.parent.expression === name;
    // A class that is an argument is made by the function, such as the interceptor in `UseInterceptors(…)`.
    if (!made && !(name.parent.kind === SyntaxKind.CallExpression && argumentsOf(name.parent).includes(name))) return;
    if (this.isSubclass(node, 'AppError')) return made ? this.#add(this.#makes, from, name.parent) : undefined;
    for (let at = node; at !== undefined; at = this.baseOf(at))
      for (const member of at.members)
        if (member.kind === SyntaxKind.Constructor || member.kind === SyntaxKind.PropertyDeclaration || calledByFramework.has(member.name?.text))
          this.#add(this.#uses, from, member);
  }

  #decides(unit) {
    if (!this.#deciding.has(unit))
      this.#deciding.set(unit, unit.type !== undefined && (functions.has(unit.kind) || unit.kind === SyntaxKind.MethodSignature) && this.#hasError(unit.type));
    return this.#deciding.get(unit);
  }

  /** Whether a type is, or holds, an interface with an error. */
  #hasError(type) {
    const names = [];
    const collect = (node) => {
      if (node.kind === SyntaxKind.Identifier) names.push(node);
      node.forEachChild(collect);
    };
    collect(type);
    return names.some((name) => {
      const declaration = this.sources.declarationOf(this.sources.symbolAt(name));
      return declaration?.kind === SyntaxKind.InterfaceDeclaration && declaration.members.some((member) => /\bAppError\b/.test(member.type?.getText() ?? ''));
    });
  }

  /**
   * Returns the expressions `new …Error(…)` that units of code can throw. The errors in a decision count only where a unit throws what it has not made: another
   * one answers with the decision.
   */
  errorsOf(...units) {
    const [errors, throwing, deciding] = [new Set(), new Set(units), new Set()];
    const reach = (unit, isDecision) => {
      if (!isDecision || this.#throwing.has(unit)) throwing.add(unit);
      else deciding.add(unit);
    };
    let known = -1;
    while (known < throwing.size + deciding.size) {
      known = throwing.size + deciding.size;
      for (const unit of throwing) {
        for (const next of this.#uses.get(unit) ?? []) reach(next, this.#decides(next) && !this.#throwing.has(unit));
        for (const next of this.#overriding.get(unit) ?? []) reach(next, false);
      }
      for (const unit of deciding) for (const next of [...(this.#uses.get(unit) ?? []), ...(this.#overriding.get(unit) ?? [])]) reach(next, true);
    }
    for (const unit of throwing) for (const made of this.#makes.get(unit) ?? []) errors.add(made);
    for (const unit of deciding) for (const made of this.#makes.get(unit) ?? []) if (isThrown(made)) errors.add(made);
    return errors;
  }

  allErrors() {
    return [...this.#makes.values()].flatMap((made) => [...made]);
  }
}

const literal = (type) =>
  type === undefined ? undefined : type.isUnionType() ? type.getTypes().flatMap((each) => literal(each) ?? [undefined]) : type.isStringLiteralType() ? [type.value] : undefined;

/** Reads kinds, codes and members of the errors that an expression `new …Error(…)` makes. */
export class ErrorReader {
  constructor(graph) {
    this.graph = graph;
    this.checker = graph.sources.checker;
  }

  /** @returns {{ kinds: string[], codes: string[], details: object | undefined }} the values of the first, second and fourth argument of AppError */
  read(made) {
    const node = this.graph.sources.declarationOf(this.graph.sources.symbolAt(made.expression));
    return this.#readClass(node, { arguments: argumentsOf(made), outer: undefined, parameters: [] }, made);
  }

  #readClass(node, call, made) {
    const declared = constructorOf(node);
    if (node.name.text === 'AppError') {
      const [kinds, codes] = [0, 1].map((index) => this.#literals(call.arguments[index], call, made));
      return { kinds, codes, details: call.arguments[3] };
    }
    if (declared === undefined) return this.#readClass(this.graph.baseOf(node), call, made);
    let inner;
    visit(declared.body, (each) => {
      if (each.kind === SyntaxKind.CallExpression && each.expression.kind === SyntaxKind.SuperKeyword) inner = each;
    });
    return this.#readClass(this.graph.baseOf(node), { arguments: argumentsOf(inner), outer: call, parameters: [...declared.parameters] }, made);
  }

  /** Returns the texts that an argument can be: by its type or, if it is a parameter, by that of the argument for it, which can be narrower. */
  #literals(expression, call, made) {
    const index = call.parameters.findIndex(({ name }) => expression.kind === SyntaxKind.Identifier && name.text === expression.text);
    const given = index === -1 ? undefined : (call.outer.arguments[index] ?? call.parameters[index].initializer);
    if (given !== undefined) return this.#literals(given, call.outer, made);
    const texts = literal(this.checker.getTypeAtLocation(expression));
    if (texts === undefined || texts.includes(undefined)) throw new Error(`${placeOf(made)}: the type of the code of this error is no union of texts. Give it such a type.`);
    return texts;
  }
}

/** Returns the JSON Schema of a type. */
export function schemaOf(checker, type, place) {
  const is = (flag) => (type.flags & flag) !== 0;
  if (is(TypeFlags.BooleanLike)) return { type: 'boolean' };
  if (type.isUnionType()) return schemaOfUnion(checker, type.getTypes(), place);
  if (type.isStringLiteralType()) return { type: 'string', enum: [type.value] };
  if (is(TypeFlags.StringLike)) return { type: 'string' };
  if (is(TypeFlags.NumberLike)) return { type: 'number' };
  if (is(TypeFlags.Null)) return { type: 'null' };
  if (type.getSymbol()?.name === 'Date') return { type: 'string', format: 'date-time' };
  if (checker.isArrayLikeType(type)) return { type: 'array', items: schemaOf(checker, checker.getTypeArguments(type)[0], place) };
  const { valueType } = checker.getIndexInfosOfType(type)[0] ?? {};
  if (valueType !== undefined) return { type: 'object', additionalProperties: schemaOf(checker, valueType, place) };
  if (is(TypeFlags.Object) || type.isIntersectionType()) return objectSchema(membersOf(checker, type, place));
  throw new Error(`${place}: a member of the problem has the type ${checker.typeToString(type)}. Give it a narrower one.`);
}

function schemaOfUnion(checker, types, place) {
  const present = types.filter(({ flags }) => (flags & TypeFlags.Undefined) === 0);
  const nullable = present.some(({ flags }) => (flags & TypeFlags.Null) !== 0);
  const others = present.filter(({ flags }) => (flags & TypeFlags.Null) === 0).map((type) => schemaOf(checker, type, place));
  const texts = others.flatMap((schema) => schema.enum ?? []);
  const merged = texts.length === others.length && texts.length > 0 ? [{ type: 'string', enum: texts.sort() }] : uniqueBy(others, JSON.stringify);
  if (merged.length === 1 && nullable && merged[0].enum === undefined && typeof merged[0].type === 'string') return { ...merged[0], type: [merged[0].type, 'null'] };
  const all = [...merged, ...(nullable ? [{ type: 'null' }] : [])];
  return all.length === 1 ? all[0] : { anyOf: all };
}

const uniqueBy = (values, key) => [...new Map(values.map((value) => [key(value), value])).values()];

/** The members of an entry of `errors`. */
const fieldError = 'code,message,pointer';

const objectSchema = ({ properties, required }) =>
  Object.keys(properties).join() === fieldError ? { $ref: '#/components/schemas/FieldError' } : { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };

/** Returns the members of an object type as properties of a schema. A member that one of several types lacks is optional. */
export function membersOf(checker, type, place) {
  const types = type.isUnionType() ? type.getTypes() : [type];
  const names = [...new Set(types.flatMap((each) => checker.getPropertiesOfType(each).map(({ name }) => name)))].sort();
  const properties = {};
  const required = [];
  for (const name of names) {
    const symbols = types.map((each) => checker.getPropertyOfType(each, name));
    const present = symbols.filter((symbol) => symbol !== undefined);
    const isOptional = (symbol) => symbol === undefined || (symbol.flags & SymbolFlags.Optional) !== 0;
    const schemas = present.map((symbol) => checker.getTypeOfSymbol(symbol)).filter(({ flags }) => (flags & TypeFlags.Undefined) === 0);
    if (schemas.length === 0) continue;
    const description = present.map((symbol) => symbol.getDocumentationComment(checker)).find((text) => text !== '');
    properties[name] = { ...(description === undefined ? {} : { description }), ...schemaOfUnion(checker, schemas, place) };
    if (!symbols.some(isOptional)) required.push(name);
  }
  return { properties, required };
}
