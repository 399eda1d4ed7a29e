import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, changesOf, Failure, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { SearchSelect } from '../../../parts/search-select';
import { EmptyState } from '../../../parts/states';
import { OpenedForm, type Versioned } from '../../../parts/versions';
import { formatNumber, texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf, readAgain, roleName, rolesQuery, searchMembers, type Role } from '../queries';
import { texts } from './texts';

type Team = Data<'listTeams'>['data'][number];

const sorts = ['name', '-name', 'createdAt', '-createdAt'] as const;

const teamsChanged = (organization: OpenOrganization): Promise<unknown> => Promise.all(['teams', 'members', 'access'].map((part) => readAgain(organization, part)));

export function Teams() {
  const organization = useOrganization();
  const { api, may } = organization;
  const { data: roles = [] } = useQuery(rolesQuery(organization));
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 250);
  const [edited, setEdited] = useState<Team | 'new'>();
  const close = (): void => setEdited(undefined);
  const custom = roles.filter((role) => role.custom);
  const [opened, setOpened] = useState<Team>();
  const filters = search === '' ? {} : { search };
  const mayWrite = may('teams:write');
  return (
    <Stack>
      <Group align="flex-end">
        <TextInput label={texts.search} type="search" value={typed} maxLength={100} flex={1} miw={200} onChange={({ currentTarget }) => setTyped(currentTarget.value)} />
        {mayWrite ? <Button onClick={() => setEdited('new')}>{texts.createTeam}</Button> : null}
      </Group>
      <DataTable<Team>
        label={texts.teams}
        rowKey={({ id }) => id}
        queryKey={keyOf(organization, 'teams', filters)}
        load={({ sort, ...page }) => api.listTeams({ query: { ...page, sort: sorts.find((each) => each === sort) ?? 'name', ...filters, count: true } })}
        sort="name"
        isFiltered={search !== ''}
        empty={<EmptyState title={texts.noTeams} />}
        minWidth={640}
        columns={[
          {
            key: 'name',
            title: texts.team,
            sort: 'name',
            cell: ({ name, description }) => (
              <Stack gap={0}>
                <Text>{name}</Text>
                {description === null ? null : <Text size="sm">{description}</Text>}
              </Stack>
            ),
          },
          { key: 'roles', title: texts.teamRoles, cell: (team) => team.roles.map((role) => roleName(roles, role)).join(', ') },
          { key: 'members', title: texts.membersCount, align: 'end', cell: ({ memberCount }) => formatNumber(memberCount) },
          {
            key: 'actions',
            title: common().actions,
            isTitleHidden: true,
            align: 'end',
            cell: (team) => (
              <Group gap="xs" justify="flex-end" wrap="nowrap">
                <Button variant="default" size="xs" aria-label={`${texts.members}: ${team.name}`} onClick={() => setOpened(team)}>
                  {texts.members}
                </Button>
                {mayWrite ? (
                  <>
                    <Button variant="default" size="xs" aria-label={`${texts.edit}: ${team.name}`} onClick={() => setEdited(team)}>
                      {texts.edit}
                    </Button>
                    <ConfirmButton
                      action={texts.delete}
                      name={`${texts.delete}: ${team.name}`}
                      title={texts.deleteTeamTitle(team.name)}
                      onConfirm={async () => {
                        await api.deleteTeam({ path: { teamId: team.id } });
                        await teamsChanged(organization);
                      }}
                    >
                      {texts.deleteTeamHint}
                    </ConfirmButton>
                  </>
                ) : null}
              </Group>
            ),
          },
        ]}
      />
      <Dialog opened={edited !== undefined} onClose={close} title={edited === undefined || edited === 'new' ? texts.createTeam : `${texts.edit}: ${edited.name}`}>
        {edited === 'new' ? (
          <TeamForm opened={undefined} roles={custom} onDone={close} />
        ) : edited === undefined ? null : (
          <OpenedForm queryKey={keyOf(organization, 'teams', edited.id)} read={() => organization.api.send('getTeam', { path: { teamId: edited.id } })}>
            {(read) => <TeamForm opened={read} roles={custom} onDone={close} />}
          </OpenedForm>
        )}
      </Dialog>
      <Dialog opened={opened !== undefined} onClose={() => setOpened(undefined)} title={texts.membersOf(opened?.name ?? '')} size="lg">
        {opened === undefined ? null : <TeamMembers team={opened} />}
      </Dialog>
    </Stack>
  );
}

interface TeamFormProps {
  /** The team to change; a new one without it. */
  readonly opened: Versioned<Team> | undefined;
  readonly roles: readonly Role[];
  readonly onDone: () => void;
}

function TeamForm({ opened, roles, onDone }: TeamFormProps) {
  const team = opened?.data;
  const organization = useOrganization();
  const prove = useRecentLogin();
  const [chosen, setChosen] = useState<readonly string[]>(team?.roles ?? []);
  const own = useApiForm({
    initialValues: { name: team?.name ?? '', description: team?.description ?? '' },
    validate: { name: isFilled },
    submit: async ({ name, description }) => {
      const body = { name, description: description.trim() === '' ? null : description, roles: [...chosen] };
      await prove(() =>
        opened === undefined
          ? organization.api.createTeam({ body })
          : organization.api.updateTeam({ path: { teamId: opened.data.id }, header: { 'If-Match': opened.etag }, body: changesOf(opened.data, body) }),
      );
      await teamsChanged(organization);
      onDone();
    },
  });
  return (
    <ApiFormView of={own} action={team === undefined ? texts.createTeam : common().save}>
      <TextInput label={common().name} required data-autofocus {...own.form.getInputProps('name')} />
      <TextInput label={texts.description} {...own.form.getInputProps('description')} />
      {roles.length === 0 ? null : (
        <Checkbox.Group label={texts.teamRoles} description={texts.teamRolesHint} value={[...chosen]} onChange={setChosen}>
          <Stack gap="xs" mt="xs">
            {roles.map(({ key, name }) => (
              <Checkbox key={key} value={key} label={name} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </ApiFormView>
  );
}

function TeamMembers({ team }: { readonly team: Team }) {
  const organization = useOrganization();
  const { api, may } = organization;
  const mayWrite = may('teams:write');
  return (
    <Stack>
      {mayWrite && may('members:read') ? <AddMember team={team} /> : null}
      <DataTable<Data<'listTeamMembers'>['data'][number]>
        label={texts.membersOf(team.name)}
        rowKey={({ userId }) => userId}
        queryKey={keyOf(organization, 'teams', team.id, 'members')}
        load={({ limit, cursor }) => api.listTeamMembers({ path: { teamId: team.id }, query: { limit, ...(cursor === undefined ? {} : { cursor }) } })}
        empty={<EmptyState title={texts.noMembers} />}
        minWidth={320}
        columns={[
          {
            key: 'name',
            title: common().name,
            cell: ({ name, email }) => (
              <Stack gap={0}>
                <Text>{name}</Text>
                <Text size="sm">{email}</Text>
              </Stack>
            ),
          },
          {
            key: 'actions',
            title: common().actions,
            isTitleHidden: true,
            align: 'end',
            cell: ({ userId, name }) =>
              mayWrite ? (
                <ConfirmButton
                  action={texts.remove}
                  name={`${texts.remove}: ${name}`}
                  title={texts.removeTitle(name, team.name)}
                  onConfirm={async () => {
                    await api.removeTeamMember({ path: { teamId: team.id, userId } });
                    await teamsChanged(organization);
                  }}
                >
                  {texts.removeHint}
                </ConfirmButton>
              ) : null,
          },
        ]}
      />
    </Stack>
  );
}

function AddMember({ team }: { readonly team: Team }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const [userId, setUserId] = useState<string | null>(null);
  const { mutate, error, isPending } = useMutation({
    mutationFn: (added: string) => prove(() => organization.api.addTeamMember({ path: { teamId: team.id, userId: added } })),
    onSuccess: async () => {
      setUserId(null);
      await teamsChanged(organization);
    },
  });
  return (
    <Stack gap="xs">
      <SearchSelect
        label={texts.addMember}
        placeholder={texts.findMember}
        queryKey={keyOf(organization, 'member-search')}
        search={(text) => searchMembers(organization, text)}
        value={userId}
        onChoose={setUserId}
      />
      <Failure error={error} />
      <Button
        disabled={userId === null}
        loading={isPending}
        onClick={() => {
          if (userId !== null) mutate(userId);
        }}
      >
        {texts.add}
      </Button>
    </Stack>
  );
}
