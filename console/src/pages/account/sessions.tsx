import { Badge, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, queries } from '../../api/client';
import { Failure } from '../../parts/form';
import { useRecentLogin } from '../../parts/recent-login';
import { formatTime, texts } from '../../texts/texts';
import { sessionsQuery } from './queries';

const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });

export function Sessions() {
  const t = texts();
  const confirm = useRecentLogin();
  const { data, error } = useQuery(sessionsQuery);
  const end = useMutation({ mutationFn: (id: string) => confirm(() => api.revokeSession({ path: { id } })), onSuccess: readAgain });
  const endOthers = useMutation({ mutationFn: () => confirm(() => api.revokeOtherSessions()), onSuccess: readAgain });
  const sessions = data?.data ?? [];
  return (
    <>
      <Failure error={error ?? end.error ?? endOthers.error} />
      {data === undefined && error === null ? <Loader role="img" aria-label={t.loading} /> : null}
      {sessions.map(({ id, current, userAgent, ipAddress, lastUsedAt }) => (
        <Group key={id} justify="space-between" wrap="nowrap">
          <Stack gap={0} miw={0}>
            <Text size="sm" truncate>
              {userAgent ?? t.unknownDevice}
            </Text>
            <Text size="sm">{[ipAddress, t.lastUsed(formatTime(lastUsedAt))].filter((part) => part !== null).join(' · ')}</Text>
          </Stack>
          {current ? (
            <Badge variant="outline" tt="none" style={{ flexShrink: 0 }}>
              {t.thisDevice}
            </Badge>
          ) : (
            <Button variant="default" loading={end.isPending && end.variables === id} style={{ flexShrink: 0 }} onClick={() => end.mutate(id)}>
              {t.endSession}
            </Button>
          )}
        </Group>
      ))}
      {sessions.length > 1 ? (
        <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
          {t.endOthers}
        </Button>
      ) : null}
    </>
  );
}
