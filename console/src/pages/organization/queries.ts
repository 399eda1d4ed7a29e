import { queryOptions } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { api, queries } from '../../api/client';
import { currentLanguage, type Language } from '../../texts/texts';
import type { OpenOrganization } from './context';

/** Returns the key of what a page of an organization reads. */
export const keyOf = ({ id }: Pick<OpenOrganization, 'id'>, ...parts: readonly unknown[]): readonly unknown[] => ['organization', id, ...parts];

/** Reads something of an organization again, on whichever page it is shown. */
export const readAgain = (organization: Pick<OpenOrganization, 'id'>, ...parts: readonly unknown[]): Promise<void> =>
  queries.invalidateQueries({ queryKey: keyOf(organization, ...parts) });

export type Role = Data<'listRoles'>['data'][number];

/** The roles of an organization; none for a person who may not see them. */
export const rolesQuery = (organization: OpenOrganization) =>
  queryOptions({
    queryKey: keyOf(organization, 'roles'),
    queryFn: async (): Promise<readonly Role[]> => (organization.may('roles:read') ? (await organization.api.listRoles()).data : []),
  });

/** The base roles that the person can grant: those up to the own rank. */
export function grantableRoles({ me }: OpenOrganization, roles: readonly Role[]): readonly Role[] {
  const own = roles.find(({ key, custom }) => !custom && key === me.role)?.rank ?? 0;
  return roles.filter(({ custom, rank }) => !custom && (rank ?? 0) <= own);
}

/** The name of a role, or its key for people who may not see the roles. */
export const roleName = (roles: readonly Role[], role: string): string => roles.find(({ key }) => key === role)?.name ?? role;

/** Loads what the built-in permissions allow, in the languages that the API does not speak. */
const translations: Readonly<Record<Language, () => Promise<Readonly<Record<string, string>>>>> = {
  en: () => Promise.resolve({}),
  de: async () => (await import('./permissions-de')).permissions,
};

/** The permissions of the catalog, which are the same in every organization. */
export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: async () => {
    const [{ data }, translated] = await Promise.all([api.listPermissions(), translations[currentLanguage()]()]);
    return { data: data.map((each) => ({ ...each, description: translated[each.key] ?? each.description })) };
  },
  staleTime: Infinity,
});

/** Finds members by name or address, as the choices of a field. */
export async function searchMembers(organization: OpenOrganization, text: string): Promise<readonly { readonly value: string; readonly label: string }[]> {
  const search = text.trim();
  const { data } = await organization.api.listMembers({ query: { limit: 20, ...(search === '' ? {} : { search }) } });
  return data.map(({ userId, name, email, userName }) => ({ value: userId, label: `${name} (${email ?? userName ?? ''})` }));
}

/** The features of the catalog, and whether the organization has them. */
export const featuresQuery = (organization: OpenOrganization) =>
  queryOptions({ queryKey: keyOf(organization, 'features'), queryFn: async () => (organization.may('organization:read') ? (await organization.api.listFeatures()).data : []) });
