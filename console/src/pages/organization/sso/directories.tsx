import { Button, Card, Group, NativeSelect, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { ConfirmButton } from '../../../parts/confirm';
import { Copyable } from '../../../parts/copy';
import { DataTable } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, Failure, isFilled, useApiForm, useSingleMutation } from '../../../parts/form';
import { OnceShown } from '../../../parts/once-shown';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { formatNumber, formatTime, texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { grantableRoles, keyOf, readAgain, rolesQuery } from '../queries';
import { texts } from './texts';

type Directory = Data<'listDirectories'>['data'][number];

const directoriesChanged = (organization: OpenOrganization): Promise<void> => readAgain(organization, 'directories');

export function Directories({ canAdd }: { readonly canAdd: boolean }) {
  const organization = useOrganization();
  const query = useQuery({ queryKey: keyOf(organization, 'directories', 'list'), queryFn: () => organization.api.listDirectories({ query: { limit: 100 } }) });
  const [adds, setAdds] = useState(false);
  return (
    <Stack>
      {canAdd && organization.may('security:write') ? (
        <Group>
          <Button onClick={() => setAdds(true)}>{texts.addDirectory}</Button>
        </Group>
      ) : null}
      <Loaded query={query}>
        {({ data }) => (
          <Stack>
            {data.length === 0 ? <EmptyState title={texts.noDirectories} /> : null}
            {data.map((directory) => (
              <DirectoryCard key={directory.id} directory={directory} canAdd={canAdd} />
            ))}
          </Stack>
        )}
      </Loaded>
      <Dialog opened={adds} onClose={() => setAdds(false)} title={texts.addDirectory}>
        <AddDirectory onDone={() => setAdds(false)} />
      </Dialog>
    </Stack>
  );
}

function AddDirectory({ onDone }: { readonly onDone: () => void }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const { data: roles = [] } = useQuery(rolesQuery(organization));
  const own = useApiForm({
    initialValues: { name: '', role: '' },
    validate: { name: isFilled },
    submit: async ({ name, role }) => {
      await prove(() => organization.api.createDirectory({ body: { name, ...(role === '' ? {} : { role }) } }));
      await directoriesChanged(organization);
      onDone();
    },
  });
  const offered = grantableRoles(organization, roles);
  return (
    <ApiFormView of={own} action={texts.addDirectory}>
      <TextInput label={texts.name} required data-autofocus {...own.form.getInputProps('name')} />
      {offered.length === 0 ? null : (
        <NativeSelect
          label={texts.directoryRole}
          data={[{ value: '', label: '–' }, ...offered.map(({ key, name }) => ({ value: key, label: name }))]}
          {...own.form.getInputProps('role')}
        />
      )}
    </ApiFormView>
  );
}

interface DirectoryProps {
  readonly directory: Directory;
  readonly canAdd: boolean;
}

function DirectoryCard({ directory, canAdd }: DirectoryProps) {
  const organization = useOrganization();
  const { api, may } = organization;
  const prove = useRecentLogin();
  const { id: directoryId, name, enabled, scimUrl } = directory;
  const mayWrite = may('security:write');
  const [opened, setOpened] = useState(false);
  const toggle = useMutation({
    mutationFn: (next: boolean) => prove(() => api.updateDirectory({ path: { directoryId }, body: { enabled: next } })),
    onSettled: () => directoriesChanged(organization),
  });
  return (
    <Card withBorder component="section" aria-label={name}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {name}
          </Title>
          <Group gap="xs">
            <Button variant="default" size="xs" aria-label={`${texts.people}: ${name}`} onClick={() => setOpened(true)}>
              {texts.people}
            </Button>
            {mayWrite ? (
              <ConfirmButton
                action={texts.delete}
                name={`${texts.delete}: ${name}`}
                title={texts.deleteDirectoryTitle(name)}
                onConfirm={async () => {
                  await api.deleteDirectory({ path: { directoryId } });
                  await directoriesChanged(organization);
                }}
              >
                {texts.deleteDirectoryHint}
              </ConfirmButton>
            ) : null}
          </Group>
        </Group>
        <Copyable label={texts.scimUrl} value={scimUrl} />
        <Failure error={toggle.error} />
        <Switch
          label={texts.allowed}
          checked={toggle.isPending ? toggle.variables : enabled}
          disabled={!mayWrite}
          onChange={({ currentTarget }) => toggle.mutate(currentTarget.checked)}
        />
        <Tokens directory={directory} canAdd={canAdd} />
      </Stack>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={texts.peopleOf(name)} size="xl">
        <DirectoryPeople directory={directory} />
      </Dialog>
    </Card>
  );
}

/** How many tokens a directory can have, so that one can replace the other. */
const mostTokens = 2;

function Tokens({ directory: { id: directoryId, name, tokens }, canAdd }: DirectoryProps) {
  const organization = useOrganization();
  const { api, may } = organization;
  const prove = useRecentLogin();
  const create = useSingleMutation({
    mutationFn: () => prove(() => api.createDirectoryToken({ path: { directoryId }, body: {} })),
    onSuccess: () => directoriesChanged(organization),
  });
  const mayWrite = may('security:write');
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {texts.tokens(name)}
      </Title>
      {tokens.length === 0 ? <Text size="sm">{texts.noTokens}</Text> : null}
      {tokens.map(({ id: tokenId, hint, useCount, lastUsedAt }) => (
        <Group key={tokenId} justify="space-between">
          <Stack gap={0}>
            <Text>{texts.tokenEnds(hint)}</Text>
            <Text size="sm">{lastUsedAt === null ? texts.unused : texts.used(formatNumber(useCount), formatTime(lastUsedAt))}</Text>
          </Stack>
          {mayWrite ? (
            <ConfirmButton
              action={texts.revoke}
              name={`${texts.revoke}: ${hint}`}
              title={texts.revokeTitle}
              onConfirm={async () => {
                await api.revokeDirectoryToken({ path: { directoryId, tokenId } });
                await directoriesChanged(organization);
              }}
            >
              {texts.revokeHint}
            </ConfirmButton>
          ) : null}
        </Group>
      ))}
      <Failure error={create.error} />
      {mayWrite && canAdd && tokens.length < mostTokens ? (
        <Group>
          <Button variant="default" size="xs" aria-label={`${texts.newToken}: ${name}`} loading={create.isPending} onClick={() => create.mutate()}>
            {texts.newToken}
          </Button>
        </Group>
      ) : null}
      <Dialog opened={create.data !== undefined} onClose={create.reset} title={texts.newToken}>
        <OnceShown label={texts.token} value={create.data?.token ?? ''} hint={texts.tokenHint} onClose={create.reset} />
      </Dialog>
    </Stack>
  );
}

function DirectoryPeople({ directory: { id: directoryId, name } }: { readonly directory: Directory }) {
  const organization = useOrganization();
  return (
    <DataTable<Data<'listDirectoryUsers'>['data'][number]>
      label={texts.peopleOf(name)}
      rowKey={({ id }) => id}
      queryKey={keyOf(organization, 'directories', directoryId, 'users')}
      load={({ limit, cursor }) => organization.api.listDirectoryUsers({ path: { directoryId }, query: { limit, ...(cursor === undefined ? {} : { cursor }) } })}
      empty={<EmptyState title={texts.noPeople} />}
      columns={[
        { key: 'name', title: texts.name, cell: ({ userName }) => userName },
        { key: 'email', title: common().email, cell: ({ email }) => email },
        { key: 'state', title: texts.state, cell: ({ state }) => texts.states[state] },
        { key: 'detail', title: texts.detail, cell: ({ explanation }) => <Text size="sm">{explanation}</Text> },
      ]}
    />
  );
}
