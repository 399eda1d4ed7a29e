import { Badge, Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { queries } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { Failure } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState } from '../../../parts/states';
import { OpenedForm, type Versioned } from '../../../parts/versions';
import { formatDate, texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { grantableRoles, keyOf, roleName, rolesQuery, type Role } from '../queries';
import { membersChanged } from './changes';
import { SignInOfAccount } from './managed';
import { texts } from './texts';

type MemberPage = Data<'listMembers'>;
type Member = MemberPage['data'][number];

export function Members() {
  const organization = useOrganization();
  const { data: roles = [] } = useQuery(rolesQuery(organization));
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 250);
  const [role, setRole] = useState('');
  const filters = { ...(search === '' ? {} : { search }), ...(role === '' ? {} : { role }) };
  const [edited, setEdited] = useState<Member>();
  const change = useRoleChange(organization);
  const baseRoles = roles.filter(({ custom }) => !custom);
  return (
    <Stack>
      <Group align="flex-end">
        <TextInput label={texts.search} type="search" value={typed} maxLength={100} flex={1} miw={200} onChange={({ currentTarget }) => setTyped(currentTarget.value)} />
        {baseRoles.length === 0 ? null : (
          <NativeSelect
            label={texts.role}
            value={role}
            data={[{ value: '', label: texts.allRoles }, ...baseRoles.map(({ key, name }) => ({ value: key, label: name }))]}
            onChange={({ currentTarget }) => setRole(currentTarget.value)}
          />
        )}
      </Group>
      <Failure error={change.error} />
      <DataTable
        label={texts.members}
        columns={useColumns(roles, change.mutate, setEdited)}
        rowKey={({ userId }) => userId}
        queryKey={keyOf(organization, 'members', filters)}
        load={(page) => organization.api.listMembers({ query: { ...page, sort: page.sort === 'createdAt' ? 'createdAt' : '-createdAt', ...filters, count: true } })}
        sort="createdAt"
        isFiltered={Object.keys(filters).length > 0}
        minWidth={760}
      />
      <Dialog opened={edited !== undefined} onClose={() => setEdited(undefined)} title={texts.customRolesOf(edited?.name ?? '')}>
        {edited === undefined ? null : (
          <OpenedForm queryKey={keyOf(organization, 'members', edited.userId)} read={() => organization.api.send('getMember', { path: { userId: edited.userId } })}>
            {(read) => <CustomRoles opened={read} roles={roles.filter(({ custom }) => custom)} onDone={() => setEdited(undefined)} />}
          </OpenedForm>
        )}
      </Dialog>
    </Stack>
  );
}

interface RoleChange {
  readonly member: Member;
  readonly role: string;
}

/** Changes the role of a member. The list shows the new one at once, and the former one again if the API refuses it. */
function useRoleChange(organization: OpenOrganization) {
  const prove = useRecentLogin();
  const queryKey = keyOf(organization, 'members');
  return useMutation({
    mutationFn: ({ member: { userId }, role }: RoleChange) => prove(() => organization.api.updateMember({ path: { userId }, body: { role } })),
    onMutate: async ({ member, role }) => {
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueriesData<MemberPage>({ queryKey });
      queries.setQueriesData<MemberPage>({ queryKey }, (page) =>
        page === undefined ? page : { ...page, data: page.data.map((each) => (each.userId === member.userId ? { ...each, role } : each)) },
      );
      return before;
    },
    onError: (_error, _change, before) => before?.forEach(([key, page]) => queries.setQueryData(key, page)),
    onSettled: () => membersChanged(organization),
  });
}

function useColumns(roles: readonly Role[], onRole: (change: RoleChange) => void, onEdit: (member: Member) => void): readonly Column<Member>[] {
  const organization = useOrganization();
  const { me, may } = organization;
  const grantable = grantableRoles(organization, roles);
  const isOwn = (member: Member): boolean => member.userId === me.user.id;
  /** Whether the list of roles has that of the member, so that another one can be chosen. */
  const canChange = (member: Member): boolean => may('members:write') && grantable.some(({ key }) => key === member.role);
  return [
    {
      key: 'name',
      title: texts.person,
      cell: (member) => (
        <Stack gap={0}>
          <Group gap="xs">
            <Text>{member.name}</Text>
            {isOwn(member) ? <Mark>{texts.you}</Mark> : null}
            {member.status === 'active' ? null : <Mark>{texts.status[member.status]}</Mark>}
          </Group>
          <Text size="sm">{member.email ?? member.userName}</Text>
        </Stack>
      ),
    },
    {
      key: 'role',
      title: texts.role,
      cell: (member) =>
        canChange(member) ? (
          <NativeSelect
            aria-label={texts.roleOf(member.name)}
            size="xs"
            miw={120}
            value={member.role}
            data={grantable.map(({ key, name }) => ({ value: key, label: name }))}
            onChange={({ currentTarget }) => onRole({ member, role: currentTarget.value })}
          />
        ) : (
          roleName(roles, member.role)
        ),
    },
    {
      key: 'groups',
      title: texts.groups,
      cell: ({ customRoles, teams }) => <Text size="sm">{[...customRoles.map((role) => roleName(roles, role)), ...teams.map(({ name }) => name)].join(', ')}</Text>,
    },
    { key: 'since', title: texts.since, sort: 'createdAt', cell: ({ createdAt }) => <Text size="sm">{formatDate(createdAt)}</Text> },
    {
      key: 'actions',
      title: common().actions,
      isTitleHidden: true,
      align: 'end',
      cell: (member) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {may('members:write') && may('roles:read') ? (
            <Button variant="default" size="xs" aria-label={texts.customRolesOf(member.name)} onClick={() => onEdit(member)}>
              {texts.customRoles}
            </Button>
          ) : null}
          {may('members:write') && member.userName !== null && !isOwn(member) ? <SignInOfAccount member={{ ...member, userName: member.userName }} /> : null}
          {isOwn(member) ? <Leave /> : may('members:write') ? <Remove member={member} /> : null}
        </Group>
      ),
    },
  ];
}

const Mark = ({ children }: { readonly children: string }) => (
  <Badge variant="outline" color="gray" tt="none" size="sm" autoContrast>
    {children}
  </Badge>
);

function Remove({ member: { userId, name, email, userName } }: { readonly member: Member }) {
  const organization = useOrganization();
  return (
    <ConfirmButton
      action={texts.remove}
      name={`${texts.remove}: ${name}`}
      title={texts.removeTitle(`${name} (${email ?? userName})`)}
      onConfirm={async () => {
        await organization.api.removeMember({ path: { userId } });
        await membersChanged(organization);
      }}
    >
      {texts.removeHint}
    </ConfirmButton>
  );
}

function Leave() {
  const organization = useOrganization();
  const router = useRouter();
  return (
    <ConfirmButton
      action={texts.leave}
      title={texts.leaveTitle}
      onConfirm={async () => {
        await organization.api.leaveOrganization();
        await router.navigate({ to: '/organizations' });
        await queries.invalidateQueries();
      }}
    >
      {texts.leaveHint}
    </ConfirmButton>
  );
}

interface CustomRolesProps {
  readonly opened: Versioned<Member>;
  readonly roles: readonly Role[];
  readonly onDone: () => void;
}

function CustomRoles({ opened: { data: member, etag }, roles, onDone }: CustomRolesProps) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const [chosen, setChosen] = useState<readonly string[]>(member.customRoles);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => prove(() => organization.api.updateMember({ path: { userId: member.userId }, header: { 'If-Match': etag }, body: { customRoles: [...chosen] } })),
    onSuccess: async () => {
      await membersChanged(organization);
      onDone();
    },
  });
  if (roles.length === 0) return <EmptyState title={texts.noCustomRoles} />;
  return (
    <Stack>
      <Checkbox.Group label={texts.customRoles} description={texts.fromTeams} value={[...chosen]} onChange={setChosen}>
        <Stack gap="xs" mt="xs">
          {roles.map(({ key, name, description }) => (
            <Checkbox key={key} value={key} label={name} description={description} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Failure error={error} />
      <Button loading={isPending} onClick={() => mutate()}>
        {common().save}
      </Button>
    </Stack>
  );
}
