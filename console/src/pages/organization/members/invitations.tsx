import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { ConfirmButton } from '../../../parts/confirm';
import { Copyable } from '../../../parts/copy';
import { DataTable } from '../../../parts/data-table';
import { Failure, Success } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState } from '../../../parts/states';
import { formatTime, texts as common } from '../../../texts/texts';
import { useOrganization } from '../context';
import { keyOf, readAgain, roleName, rolesQuery } from '../queries';
import { texts } from './texts';

type Invitation = Data<'listInvitations'>['data'][number];
type Status = Invitation['status'];

const statuses: readonly Status[] = ['pending', 'accepted', 'declined', 'revoked', 'expired', 'void'];

export function Invitations() {
  const organization = useOrganization();
  const { data: roles = [] } = useQuery(rolesQuery(organization));
  const [status, setStatus] = useState<Status | ''>('pending');
  const prove = useRecentLogin();
  const changed = (): Promise<unknown> => Promise.all(['invitations', 'overview'].map((part) => readAgain(organization, part)));
  const resend = useMutation({
    mutationFn: ({ id: invitationId }: Invitation) => prove(() => organization.api.resendInvitation({ path: { invitationId } })),
    onSuccess: changed,
  });
  const filters = status === '' ? {} : { status };
  return (
    <Stack>
      <NativeSelect
        label={texts.statusLabel}
        maw={220}
        value={status}
        data={[{ value: '', label: texts.anyStatus }, ...statuses.map((value) => ({ value, label: texts.invitationStatus[value] }))]}
        onChange={({ currentTarget }) => setStatus(statuses.find((each) => each === currentTarget.value) ?? '')}
      />
      <Failure error={resend.error} />
      {resend.data === undefined ? null : resend.data.link === undefined ? (
        <Success>{texts.resent(resend.data.email)}</Success>
      ) : (
        <Copyable label={texts.linkFor(resend.data.email)} value={resend.data.link} />
      )}
      <DataTable<Invitation>
        label={texts.invitations}
        rowKey={({ id }) => id}
        queryKey={keyOf(organization, 'invitations', filters)}
        load={({ limit, cursor }) => organization.api.listInvitations({ query: { limit, ...(cursor === undefined ? {} : { cursor }), ...filters, count: true } })}
        empty={<EmptyState title={texts.noInvitations} />}
        minWidth={700}
        columns={[
          {
            key: 'email',
            title: common().email,
            cell: ({ email, delivery, mail }) => (
              <Stack gap={0}>
                <Text>{email}</Text>
                <Text size="sm">
                  {delivery === 'link'
                    ? texts.viaLink
                    : mail?.status === 'failed'
                      ? `${texts.mailFailed}: ${mail.failure ?? ''}`
                      : mail?.status === 'queued'
                        ? texts.mailQueued
                        : null}
                </Text>
              </Stack>
            ),
          },
          { key: 'role', title: texts.role, cell: ({ role }) => roleName(roles, role) },
          { key: 'status', title: texts.statusLabel, cell: (invitation) => texts.invitationStatus[invitation.status] },
          { key: 'expires', title: texts.expires, cell: ({ expiresAt }) => <Text size="sm">{formatTime(expiresAt)}</Text> },
          {
            key: 'actions',
            title: common().actions,
            isTitleHidden: true,
            align: 'end',
            cell: (invitation) =>
              organization.may('invitations:write') && ['pending', 'expired', 'void'].includes(invitation.status) ? (
                <Group gap="xs" justify="flex-end" wrap="nowrap">
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`${invitation.delivery === 'link' ? texts.newLink : texts.resend}: ${invitation.email}`}
                    loading={resend.isPending && resend.variables.id === invitation.id}
                    onClick={() => resend.mutate(invitation)}
                  >
                    {invitation.delivery === 'link' ? texts.newLink : texts.resend}
                  </Button>
                  <ConfirmButton
                    action={texts.revoke}
                    name={`${texts.revoke}: ${invitation.email}`}
                    title={texts.revokeTitle}
                    onConfirm={async () => {
                      await organization.api.revokeInvitation({ path: { invitationId: invitation.id } });
                      await changed();
                    }}
                  >
                    {texts.revokeHint(invitation.email)}
                  </ConfirmButton>
                </Group>
              ) : null,
          },
        ]}
      />
    </Stack>
  );
}
