import { Outlet, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { onSignedOut } from '../api/client';
import { texts } from '../texts/texts';
import { ActingFrame } from './acting-frame';
import { Sheet } from './sheet';
import { ErrorState } from './states';

/** The pages that need a session lead to the sign-in page when it ends, in whichever tab. */
export function Root() {
  const router = useRouter();
  useEffect(() => onSignedOut(() => void router.invalidate()), [router]);
  return (
    <>
      <Outlet />
      <ActingFrame />
    </>
  );
}

/** Stands in the place of a page that failed, or whose scripts could not be loaded. */
export function PageFailure({ error }: ErrorComponentProps) {
  return (
    <Sheet title={texts().failed}>
      <ErrorState error={error} onRetry={() => location.reload()} />
    </Sheet>
  );
}
