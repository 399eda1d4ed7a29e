import { isObject } from '../../tenancy/model-kind.js';
import { UnpreparedReadError, type Statement } from './read-statement.js';

const comparisons: Readonly<Record<string, string>> = { equals: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Returns the SQL of a `where`. @throws {UnpreparedReadError} */
export function conditionSql(statement: Statement, model: string, alias: string, where: unknown): string {
  if (where === undefined) return 'true';
  if (!isObject(where)) throw new UnpreparedReadError();
  const parts = Object.entries(where).map(([key, value]) => {
    if (key === 'AND') return all(statement, model, alias, value);
    if (key === 'OR') return any(statement, model, alias, value);
    return fieldSql(statement, model, alias, key, value);
  });
  return joined(parts.filter((part) => part !== 'true'), ' and ', 'true');
}

function joined(parts: readonly string[], by: string, none: string): string {
  if (parts.length < 2) return parts[0] ?? none;
  return `(${parts.join(by)})`;
}

function all(statement: Statement, model: string, alias: string, value: unknown): string {
  const conditions: readonly unknown[] = Array.isArray(value) ? value : [value];
  const parts = conditions.map((condition) => conditionSql(statement, model, alias, condition));
  return joined(parts.filter((part) => part !== 'true'), ' and ', 'true');
}

function any(statement: Statement, model: string, alias: string, value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) throw new UnpreparedReadError();
  return joined(value.map((condition) => conditionSql(statement, model, alias, condition)), ' or ', 'false');
}

function fieldSql(statement: Statement, model: string, alias: string, name: string, value: unknown): string {
  const column = statement.column(model, name);
  const sql = `${alias}."${column.column}"`;
  if (value === null) return `${sql} is null`;
  if (!isObject(value) || value instanceof Date) return `${sql} = ${statement.parameter(column, value)}`;
  const parts = Object.entries(value).map(([operator, operand]) => {
    if (operator === 'not' && !isObject(operand)) return operand === null ? `${sql} is not null` : `${sql} <> ${statement.parameter(column, operand)}`;
    if (operator === 'in') return `${sql} = any(${statement.listParameter(column, operand)})`;
    const comparison = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    if (comparison === undefined) throw new UnpreparedReadError();
    return operator === 'equals' && operand === null ? `${sql} is null` : `${sql} ${comparison} ${statement.parameter(column, operand)}`;
  });
  return joined(parts, ' and ', 'true');
}
