import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { onSignedOut } from '../api/client';

/** The pages that need a session lead to the sign-in page when it ends, in whichever tab. */
export function Root() {
  const router = useRouter();
  useEffect(() => onSignedOut(() => void router.invalidate()), [router]);
  return <Outlet />;
}
