import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { isTenantryError, type Data, type TenantryClient } from '@tenantry/sdk';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { beginVisit } from '../../api/provider-visit';
import { setupClient } from '../../api/setup-client';
import { ConfirmButton } from '../../parts/confirm';
import { Dialog } from '../../parts/dialog';
import { Failure, Success } from '../../parts/form';
import { Sheet } from '../../parts/sheet';
import { ErrorState, LoadingState } from '../../parts/states';
import { formatTime } from '../../texts/texts';
import { ChangeSecret, ConnectionForm, ConnectionView, type Connection } from '../organization/sso/connection-parts';
import { texts as ssoTexts } from '../organization/sso/texts';
import { texts } from './texts';

/** The page of a set-up link. The token is in the fragment of its address, which browsers send to no server. */
export function Page() {
  const token = new URLSearchParams(useLocation({ select: ({ hash }) => hash })).get('token');
  if (token === null)
    return (
      <Sheet title={texts.title}>
        <Alert color="red" variant="outline" role="alert">
          {texts.noToken}
        </Alert>
      </Sheet>
    );
  return <Setup key={token} token={token} />;
}

function Setup({ token }: { readonly token: string }) {
  const [client] = useState(() => setupClient(token));
  const [enabled, setEnabled] = useState<string>();
  const { data, error, refetch } = useQuery({ queryKey: ['sso-setup', token], queryFn: () => client.getSsoSetup(), enabled: enabled === undefined });
  if (data === undefined) return <Sheet title={texts.title}>{error === null ? <LoadingState /> : isOver(error) ? <Over /> : <ErrorState error={error} onRetry={refetch} />}</Sheet>;
  return (
    <Sheet title={texts.titleFor(data.organization)} wide>
      {enabled === undefined ? (
        <Steps token={token} client={client} setup={data} onChanged={refetch} onEnabled={setEnabled} />
      ) : (
        <Success>{texts.done(enabled, data.organization)}</Success>
      )}
    </Sheet>
  );
}

/** Whether the API takes the token no more. */
const isOver = (error: unknown): boolean => isTenantryError(error) && error.status === 401;

const Over = () => (
  <Alert color="red" variant="outline" role="alert" title={texts.over}>
    {texts.overHint}
  </Alert>
);

interface StepsProps {
  readonly token: string;
  readonly client: TenantryClient;
  readonly setup: Data<'getSsoSetup'>;
  readonly onChanged: () => Promise<unknown>;
  readonly onEnabled: (name: string) => void;
}

function Steps({ token, client, setup: { connections, expiresAt }, onChanged, onEnabled }: StepsProps) {
  const [adds, setAdds] = useState(false);
  const form = (
    <ConnectionForm
      roles={[]}
      createOidc={(body) => client.setUpSsoConnection({ body })}
      createSaml={(body) => client.setUpSamlConnection({ body })}
      onDone={async () => {
        await onChanged();
        setAdds(false);
      }}
    />
  );
  return (
    <Stack>
      <Text>{texts.hint}</Text>
      <Text size="sm">{texts.worksUntil(formatTime(expiresAt))}</Text>
      {connections.map((connection) => (
        <ConnectionView key={connection.id} connection={connection}>
          <Actions connection={connection} token={token} client={client} onChanged={onChanged} onEnabled={onEnabled} />
        </ConnectionView>
      ))}
      {connections.length === 0 ? (
        form
      ) : (
        <Group>
          <Button variant="default" onClick={() => setAdds(true)}>
            {texts.another}
          </Button>
        </Group>
      )}
      <Dialog opened={adds} onClose={() => setAdds(false)} title={texts.another} size="lg">
        {form}
      </Dialog>
    </Stack>
  );
}

interface ActionsProps extends Pick<StepsProps, 'token' | 'client' | 'onChanged' | 'onEnabled'> {
  readonly connection: Connection;
}

function Actions({ connection, token, client, onChanged, onEnabled }: ActionsProps) {
  const { id: ssoConnectionId, name, testedAt } = connection;
  const path = { ssoConnectionId };
  const test = useMutation({
    mutationFn: async () => client.beginSetUpSsoTest({ path, body: { challenge: await beginVisit(undefined, { setupToken: token }) } }),
    onSuccess: ({ url }) => location.assign(url),
  });
  return (
    <>
      <Failure error={test.error} />
      <Group gap="xs">
        <Button
          variant={testedAt === null ? 'filled' : 'default'}
          size="xs"
          aria-label={`${ssoTexts.test}: ${name}`}
          loading={test.isPending || test.isSuccess}
          onClick={() => test.mutate()}
        >
          {ssoTexts.test}
        </Button>
        <ChangeSecret
          connection={connection}
          change={async (clientSecret) => {
            await client.updateSetUpSsoConnection({ path, body: { clientSecret } });
            await onChanged();
          }}
        />
        <ConfirmButton
          action={texts.enable}
          name={`${texts.enable}: ${name}`}
          title={texts.enableTitle(name)}
          danger={false}
          button={{ disabled: testedAt === null, variant: 'filled' }}
          onConfirm={async () => {
            await client.updateSetUpSsoConnection({ path, body: { enabled: true } });
            onEnabled(name);
          }}
        >
          {texts.enableHint}
        </ConfirmButton>
      </Group>
    </>
  );
}
