import { useRouter } from '@tanstack/react-router';
import { api } from '../api/client';
import { returnAddress } from '../api/settings';

/** Returns what leads on after a sign-in: to `return_to`, or to the choice of an organization if there is one to make. */
export function useSignInEnd(returnTo: string | undefined): () => Promise<void> {
  const router = useRouter();
  return async () => {
    const address = returnAddress(returnTo);
    if (address !== undefined) return location.assign(address);
    const { memberships } = await api.getMe();
    await router.navigate({ to: memberships.length === 1 ? '/account' : '/organizations' });
  };
}
