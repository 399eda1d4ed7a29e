import { tenantSchema } from '../../generated/tenant-schema.js';

/** The row that a path names: `param` has its key, and is undefined for the caller's own account. */
export interface VersionedResource {
  readonly table: string;
  readonly param: string | undefined;
}

/** The tables whose paths name a row by something else than its id, or whose parameter has another name (`app.version_rows`). */
const others: Readonly<Record<string, string>> = { userId: 'memberships', key: 'custom_roles', tenantId: 'organizations' };

/** Returns `projects` for `projectId`; undefined when there is no such model. */
function tableOf(param: string): string | undefined {
  const name = Object.hasOwn(others, param) ? others[param] : undefined;
  if (name !== undefined || !param.endsWith('Id')) return name;
  const suffix = param.slice(0, -'Id'.length).toLowerCase();
  const models = Object.keys(tenantSchema);
  // `reservationId` is the id of a UsageReservation, if there is no model Reservation.
  const model = models.find((each) => each.toLowerCase() === suffix) ?? models.find((each) => each.toLowerCase() === `usage${suffix}`);
  return model === undefined ? undefined : tenantSchema[model]?.table;
}

/**
 * Returns the row whose version a change of a path requires in `If-Match`. The last part of the path names it, so that a new resource has versions when its
 * parameter is called after its model.
 *
 * @param path of the route, with its parameters as `:projectId`
 */
export function versionedResource(path: string): VersionedResource | undefined {
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (last === 'me') return { table: 'users', param: undefined };
  if (!last.startsWith(':')) return undefined;
  const param = last.slice(1);
  const table = tableOf(param);
  return table === undefined ? undefined : { table, param };
}
