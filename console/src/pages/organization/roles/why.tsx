import { Alert, Button, NativeSelect, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { translatedText } from '../../../api/errors';
import { Failure } from '../../../parts/form';
import { SearchSelect } from '../../../parts/search-select';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf, permissionsQuery, roleName, rolesQuery, searchMembers } from '../queries';
import { texts } from './texts';

/** Explains a decision about the caller or another member. Of others, only the roles are judged, and the state of the membership. */
const explain = ({ api, me }: OpenOrganization, userId: string, permission: string): Promise<Data<'checkAccess'>> =>
  userId === me.user.id ? api.checkAccess({ body: { permission, explain: true } }) : api.explainMemberAccess({ path: { userId }, query: { permission } });

export function Why() {
  const organization = useOrganization();
  const { me, may } = organization;
  const { data: permissions } = useQuery(permissionsQuery);
  const [userId, setUserId] = useState<string | null>(may('members:read') && may('roles:read') ? null : me.user.id);
  const [chosen, setPermission] = useState('');
  const permission = chosen === '' ? (permissions?.data[0]?.key ?? '') : chosen;
  const ask = useMutation({ mutationFn: (of: string) => explain(organization, of, permission) });
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
      {ask.data === undefined ? null : <Trace check={ask.data} />}
    </Stack>
  );
}

const states: Readonly<Record<string, string>> = texts.states;

type Step = NonNullable<Data<'checkAccess'>['trace']>[number];
type NameOfRole = (key: string | null) => string;

/** What has decided a step, in words. */
function sourceOf({ kind, key, team }: Step['sources'][number], nameOf: NameOfRole): string {
  const name = texts.sources[kind];
  if (kind === 'role' || kind === 'custom_role') return `${name} ${nameOf(key)}`;
  if (kind === 'team_role') return texts.teamRole(team ?? '', nameOf(key));
  return kind === 'plan' ? `${name} ${key ?? ''}` : name;
}

/** What a step has found, in words. */
function findingOf({ step, passed, detail }: Step, reason: string | undefined, nameOf: NameOfRole): string {
  if (!passed && step !== 'permission') return reason ?? detail;
  if (step === 'tenant') return states[detail] ?? detail;
  if (step === 'membership') return nameOf(detail);
  if (step === 'policy') return texts.met;
  return step === 'roles' ? texts.noMinimum : detail;
}

function Trace({ check: { allowed, code, reason: inEnglish, trace = [] } }: { readonly check: Data<'checkAccess'> }) {
  const { data: roles = [] } = useQuery(rolesQuery(useOrganization()));
  const nameOf: NameOfRole = (key) => roleName(roles, key ?? '–');
  const reason = code === undefined ? inEnglish : translatedText(code, inEnglish ?? '');
  return (
    <Stack>
      <Alert color={allowed ? 'green' : 'red'} variant="outline" role="status">
        <Text fw={700}>{allowed ? texts.allowed : texts.refused}</Text>
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
            {trace.map((each) => (
              <Table.Tr key={each.step}>
                <Table.Td>{texts.steps[each.step]}</Table.Td>
                <Table.Td>{each.passed ? texts.passed : texts.failed}</Table.Td>
                <Table.Td>{each.sources.map((source) => sourceOf(source, nameOf)).join(', ')}</Table.Td>
                <Table.Td>{findingOf(each, reason, nameOf)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
