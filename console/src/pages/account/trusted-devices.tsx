import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, queries } from '../../api/client';
import { Failure } from '../../parts/form';
import { useRecentLogin } from '../../parts/recent-login';
import { Loaded } from '../../parts/states';
import { formatTime, texts } from '../../texts/texts';
import { trustedDevicesQuery } from './queries';

const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: trustedDevicesQuery.queryKey });

/** The devices that are not asked for the second factor. */
export function TrustedDevices() {
  const t = texts();
  const confirm = useRecentLogin();
  const query = useQuery(trustedDevicesQuery);
  const forget = useMutation({ mutationFn: (deviceId: string) => confirm(() => api.forgetTrustedDevice({ path: { deviceId } })), onSuccess: readAgain });
  const forgetAll = useMutation({ mutationFn: () => confirm(() => api.forgetTrustedDevices()), onSuccess: readAgain });
  return (
    <Loaded query={query}>
      {({ data: devices }) => (
        <Stack>
          {devices.length === 0 ? <Text>{t.noTrustedDevices}</Text> : null}
          <Failure error={forget.error ?? forgetAll.error} />
          {devices.map(({ id, client, trustedUntil, lastUsedAt }) => (
            <Group key={id} justify="space-between">
              <Stack gap={0}>
                <Text>{client}</Text>
                <Text size="sm">{`${t.lastUsed(formatTime(lastUsedAt))} · ${t.trustedUntil(formatTime(trustedUntil))}`}</Text>
              </Stack>
              <Button variant="default" aria-label={`${t.askAgain}: ${client}`} loading={forget.isPending && forget.variables === id} onClick={() => forget.mutate(id)}>
                {t.askAgain}
              </Button>
            </Group>
          ))}
          {devices.length > 1 ? (
            <Button variant="default" loading={forgetAll.isPending} onClick={() => forgetAll.mutate()}>
              {t.askOnAll}
            </Button>
          ) : null}
        </Stack>
      )}
    </Loaded>
  );
}
