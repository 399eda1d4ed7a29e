import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';

export const profileQuery = queryOptions({ queryKey: ['profile'], queryFn: () => api.getProfile() });
export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => api.getMe() });
export const passkeysQuery = queryOptions({ queryKey: ['passkeys'], queryFn: () => api.listPasskeys() });
export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: () => api.listSessions() });
export const trustedDevicesQuery = queryOptions({ queryKey: ['trusted-devices'], queryFn: () => api.listTrustedDevices() });
export const providersQuery = queryOptions({ queryKey: ['providers'], queryFn: () => api.listAuthProviders() });
export const identitiesQuery = queryOptions({
  queryKey: ['identities'],
  queryFn: async () => {
    const [{ data: identities }, { data: links }] = await Promise.all([api.listIdentities(), api.listSsoLinks()]);
    return { identities, links };
  },
});
export const joinableQuery = queryOptions({ queryKey: ['joinable'], queryFn: () => api.listJoinableOrganizations() });
export const deletedQuery = queryOptions({
  queryKey: ['deleted-organizations'],
  queryFn: async () => (await api.listMyOrganizations()).data.filter(({ deletedAt }) => deletedAt !== null),
});
