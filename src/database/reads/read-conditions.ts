import { isObject } from '../../tenancy/model-kind.js';
import type { RelationField } from '../../tenancy/tenant-schema.js';
import type { ModelColumn } from './model-columns.js';
import { hasParts } from './read-shape.js';
import { UnpreparedReadError, type Statement } from './read-statement.js';

const comparisons: Readonly<Record<string, string>> = { equals: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Returns the SQL of a `where`. @throws {UnpreparedReadError} */
export function conditionSql(statement: Statement, model: string, alias: string, where: unknown): string {
  if (!isObject(where)) throw new UnpreparedReadError();
  const parts = Object.entries(where).map(([key, value]) => {
    if (key === 'AND') return all(statement, model, alias, value);
    if (key === 'OR') return any(statement, model, alias, value);
    return fieldSql(statement, model, alias, key, value);
  });
  return joined(
    parts.filter((part) => part !== 'true'),
    ' and ',
    'true',
  );
}

function joined(parts: readonly string[], by: string, none: string): string {
  if (parts.length < 2) return parts[0] ?? none;
  return `(${parts.join(by)})`;
}

function all(statement: Statement, model: string, alias: string, value: unknown): string {
  const conditions: readonly unknown[] = Array.isArray(value) ? value : [value];
  const parts = conditions.map((condition) => conditionSql(statement, model, alias, condition));
  return joined(
    parts.filter((part) => part !== 'true'),
    ' and ',
    'true',
  );
}

function any(statement: Statement, model: string, alias: string, value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) throw new UnpreparedReadError();
  const parts = value.map((condition) => conditionSql(statement, model, alias, condition));
  // Prisma leaves an empty condition out of an OR; as SQL it would be true for every row.
  if (parts.includes('true')) throw new UnpreparedReadError();
  return joined(parts, ' or ', 'false');
}

/** A condition on rows of the other side of a relation: to-one as `{ is: … }` or `{ … }`, lists as `{ some: … }` or `{ none: … }`. */
function relationSql(statement: Statement, model: string, alias: string, relation: RelationField, value: unknown): string {
  if (!isObject(value)) throw new UnpreparedReadError();
  const operators = Object.keys(value);
  const [operator] = relation.list ? operators : operators.filter((key) => key === 'is' || key === 'isNot');
  if (operator !== undefined && operators.length > 1) throw new UnpreparedReadError();
  if (operator === undefined ? relation.list : !['is', 'some', 'none'].includes(operator)) throw new UnpreparedReadError();
  const condition = operator === undefined ? value : value[operator];
  // `null` asks whether there is a row at all. Prisma ignores an empty condition on a to-one relation.
  if (!isObject(condition) || (!relation.list && Object.keys(condition).length === 0)) throw new UnpreparedReadError();
  const other = statement.nextAlias();
  const parts = [...statement.joinKeys(model, alias, relation, other).map(({ sql }) => sql), conditionSql(statement, relation.model, other, condition)];
  const sql = `exists (select from ${statement.table(relation.model)} ${other} where ${parts.filter((part) => part !== 'true').join(' and ')})`;
  return operator === 'none' ? `not ${sql}` : sql;
}

/** Prisma refuses to ask whether a required field is null. */
function isNull({ optional }: ModelColumn, sql: string): string {
  if (optional !== true) throw new UnpreparedReadError();
  return `${sql} is null`;
}

function fieldSql(statement: Statement, model: string, alias: string, name: string, value: unknown): string {
  const relation = statement.relation(model, name);
  if (relation !== undefined) return relationSql(statement, model, alias, relation, value);
  const column = statement.column(model, name);
  // Prisma has conditions of their own for documents and lists.
  if (column.type === 'Json' || column.list === true) throw new UnpreparedReadError();
  const sql = `${alias}."${column.column}"`;
  if (value === null) return isNull(column, sql);
  if (value === undefined || Array.isArray(value)) throw new UnpreparedReadError();
  if (!hasParts(value)) return `${sql} = ${statement.parameter(column)}`;
  const parts = Object.entries(value).map(([operator, operand]) => {
    if (column.type === 'Boolean' && operator !== 'equals' && operator !== 'not') throw new UnpreparedReadError();
    if (operand === undefined || (Array.isArray(operand) && operator !== 'in') || hasParts(operand)) throw new UnpreparedReadError();
    if (operator === 'not') return operand === null ? `not ${isNull(column, sql)}` : `${sql} <> ${statement.parameter(column)}`;
    if (operator === 'in' && operand !== null) return `${sql} = any(${statement.listParameter(column)})`;
    const comparison = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    if (comparison === undefined) throw new UnpreparedReadError();
    if (operand !== null) return `${sql} ${comparison} ${statement.parameter(column)}`;
    if (operator === 'equals') return isNull(column, sql);
    throw new UnpreparedReadError();
  });
  // Some objects have no operators: as SQL the condition would be true for every row.
  if (parts.length === 0) throw new UnpreparedReadError();
  return joined(parts, ' and ', 'true');
}
