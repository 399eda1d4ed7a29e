import { useRouter } from '@tanstack/react-router';
import { api } from '../api/client';
import { returnAddress } from '../api/settings';

interface Person {
  readonly memberships: readonly { readonly organization: { readonly id: string } }[];
  readonly platformAdmin: boolean;
}

/** Returns the page to begin at: the console of the only organization, that of operators, or the choice of an organization. */
export function startOf({
  memberships,
  platformAdmin,
}: Person): { readonly to: '/organizations' | '/operator' } | { readonly to: '/organizations/$organizationId'; readonly params: { readonly organizationId: string } } {
  const [first, ...others] = memberships;
  if (first === undefined && platformAdmin) return { to: '/operator' };
  if (first === undefined || others.length > 0) return { to: '/organizations' };
  return { to: '/organizations/$organizationId', params: { organizationId: first.organization.id } };
}

/** Returns what leads on after a sign-in: to `return_to`, or to the page to begin at. */
export function useSignInEnd(returnTo: string | undefined): () => Promise<void> {
  const router = useRouter();
  return async () => {
    const address = returnAddress(returnTo);
    if (address !== undefined) return location.assign(address);
    await router.navigate(startOf(await api.getMe()));
  };
}
