import { Button, Checkbox, Group, NativeSelect, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { ConfirmButton } from '../../../parts/confirm';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, changesOf, isFilled, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { OpenedForm, type Versioned } from '../../../parts/versions';
import { Section } from '../../../parts/view';
import { texts as common } from '../../../texts/texts';
import { useOrganization } from '../context';
import { keyOf, permissionsQuery, readAgain, rolesQuery, type Role } from '../queries';
import { texts } from './texts';

type Permission = Data<'listPermissions'>['data'][number];

export function Roles() {
  const organization = useOrganization();
  const roles = useQuery(rolesQuery(organization));
  const permissions = useQuery(permissionsQuery);
  return (
    <Loaded query={roles}>
      {(allRoles) => (
        <Loaded query={permissions}>
          {({ data }) => (
            <Stack gap="xl">
              <CustomRoles roles={allRoles.filter(({ custom }) => custom)} permissions={data} />
              <Matrix roles={allRoles} permissions={data} />
            </Stack>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

interface RolesProps {
  readonly roles: readonly Role[];
  readonly permissions: readonly Permission[];
}

function CustomRoles({ roles, permissions }: RolesProps) {
  const organization = useOrganization();
  const { api, may } = organization;
  const mayWrite = may('roles:write');
  const [edited, setEdited] = useState<Role | 'new'>();
  const close = (): void => setEdited(undefined);
  return (
    <Section title={texts.customRoles} description={texts.customHint} actions={mayWrite ? <Button onClick={() => setEdited('new')}>{texts.createRole}</Button> : undefined}>
      {roles.length === 0 ? <EmptyState title={texts.noCustomRoles} /> : null}
      {roles.map((role) => (
        <Group key={role.key} justify="space-between">
          <Stack gap={0} miw={0} flex={1}>
            <Text>{role.name}</Text>
            {role.description === null ? null : <Text size="sm">{role.description}</Text>}
          </Stack>
          {mayWrite ? (
            <Group gap="xs">
              <Button variant="default" size="xs" aria-label={`${texts.edit}: ${role.name}`} onClick={() => setEdited(role)}>
                {texts.edit}
              </Button>
              <DeleteRole role={role} others={roles.filter(({ key }) => key !== role.key)} />
            </Group>
          ) : null}
        </Group>
      ))}
      <Dialog opened={edited !== undefined} onClose={close} title={edited === undefined || edited === 'new' ? texts.createRole : texts.editRole(edited.name)} size="lg">
        {edited === 'new' ? (
          <RoleForm opened={undefined} permissions={permissions} onDone={close} />
        ) : edited === undefined ? null : (
          <OpenedForm queryKey={keyOf(organization, 'roles', edited.key)} read={() => api.send('getRole', { path: { key: edited.key } })}>
            {(opened) => <RoleForm opened={opened} permissions={permissions} onDone={close} />}
          </OpenedForm>
        )}
      </Dialog>
    </Section>
  );
}

interface RoleFormProps {
  /** The role to change; a new one without it. */
  readonly opened: Versioned<Role> | undefined;
  readonly permissions: readonly Permission[];
  readonly onDone: () => void;
}

function RoleForm({ opened, permissions, onDone }: RoleFormProps) {
  const role = opened?.data;
  const organization = useOrganization();
  const { api, may } = organization;
  const prove = useRecentLogin();
  const [chosen, setChosen] = useState<readonly string[]>(role?.permissions ?? []);
  const own = useApiForm({
    initialValues: { name: role?.name ?? '', description: role?.description ?? '' },
    validate: { name: isFilled },
    submit: async ({ name, description }) => {
      const body = { name, description: description.trim() === '' ? null : description, permissions: [...chosen] };
      await prove(() =>
        opened === undefined
          ? api.createRole({ body })
          : api.updateRole({ path: { key: opened.data.key }, header: { 'If-Match': opened.etag }, body: changesOf(opened.data, body) }),
      );
      await Promise.all(['roles', 'access'].map((part) => readAgain(organization, part)));
      onDone();
    },
  });
  return (
    <ApiFormView of={own} action={role === undefined ? texts.createRole : common().save}>
      <TextInput label={common().name} required data-autofocus {...own.form.getInputProps('name')} />
      <TextInput label={texts.description} {...own.form.getInputProps('description')} />
      <Checkbox.Group label={texts.permissions} description={texts.permissionsHint} value={[...chosen]} onChange={setChosen}>
        <Stack gap="xs" mt="xs">
          {permissions.map(({ key, description }) => (
            <Checkbox key={key} value={key} label={key} description={description} disabled={!may(key)} />
          ))}
        </Stack>
      </Checkbox.Group>
    </ApiFormView>
  );
}

function DeleteRole({ role, others }: { readonly role: Role; readonly others: readonly Role[] }) {
  const organization = useOrganization();
  const [replacement, setReplacement] = useState('');
  return (
    <ConfirmButton
      action={texts.delete}
      name={`${texts.delete}: ${role.name}`}
      title={texts.deleteRoleTitle(role.name)}
      onConfirm={async () => {
        await organization.api.deleteRole({ path: { key: role.key }, query: replacement === '' ? {} : { replacement } });
        await Promise.all(['roles', 'members', 'teams', 'access'].map((part) => readAgain(organization, part)));
      }}
    >
      <Stack>
        <Text>{texts.deleteRoleHint}</Text>
        <NativeSelect
          label={texts.replacement}
          value={replacement}
          data={[{ value: '', label: texts.noReplacement }, ...others.map(({ key, name }) => ({ value: key, label: name }))]}
          onChange={({ currentTarget }) => setReplacement(currentTarget.value)}
        />
      </Stack>
    </ConfirmButton>
  );
}

/** Which role has which permission. */
function Matrix({ roles, permissions }: RolesProps) {
  return (
    <Section title={texts.matrix}>
      <Table.ScrollContainer pos="relative" minWidth={240 + roles.length * 90} type="native" tabIndex={0} role="group" aria-label={texts.matrix}>
        <Table striped verticalSpacing={6} aria-label={texts.matrix}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{texts.permission}</Table.Th>
              {roles.map(({ key, name }) => (
                <Table.Th key={key} scope="col" ta="center">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {permissions.map(({ key: permission, description }) => (
              <Table.Tr key={permission}>
                <Table.Th scope="row" fw={400}>
                  <Text size="sm" fw={600}>
                    {permission}
                  </Text>
                  <Text size="xs">{description}</Text>
                </Table.Th>
                {roles.map((role) => (
                  <Table.Td key={role.key} ta="center">
                    <Mark has={role.permissions.includes(permission)} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

const Mark = ({ has }: { readonly has: boolean }) => (
  <>
    <span aria-hidden>{has ? '✓' : '–'}</span>
    <VisuallyHidden>{has ? texts.yes : texts.no}</VisuallyHidden>
  </>
);
