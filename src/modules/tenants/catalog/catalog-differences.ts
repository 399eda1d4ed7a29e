import type { Catalog } from '../../../config/catalog/catalog.js';

type Entries = ReadonlyMap<string, unknown>;

/** Describes a value. Equal values have the same description, whatever the order of their parts. */
function describeValue(value: unknown): string {
  if (value === undefined) return 'unlimited';
  if (value instanceof Set) return [...(value as Set<string>)].sort().join(', ') || 'nothing';
  if (Array.isArray(value)) return value.map((item) => `(${describeValue(item)})`).join(', ') || 'nothing';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).replace(/^"|"$/g, '');
  const entries = value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value);
  return (
    entries
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, each]) => `${key} ${describeValue(each)}`)
      .join(', ') || 'nothing'
  );
}

function* changesOf(kind: string, before: Entries, after: Entries): Generator<string> {
  for (const key of before.keys()) if (!after.has(key)) yield `${kind} "${key}" was removed`;
  for (const [key, now] of after) {
    const then = before.get(key);
    if (then === undefined) yield `${kind} "${key}" was added`;
    else if (Array.isArray(now)) {
      if (describeValue(then) !== describeValue(now)) yield `${kind} "${key}" changed from ${describeValue(then)} to ${describeValue(now)}`;
    } else yield* fieldChanges(`${kind} "${key}"`, then as object, now as object);
  }
}

function* fieldChanges(what: string, then: object, now: object): Generator<string> {
  for (const field of Object.keys(now)) {
    const [old, fresh] = [then, now].map((entry) => (entry as Readonly<Record<string, unknown>>)[field]);
    if (describeValue(old) === describeValue(fresh)) continue;
    if (fresh instanceof Set && old instanceof Set) yield* setChanges(`${what}: ${field}`, old as Set<string>, fresh as Set<string>);
    else yield `${what}: ${field} changed from ${describeField(field, old)} to ${describeField(field, fresh)}`;
  }
}

/** An undefined number of seats means unlimited; any other undefined value means none. */
const describeField = (field: string, value: unknown): string => (value === undefined && field !== 'seats' ? 'none' : describeValue(value));

function* setChanges(what: string, then: ReadonlySet<string>, now: ReadonlySet<string>): Generator<string> {
  const gone = [...then].filter((item) => !now.has(item)).sort();
  const fresh = [...now].filter((item) => !then.has(item)).sort();
  if (gone.length > 0) yield `${what} removed: ${gone.join(', ')}`;
  if (fresh.length > 0) yield `${what} added: ${fresh.join(', ')}`;
}

/** Describes the differences between two catalogs, one a line. */
export function describeCatalogChanges(before: Catalog, after: Catalog): string[] {
  return [
    ...(before.defaultPlan === after.defaultPlan ? [] : [`the default plan changed from "${before.defaultPlan}" to "${after.defaultPlan}"`]),
    ...(before.defaultRole === after.defaultRole ? [] : [`the default role changed from "${before.defaultRole}" to "${after.defaultRole}"`]),
    ...changesOf('permission', before.permissions, after.permissions),
    ...changesOf('role', before.roles, after.roles),
    ...changesOf('feature', before.features, after.features),
    ...changesOf('meter', before.meters, after.meters),
    ...changesOf('plan', before.plans, after.plans),
    ...changesOf('add-on', before.addOns, after.addOns),
    ...changesOf('setting', before.settings, after.settings),
    ...changesOf('rate limit', before.rateLimits, after.rateLimits),
  ];
}
