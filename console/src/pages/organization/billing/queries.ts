import type { Plan, PlanList, Subscription } from '@tenantry/sdk';
import { queryOptions } from '@tanstack/react-query';
import { api, queries } from '../../../api/client';
import type { OpenOrganization } from '../context';

/** The subscription with its version, which a change names. */
export interface CurrentSubscription {
  readonly subscription: Subscription;
  readonly etag: string;
}

export interface Billing extends CurrentSubscription {
  readonly plans: PlanList;
}

/** The plans of the catalog. */
export const plansQuery = queryOptions({ queryKey: ['plans'], staleTime: Infinity, queryFn: () => api.listPlans() });

/** The subscription of an organization and what is sold to it. */
export const billingQuery = ({ id, api: own }: OpenOrganization) =>
  queryOptions({
    queryKey: ['organization', id, 'billing'],
    queryFn: async (): Promise<Billing> => {
      const [{ data: subscription, headers }, plans] = await Promise.all([own.send('getSubscription'), queries.fetchQuery(plansQuery)]);
      if (subscription === undefined) throw new Error('The answer has no subscription');
      return { subscription, etag: headers.get('etag') ?? '', plans };
    },
  });

/** The names of features by their keys; an error for people who may not read the organization. */
export const featureNamesQuery = ({ id, api: own }: OpenOrganization) =>
  queryOptions({
    queryKey: ['organization', id, 'feature-names'],
    staleTime: Infinity,
    queryFn: async (): Promise<ReadonlyMap<string, string>> => {
      const { data } = await own.listFeatures();
      return new Map(data.map(({ key, name }) => [key, name]));
    },
  });

/** Reads everything of an organization again: a change of its plan decides about more than its price. */
export const readAgain = ({ id }: OpenOrganization): Promise<void> => queries.invalidateQueries({ queryKey: ['organization', id] });

export const planOf = ({ data }: PlanList, key: string): Plan | undefined => data.find((plan) => plan.key === key);
export const planName = (plans: PlanList, key: string): string => planOf(plans, key)?.name ?? key;
export const addOnName = ({ addOns }: PlanList, key: string): string => addOns.find((addOn) => addOn.key === key)?.name ?? key;
