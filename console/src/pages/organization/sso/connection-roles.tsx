import { Button, Fieldset, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { changesOf, Failure } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import type { Versioned } from '../../../parts/versions';
import { texts as common } from '../../../texts/texts';
import { useOrganization } from '../context';
import { grantableRoles, roleName, type Role } from '../queries';
import type { Connection } from './connection-parts';
import { texts } from './texts';

interface Mapping {
  readonly key: number;
  readonly value: string;
  readonly role: string;
}

interface ConnectionRolesProps {
  readonly opened: Versioned<Connection>;
  readonly roles: readonly Role[];
  readonly onDone: () => Promise<void>;
}

/** Decides which role a new member gets: that of the first value which the claim has, or else the default one. */
export function ConnectionRoles({ opened: { data: connection, etag }, roles, onDone }: ConnectionRolesProps) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const [claim, setClaim] = useState(connection.roleClaim);
  const [defaultRole, setDefaultRole] = useState(connection.defaultRole);
  const [mappings, setMappings] = useState<readonly Mapping[]>(() => connection.roleMappings.map((each, key) => ({ ...each, key })));
  const save = useMutation({
    mutationFn: () =>
      prove(() =>
        organization.api.updateSsoConnection({
          path: { ssoConnectionId: connection.id },
          header: { 'If-Match': etag },
          body: changesOf(connection, { roleClaim: claim.trim(), defaultRole, roleMappings: mappings.map(({ value, role }) => ({ value: value.trim(), role })) }),
        }),
      ),
    onSuccess: onDone,
  });
  // The role of an owner cannot be given by a connection. Roles that others have set stay, although this person cannot give them.
  const grantable = grantableRoles(organization, roles).flatMap(({ key }) => (key === 'owner' ? [] : [key]));
  const options = (present: string) => [...new Set([...grantable, present])].map((key) => ({ value: key, label: roleName(roles, key) }));
  const change = (key: number, next: Partial<Mapping>): void => setMappings(mappings.map((each) => (each.key === key ? { ...each, ...next } : each)));
  const moveUp = (index: number): void =>
    setMappings(mappings.map((each, at) => (at === index - 1 ? (mappings[index] ?? each) : at === index ? (mappings[index - 1] ?? each) : each)));
  const isComplete = claim.trim() !== '' && mappings.every(({ value }) => value.trim() !== '');
  return (
    <Stack>
      <Text size="sm">{texts.rolesHint}</Text>
      <TextInput label={texts.roleClaim} description={texts.roleClaimHint} required maxLength={200} value={claim} onChange={({ currentTarget }) => setClaim(currentTarget.value)} />
      {mappings.map(({ key, value, role }, index) => (
        <Fieldset key={key} legend={texts.mapping(String(index + 1))}>
          <Stack gap="xs">
            <TextInput label={texts.claimValue} required maxLength={200} value={value} onChange={({ currentTarget }) => change(key, { value: currentTarget.value })} />
            <NativeSelect label={texts.role} value={role} data={options(role)} onChange={({ currentTarget }) => change(key, { role: currentTarget.value })} />
            <Group gap="xs">
              {index === 0 ? null : (
                <Button variant="default" size="xs" aria-label={`${texts.moveUp}: ${texts.mapping(String(index + 1))}`} onClick={() => moveUp(index)}>
                  {texts.moveUp}
                </Button>
              )}
              <Button
                variant="default"
                size="xs"
                aria-label={`${common().remove}: ${texts.mapping(String(index + 1))}`}
                onClick={() => setMappings(mappings.filter((each) => each.key !== key))}
              >
                {common().remove}
              </Button>
            </Group>
          </Stack>
        </Fieldset>
      ))}
      {mappings.length < most ? (
        <Group>
          <Button
            variant="default"
            size="xs"
            onClick={() => setMappings([...mappings, { key: Math.max(-1, ...mappings.map((each) => each.key)) + 1, value: '', role: defaultRole }])}
          >
            {texts.addMapping}
          </Button>
        </Group>
      ) : null}
      <NativeSelect label={texts.otherwise} value={defaultRole} data={options(defaultRole)} onChange={({ currentTarget }) => setDefaultRole(currentTarget.value)} />
      <Failure error={save.error} />
      <Button disabled={!isComplete} loading={save.isPending} onClick={() => save.mutate()}>
        {common().save}
      </Button>
    </Stack>
  );
}

/** How many values a connection can map. */
const most = 100;
