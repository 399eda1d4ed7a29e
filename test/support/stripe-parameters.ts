import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync, type TsInterfaceDeclaration, type TsType, type TsTypeAliasDeclaration, type TsTypeElement } from '@swc/core';

/** A request's parameters, as they come out of a form: texts, lists, objects. */
export type Parameters = string | { readonly [name: string]: Parameters } | readonly Parameters[];

type Declared = TsInterfaceDeclaration | TsTypeAliasDeclaration;
const folder = 'node_modules/stripe/esm/resources';
const files = new Map<string, ReadonlyMap<string, Declared>>();

/** The declarations of a file of the library, by qualified name. */
function declarations(file: string): ReadonlyMap<string, Declared> {
  const known = files.get(file);
  if (known !== undefined) return known;
  const found = new Map<string, Declared>();
  const walk = (nodes: readonly any[], scope: string): void => {
    for (const node of nodes) {
      const { type, id, body } = node.declaration ?? node;
      const name = `${scope}${id?.value}`;
      if (type === 'TsInterfaceDeclaration' || type === 'TsTypeAliasDeclaration') found.set(name, node.declaration ?? node);
      if (type === 'TsModuleDeclaration') walk(body.body, `${name}.`);
    }
  };
  walk(parseSync(readFileSync(path.join(folder, `${file}.d.ts`), 'utf8'), { syntax: 'typescript' }).body, '');
  files.set(file, found);
  return found;
}

const nameOf = (node: any): string => (node.type === 'TsQualifiedName' ? `${nameOf(node.left)}.${nameOf(node.right)}` : node.value);

/** Holds the parameters of a request against their declaration. */
class Check {
  readonly problems: string[] = [];

  constructor(private readonly declared: ReadonlyMap<string, Declared>) {}

  members(name: string, given: Parameters, at: string): void {
    const declaration = this.declared.get(name);
    if (declaration?.type !== 'TsInterfaceDeclaration' || typeof given !== 'object') return void this.problems.push(`${at}: no ${name}`);
    const members = new Map(
      declaration.body.body.flatMap((element: TsTypeElement) => (element.type === 'TsPropertySignature' ? [[(element.key as any).value as string, element]] : [])),
    );
    const pages = declaration.extends.length > 0 ? ['limit', 'starting_after', 'ending_before'] : [];
    for (const [key, value] of Object.entries(given)) {
      const member = members.get(key);
      if (member === undefined && !pages.includes(key)) this.problems.push(`${at}${key}: Received unknown parameter`);
      if (member?.typeAnnotation != null && !this.#fits(member.typeAnnotation.typeAnnotation, value, name, `${at}${key}.`)) this.problems.push(`${at}${key}: Invalid value`);
    }
    for (const [key, { optional }] of members) if (!optional && !(key in given)) this.problems.push(`${at}${key}: Missing required param`);
  }

  #fits(type: TsType, value: Parameters, scope: string, at: string): boolean {
    if (type.type === 'TsUnionType') return type.types.some((each) => this.#fits(each, value, scope, at));
    if (type.type === 'TsLiteralType') return value === String((type.literal as any).value);
    if (type.type === 'TsKeywordType') {
      if (type.kind === 'number') return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
      return type.kind === 'boolean' ? value === 'true' || value === 'false' : type.kind === 'string' && typeof value === 'string';
    }
    if (type.type === 'TsTypeLiteral') return typeof value === 'object';
    return type.type === 'TsTypeReference' && this.#refers(type, value, scope, at);
  }

  #refers(type: any, value: Parameters, scope: string, at: string): boolean {
    const name = nameOf(type.typeName);
    const of: TsType | undefined = type.typeParams?.params[0];
    if (name === 'Array') return Array.isArray(value) && value.every((each) => of !== undefined && this.#fits(of, each, scope, at));
    if (name === 'Emptyable') return value === '' || (of !== undefined && this.#fits(of, value, scope, at));
    if (name === 'MetadataParam') return typeof value === 'object' && Object.values(value).every((each) => typeof each === 'string');
    // Parameters of later API versions are not sent.
    if (name === 'OtherString') return false;
    const found = this.#resolve(name, scope);
    if (found === undefined) return true;
    const declaration = this.declared.get(found);
    if (declaration?.type === 'TsTypeAliasDeclaration') return this.#fits(declaration.typeAnnotation, value, found, at);
    this.members(found, value, at);
    return true;
  }

  #resolve(name: string, scope: string): string | undefined {
    const parts = scope.split('.');
    for (let length = parts.length; length >= 0; length -= 1) {
      const full = [...parts.slice(0, length), name].join('.');
      if (this.declared.has(full)) return full;
    }
    return undefined;
  }
}

/**
 * Returns the parameters of a request that Stripe would refuse: unknown names, wrong types, values that are not listed.
 * Known from the declarations of the pinned library, which Stripe generates from its OpenAPI description.
 *
 * @param declaration e.g. `Checkout/Sessions Checkout.SessionCreateParams`
 */
export function problemsOf(declaration: string, parameters: Parameters): readonly string[] {
  const [file = '', name = ''] = declaration.split(' ');
  const check = new Check(declarations(file));
  check.members(name, parameters, '');
  return check.problems;
}

/** Reads `a[b][0]=c`, as Stripe's library writes it. */
export function readForm(text: string): Parameters {
  const root: Record<string, any> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const keys = [...name.matchAll(/[^[\]]+/g)].map(([key]) => key);
    let at = root;
    for (const key of keys.slice(0, -1)) at = at[key] ??= {};
    at[keys.at(-1) ?? ''] = value;
  }
  return listed(root);
}

/** Objects whose names count from 0 are lists. */
function listed(value: any): Parameters {
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, each]) => [key, listed(each)] as const);
  return entries.length > 0 && entries.every(([key], index) => key === String(index)) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
