import { isObject } from '../../tenancy/model-kind.js';
import { UnpreparedReadError, type Statement } from './read-statement.js';

/** Returns the SQL of an `orderBy` with a leading blank; empty without one. @throws {UnpreparedReadError} */
export function orderSql(statement: Statement, model: string, alias: string, orderBy: unknown): string {
  if (orderBy === undefined) return '';
  const orders: readonly unknown[] = Array.isArray(orderBy) ? orderBy : [orderBy];
  const terms = orders.flatMap((order) => {
    if (!isObject(order) || Object.keys(order).length !== 1) throw new UnpreparedReadError();
    return Object.entries(order).map(([field, direction]) => {
      if (direction !== 'asc' && direction !== 'desc') throw new UnpreparedReadError();
      return `${alias}."${statement.column(model, field).column}" ${direction}`;
    });
  });
  return terms.length === 0 ? '' : ` order by ${terms.join(', ')}`;
}
