import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core';
import { isTenantryError } from '@tenantry/sdk';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { shown } from '../api/errors';
import { texts } from '../texts/texts';

interface LoadingStateProps {
  /** The height of what comes, in pixels, so that what is below does not jump. */
  readonly height?: number;
}

export function LoadingState({ height = 120 }: LoadingStateProps) {
  return (
    <Center mih={height} role="status">
      <Loader role="img" aria-label={texts().loading} {...(height < 60 ? { size: 'sm' } : {})} />
    </Center>
  );
}

interface EmptyStateProps {
  readonly title?: string;
  /** What to do, such as a button. */
  readonly children?: ReactNode;
}

export function EmptyState({ title = texts().nothing, children }: EmptyStateProps) {
  return (
    <Stack align="center" py="lg" gap="sm" role="status">
      <Text c="dimmed">{title}</Text>
      {children}
    </Stack>
  );
}

/** Stands in the place of what the person may not see. */
export function NoPermissionState() {
  const t = texts();
  return (
    <Alert color="gray" variant="outline" title={t.noPermission} role="status">
      {t.noPermissionHint}
    </Alert>
  );
}

/** Whether the API refuses a call for want of a permission. */
const isForbidden = (error: unknown): boolean => isTenantryError(error, 'access_denied');

interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: () => unknown;
}

/** Says why something could not be read, and reads it again. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  if (isForbidden(error)) return <NoPermissionState />;
  const { title, detail } = shown(error);
  return (
    <Alert color="red" variant="outline" title={title} role="alert">
      <Stack align="flex-start" gap="sm">
        {detail}
        {onRetry === undefined ? null : (
          <Button variant="default" size="xs" onClick={() => void onRetry()}>
            {texts().retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

interface LoadedProps<Data> extends LoadingStateProps {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}

/** Shows what a query has read, and its state before. */
export function Loaded<Data>({ query, children, ...loading }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  return query.error === null ? <LoadingState {...loading} /> : <ErrorState error={query.error} onRetry={query.refetch} />;
}
