import { Alert, Button, List, NativeSelect, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { Failure } from '../../../parts/form';
import { SearchSelect } from '../../../parts/search-select';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf, permissionsQuery, roleName, rolesQuery, searchMembers, type Role } from '../queries';
import { texts } from './texts';

/** A role of a member that gives a permission, and how the member has it. */
interface Source {
  readonly role: string;
  readonly through: string;
}

type Answer =
  | { readonly kind: 'trace'; readonly check: Data<'checkAccess'> }
  | { readonly kind: 'sources'; readonly name: string; readonly isActive: boolean; readonly sources: readonly Source[] };

/** The API explains its decisions to the caller alone. Of other members, the roles are known. */
async function explain({ api, me, may }: OpenOrganization, roles: readonly Role[], userId: string, permission: string): Promise<Answer> {
  if (userId === me.user.id) return { kind: 'trace', check: await api.checkAccess({ body: { permission, explain: true } }) };
  const member = await api.getMember({ path: { userId } });
  const teams = may('teams:read') ? await Promise.all(member.teams.map(({ id: teamId }) => api.getTeam({ path: { teamId } }))) : [];
  const gives = (role: string): boolean => roles.some(({ key, permissions }) => key === role && permissions.includes(permission));
  const all: readonly Source[] = [
    { role: member.role, through: texts.baseRole },
    ...member.customRoles.map((role) => ({ role, through: texts.direct })),
    ...teams.flatMap((team) => team.roles.map((role) => ({ role, through: texts.throughTeam(team.name) }))),
  ];
  return { kind: 'sources', name: member.name, isActive: member.status === 'active', sources: all.filter(({ role }) => gives(role)) };
}

export function Why() {
  const organization = useOrganization();
  const { me, may } = organization;
  const { data: roles = [] } = useQuery(rolesQuery(organization));
  const { data: permissions } = useQuery(permissionsQuery);
  const [userId, setUserId] = useState<string | null>(may('members:read') && may('roles:read') ? null : me.user.id);
  const [chosen, setPermission] = useState('');
  const permission = chosen === '' ? (permissions?.data[0]?.key ?? '') : chosen;
  const ask = useMutation({ mutationFn: (of: string) => explain(organization, roles, of, permission) });
  return (
    <Stack maw={720}>
      <Text>{texts.whyHint}</Text>
      {may('members:read') && may('roles:read') ? (
        <SearchSelect
          label={texts.member}
          placeholder={texts.findMember}
          queryKey={keyOf(organization, 'member-search')}
          search={(text) => searchMembers(organization, text)}
          value={userId}
          onChoose={setUserId}
        />
      ) : null}
      <NativeSelect
        label={texts.permission}
        value={permission}
        data={permissions?.data.map(({ key }) => key) ?? []}
        onChange={({ currentTarget }) => setPermission(currentTarget.value)}
      />
      <Button
        disabled={userId === null || permission === ''}
        loading={ask.isPending}
        onClick={() => {
          if (userId !== null) ask.mutate(userId);
        }}
      >
        {texts.check}
      </Button>
      <Failure error={ask.error} />
      {ask.data === undefined ? null : ask.data.kind === 'trace' ? <Trace check={ask.data.check} /> : <Sources answer={ask.data} roles={roles} />}
    </Stack>
  );
}

function Trace({ check: { allowed, reason, trace = [] } }: { readonly check: Data<'checkAccess'> }) {
  return (
    <Stack>
      <Alert color={allowed ? 'green' : 'red'} variant="outline" title={allowed ? texts.allowed : texts.refused} role="status">
        {reason}
      </Alert>
      <Table.ScrollContainer minWidth={480} type="native" tabIndex={0} role="group" aria-label={texts.trace}>
        <Table aria-label={texts.trace}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{texts.step}</Table.Th>
              <Table.Th scope="col">{texts.result}</Table.Th>
              <Table.Th scope="col">{texts.source}</Table.Th>
              <Table.Th scope="col">{texts.finding}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {trace.map(({ step, passed, source, detail }) => (
              <Table.Tr key={step}>
                <Table.Td>{texts.steps[step]}</Table.Td>
                <Table.Td>{passed ? texts.passed : texts.failed}</Table.Td>
                <Table.Td>{source}</Table.Td>
                <Table.Td>{detail}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function Sources({ answer: { name, isActive, sources }, roles }: { readonly answer: Answer & { readonly kind: 'sources' }; readonly roles: readonly Role[] }) {
  if (sources.length === 0)
    return (
      <Alert color="gray" variant="outline" role="status">
        {texts.noSource(name)}
      </Alert>
    );
  return (
    <Stack gap="xs" role="status">
      <Text fw={600}>{texts.sources}</Text>
      <List>
        {sources.map(({ role, through }) => (
          <List.Item key={`${role} ${through}`}>{`${roleName(roles, role)} (${through})`}</List.Item>
        ))}
      </List>
      <Text size="sm">{isActive ? texts.beyondRoles : texts.notActive}</Text>
    </Stack>
  );
}
