import { queryOptions } from '@tanstack/react-query';
import { api, queries } from '../../api/client';
import type { Item } from '@tenantry/sdk';
import type { PageRequest } from '../../parts/data-table';

/** The beginning of the keys of all that operators read. */
export const operatorKey = 'operator';

export const plansQuery = queryOptions({ queryKey: [operatorKey, 'plans'], staleTime: Infinity, queryFn: () => api.listPlans() });
/** Few rows, which only operators may read. */
export const operatorsQuery = queryOptions({ queryKey: [operatorKey, 'operators'], queryFn: () => api.listOperators() });
export const statsQuery = queryOptions({ queryKey: [operatorKey, 'stats'], queryFn: () => api.getTenantStats() });
export const jobsQuery = queryOptions({ queryKey: [operatorKey, 'jobs'], queryFn: () => api.listJobs() });
export const webhookHealthQuery = queryOptions({ queryKey: [operatorKey, 'webhooks', 'health'], queryFn: () => api.getWebhookHealth() });
export const sinksQuery = queryOptions({ queryKey: [operatorKey, 'sinks'], queryFn: () => api.listEventSinks() });
export const healthQuery = queryOptions({ queryKey: [operatorKey, 'health'], queryFn: () => api.getInstallationHealth() });
export const tenantQuery = (tenantId: string) => queryOptions({ queryKey: [operatorKey, 'tenant', tenantId], queryFn: () => api.getTenant({ path: { tenantId } }) });

/** Reads all lists and documents again, after something was changed. */
export const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: [operatorKey] });

/** Returns the features of all plans. */
export const featuresOf = (plans: Awaited<ReturnType<typeof api.listPlans>>): string[] => [...new Set(plans.data.flatMap(({ features }) => features))].toSorted();

/** Returns what a page is asked for, with its order if the list has it. */
export function inOrder<Order extends string>({ limit, cursor, sort }: PageRequest, orders: readonly Order[]) {
  const order = orders.find((each) => each === sort);
  return { limit, ...(cursor === undefined ? {} : { cursor }), ...(order === undefined ? {} : { sort: order }) };
}

/** Milliseconds after which a sink that has not received events is late, as the alert TenantrySinkLate has it. */
const sinkLateAfter = 15 * 60_000;

/** Returns what is the matter with a sink. */
export function sinkStateOf({ configured, startedAt, waitingSince, failures }: Item<'listEventSinks'>): 'works' | 'notConfigured' | 'notStarted' | 'failing' | 'late' {
  if (!configured) return 'notConfigured';
  if (startedAt === null) return 'notStarted';
  if (failures > 0) return 'failing';
  return waitingSince !== null && Date.now() - Date.parse(waitingSince) > sinkLateAfter ? 'late' : 'works';
}
