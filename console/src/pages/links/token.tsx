import { Alert } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Sheet } from '../../parts/sheet';
import { texts } from '../../texts/texts';

/** A page that a mail links to. It calls nothing before a button is pressed, because mail scanners open links. */
export function LinkedPage({ title, children }: { readonly title: string; readonly children: (token: string) => ReactNode }) {
  const { token } = useSearch({ strict: false });
  return (
    <Sheet title={title}>
      {token === undefined ? (
        <Alert color="red" variant="outline" role="alert">
          {texts().missingToken}
        </Alert>
      ) : (
        children(token)
      )}
    </Sheet>
  );
}
