import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable } from '../../../parts/data-table';
import { Failure } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState } from '../../../parts/states';
import { formatTime, texts as common } from '../../../texts/texts';
import { useOrganization } from '../context';
import { keyOf, readAgain } from '../queries';
import { texts } from './texts';

type JoinRequest = Data<'listJoinRequests'>['data'][number];

export function JoinRequests() {
  const organization = useOrganization();
  const { api, may } = organization;
  const prove = useRecentLogin();
  const changed = (): Promise<unknown> => Promise.all(['join-requests', 'members', 'overview'].map((part) => readAgain(organization, part)));
  const approve = useMutation({
    mutationFn: ({ id: joinRequestId }: JoinRequest) => prove(() => api.approveJoinRequest({ path: { joinRequestId }, body: {} })),
    onSuccess: changed,
  });
  return (
    <Stack>
      <Failure error={approve.error} />
      <DataTable<JoinRequest>
        label={texts.joinRequests}
        rowKey={({ id }) => id}
        queryKey={keyOf(organization, 'join-requests')}
        load={({ limit, cursor }) => api.listJoinRequests({ query: { limit, ...(cursor === undefined ? {} : { cursor }) } })}
        empty={<EmptyState title={texts.noRequests} />}
        columns={[
          {
            key: 'name',
            title: texts.person,
            cell: ({ name, email, message }) => (
              <Stack gap={0}>
                <Text>{name}</Text>
                <Text size="sm">{email}</Text>
                {message === null ? null : (
                  <Text size="sm" fs="italic">
                    {message}
                  </Text>
                )}
              </Stack>
            ),
          },
          { key: 'status', title: texts.statusLabel, cell: ({ status }) => texts.requestStatus[status] },
          { key: 'asked', title: texts.asked, cell: ({ createdAt }) => <Text size="sm">{formatTime(createdAt)}</Text> },
          {
            key: 'actions',
            title: common().actions,
            isTitleHidden: true,
            align: 'end',
            cell: (request) =>
              may('invitations:write') && request.status === 'pending' ? (
                <Group gap="xs" justify="flex-end" wrap="nowrap">
                  <Button
                    size="xs"
                    aria-label={`${texts.approve}: ${request.name}`}
                    loading={approve.isPending && approve.variables.id === request.id}
                    onClick={() => approve.mutate(request)}
                  >
                    {texts.approve}
                  </Button>
                  <ConfirmButton
                    action={texts.decline}
                    name={`${texts.decline}: ${request.name}`}
                    title={texts.declineTitle}
                    onConfirm={async () => {
                      await api.declineJoinRequest({ path: { joinRequestId: request.id } });
                      await changed();
                    }}
                  >
                    {texts.declineHint(request.name)}
                  </ConfirmButton>
                </Group>
              ) : null,
          },
        ]}
      />
    </Stack>
  );
}
