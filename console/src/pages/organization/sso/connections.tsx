import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { beginVisit } from '../../../api/provider-visit';
import { ConfirmButton } from '../../../parts/confirm';
import { Dialog } from '../../../parts/dialog';
import { Failure } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { OpenedForm } from '../../../parts/versions';
import { useOrganization, type OpenOrganization } from '../context';
import { grantableRoles, keyOf, readAgain, rolesQuery } from '../queries';
import { ChangeSecret, ConnectionForm, ConnectionView, type Connection } from './connection-parts';
import { ConnectionRoles } from './connection-roles';
import { SamlSettings } from './saml-settings';
import { texts } from './texts';

const connectionsChanged = (organization: OpenOrganization): Promise<void> => readAgain(organization, 'sso-connections');

export function Connections({ canAdd }: { readonly canAdd: boolean }) {
  const organization = useOrganization();
  const query = useQuery({ queryKey: keyOf(organization, 'sso-connections'), queryFn: () => organization.api.listSsoConnections() });
  const [adds, setAdds] = useState(false);
  return (
    <Stack>
      {canAdd && organization.may('security:write') ? (
        <Group>
          <Button onClick={() => setAdds(true)}>{texts.add}</Button>
        </Group>
      ) : null}
      <Loaded query={query}>
        {({ data }) => (
          <Stack>
            {data.length === 0 ? <EmptyState title={texts.none} /> : null}
            {data.map((connection) => (
              <ConnectionCard key={connection.id} connection={connection} />
            ))}
          </Stack>
        )}
      </Loaded>
      <Dialog opened={adds} onClose={() => setAdds(false)} title={texts.add} size="lg">
        <AddConnection onDone={() => setAdds(false)} />
      </Dialog>
    </Stack>
  );
}

function AddConnection({ onDone }: { readonly onDone: () => void }) {
  const organization = useOrganization();
  const { api } = organization;
  const prove = useRecentLogin();
  const { data: roles = [] } = useQuery(rolesQuery(organization));
  return (
    <ConnectionForm
      // The role of an owner cannot be given by a connection.
      roles={grantableRoles(organization, roles).filter(({ key }) => key !== 'owner')}
      createOidc={(body) => prove(() => api.createSsoConnection({ body }))}
      createSaml={(body) => prove(() => api.createSamlConnection({ body }))}
      onDone={async () => {
        await connectionsChanged(organization);
        onDone();
      }}
    />
  );
}

function ConnectionCard({ connection }: { readonly connection: Connection }) {
  const { may } = useOrganization();
  return <ConnectionView connection={connection}>{may('security:write') ? <ConnectionActions connection={connection} /> : null}</ConnectionView>;
}

function ConnectionActions({ connection }: { readonly connection: Connection }) {
  const { id: ssoConnectionId, name, enabled, testedAt } = connection;
  const organization = useOrganization();
  const { api, may } = organization;
  const roles = useQuery(rolesQuery(organization));
  const [maps, setMaps] = useState(false);
  const prove = useRecentLogin();
  const path = { ssoConnectionId };
  const test = useMutation({
    mutationFn: async () => {
      const challenge = await beginVisit(undefined, { organizationId: organization.id });
      return prove(() => api.beginSsoTest({ path, body: { challenge } }));
    },
    onSuccess: ({ url }) => location.assign(url),
  });
  const enable = useMutation({ mutationFn: () => prove(() => api.updateSsoConnection({ path, body: { enabled: true } })), onSuccess: () => connectionsChanged(organization) });
  return (
    <>
      <Failure error={test.error ?? enable.error} />
      <Group gap="xs">
        <Button variant="default" size="xs" aria-label={`${texts.test}: ${name}`} loading={test.isPending || test.isSuccess} onClick={() => test.mutate()}>
          {texts.test}
        </Button>
        {may('roles:read') ? (
          <Button variant="default" size="xs" aria-label={`${texts.roles}: ${name}`} onClick={() => setMaps(true)}>
            {texts.roles}
          </Button>
        ) : null}
        <ChangeSecret
          connection={connection}
          change={async (clientSecret) => {
            await prove(() => api.updateSsoConnection({ path, body: { clientSecret } }));
            await connectionsChanged(organization);
          }}
        />
        <SamlSettings connection={connection} onDone={() => connectionsChanged(organization)} />
        {enabled ? (
          <ConfirmButton
            action={texts.disable}
            name={`${texts.disable}: ${name}`}
            title={texts.disableTitle(name)}
            onConfirm={async () => {
              await api.updateSsoConnection({ path, body: { enabled: false } });
              await connectionsChanged(organization);
            }}
          >
            {texts.disableHint}
          </ConfirmButton>
        ) : (
          <Button size="xs" aria-label={`${texts.enable}: ${name}`} disabled={testedAt === null} loading={enable.isPending} onClick={() => enable.mutate()}>
            {texts.enable}
          </Button>
        )}
        <ConfirmButton
          action={texts.delete}
          name={`${texts.delete}: ${name}`}
          title={texts.deleteTitle(name)}
          onConfirm={async () => {
            await api.deleteSsoConnection({ path });
            await connectionsChanged(organization);
          }}
        >
          {texts.deleteHint}
        </ConfirmButton>
      </Group>
      <Dialog opened={maps} onClose={() => setMaps(false)} title={texts.rolesTitle(name)} size="lg">
        <Loaded query={roles}>
          {(known) => (
            <OpenedForm queryKey={keyOf(organization, 'sso-connections', ssoConnectionId)} read={() => api.send('getSsoConnection', { path })}>
              {(read) => (
                <ConnectionRoles
                  opened={read}
                  roles={known}
                  onDone={async () => {
                    await connectionsChanged(organization);
                    setMaps(false);
                  }}
                />
              )}
            </OpenedForm>
          )}
        </Loaded>
      </Dialog>
    </>
  );
}
