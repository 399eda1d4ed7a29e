import { Badge } from '@mantine/core';

/** The state of something, in a word or two. */
export function StatusBadge({ children, isBad = false }: { readonly children: string; readonly isBad?: boolean }) {
  return (
    <Badge variant="outline" tt="none" miw="max-content" color={isBad ? 'red' : 'gray'}>
      {children}
    </Badge>
  );
}
