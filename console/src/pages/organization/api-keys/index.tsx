import { Button, Group, NativeSelect, Text } from '@mantine/core';
import type { ApiKey, ApiKeyStatus } from '@tenantry/sdk';
import { useState } from 'react';
import { queries } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { KeyName, KeyStatus, RotateKey } from '../../../parts/keys';
import { OnceShown } from '../../../parts/once-shown';
import { EmptyState } from '../../../parts/states';
import { OpenedForm } from '../../../parts/versions';
import { View } from '../../../parts/view';
import { formatNumber, formatTime } from '../../../texts/texts';
import { useOrganization } from '../context';
import { EditKey, NewKey } from './key-forms';
import { texts } from './texts';

type Opened = { readonly kind: 'new' } | { readonly kind: 'edit' | 'rotate'; readonly key: ApiKey } | { readonly kind: 'secret'; readonly name: string; readonly secret: string };

const statuses = ['active', 'disabled', 'expired'] as const satisfies readonly ApiKeyStatus[];

/** The API keys that the person may see. */
export function Page() {
  const { id, api } = useOrganization();
  const [status, setStatus] = useState<ApiKeyStatus>();
  const [opened, setOpened] = useState<Opened>();
  const list = ['organization', id, 'api-keys'] as const;
  const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: list });
  const close = (): void => setOpened(undefined);
  const done = async (): Promise<void> => {
    close();
    await readAgain();
  };
  const showSecret = async ({ name, key }: { readonly name: string; readonly key: string }): Promise<void> => {
    setOpened({ kind: 'secret', name, secret: key });
    await readAgain();
  };
  const titleOf = (what: Opened): string => {
    if (what.kind === 'new') return texts.createTitle;
    if (what.kind === 'secret') return texts.secretTitle;
    return what.kind === 'edit' ? texts.editTitle(what.key.name) : texts.rotateTitle(what.key.name);
  };
  return (
    <View title={texts.title} description={texts.description} actions={<Button onClick={() => setOpened({ kind: 'new' })}>{texts.create}</Button>}>
      <Group>
        <NativeSelect
          label={texts.onlyStatus}
          value={status ?? ''}
          data={[{ value: '', label: texts.all }, ...statuses.map((value) => ({ value, label: texts.statuses[value] }))]}
          onChange={({ currentTarget }) => setStatus(statuses.find((each) => each === currentTarget.value))}
        />
      </Group>
      <DataTable
        label={texts.title}
        columns={columnsOf({ onOpen: setOpened, onDone: readAgain })}
        rowKey={(key) => key.id}
        queryKey={[...list, { status }]}
        load={({ limit, cursor }) => api.listApiKeys({ query: { limit, ...(status === undefined ? {} : { status }), ...(cursor === undefined ? {} : { cursor }) } })}
        isFiltered={status !== undefined}
        empty={<EmptyState title={texts.none} />}
        minWidth={900}
      />
      <Dialog opened={opened !== undefined} onClose={close} title={opened === undefined ? '' : titleOf(opened)} size="lg">
        {opened?.kind === 'new' ? <NewKey onCreated={showSecret} /> : null}
        {opened?.kind === 'edit' ? (
          <OpenedForm queryKey={[...list, 'form', opened.key.id]} read={() => api.send('getApiKey', { path: { apiKeyId: opened.key.id } })}>
            {(read) => <EditKey opened={read} onSaved={done} />}
          </OpenedForm>
        ) : null}
        {opened?.kind === 'rotate' ? (
          <RotateKey texts={texts} rotate={(overlapSeconds) => api.rotateApiKey({ path: { apiKeyId: opened.key.id }, body: { overlapSeconds } })} onRotated={showSecret}>
            <Text>{texts.rotateHint}</Text>
          </RotateKey>
        ) : null}
        {opened?.kind === 'secret' ? <OnceShown label={texts.secret} value={opened.secret} hint={texts.secretHint} onClose={close} /> : null}
      </Dialog>
    </View>
  );
}

interface Acts {
  readonly onOpen: (what: Opened) => void;
  readonly onDone: () => Promise<void>;
}

const columnsOf = (acts: Acts): readonly Column<ApiKey>[] => [
  {
    key: 'name',
    title: texts.name,
    cell: ({ name, hint, withheldPermissions, needsReview }) => (
      <KeyName name={name} hint={hint}>
        {needsReview ? (
          <Text size="sm" c="red">
            {texts.review(withheldPermissions.join(', '))}
          </Text>
        ) : null}
      </KeyName>
    ),
  },
  {
    key: 'status',
    title: texts.status,
    cell: (key) => (
      <KeyStatus of={key} texts={texts}>
        {texts.statuses[key.status]}
      </KeyStatus>
    ),
  },
  { key: 'owner', title: texts.owner, cell: ({ ownerId }) => (ownerId === null ? texts.ofOrganization : texts.ofMember) },
  { key: 'permissions', title: texts.permissions, cell: ({ permissions }) => <Text size="sm">{permissions.join(', ')}</Text> },
  {
    key: 'used',
    title: texts.lastUsed,
    cell: ({ lastUsedAt, useCount }) => (lastUsedAt === null ? texts.never : `${formatTime(lastUsedAt)} (${texts.uses(formatNumber(useCount))})`),
  },
  { key: 'actions', title: texts.edit, isTitleHidden: true, cell: (apiKey) => <Actions apiKey={apiKey} {...acts} /> },
];

function Actions({ apiKey, onOpen, onDone }: Acts & { readonly apiKey: ApiKey }) {
  const { api, may, me } = useOrganization();
  const { id, name, enabled, ownerId } = apiKey;
  const path = { apiKeyId: id };
  const isOwn = ownerId === me.user.id;
  // The API lets others only disable and revoke a personal key.
  if (!isOwn && !may('api_keys:write')) return null;
  const canChange = isOwn || ownerId === null;
  return (
    <Group gap="xs" wrap="nowrap">
      {canChange ? (
        <>
          <Button variant="default" size="xs" aria-label={texts.of(texts.edit, name)} onClick={() => onOpen({ kind: 'edit', key: apiKey })}>
            {texts.edit}
          </Button>
          <Button variant="default" size="xs" aria-label={texts.of(texts.rotate, name)} onClick={() => onOpen({ kind: 'rotate', key: apiKey })}>
            {texts.rotate}
          </Button>
        </>
      ) : null}
      {enabled ? (
        <ConfirmButton
          title={texts.disableQuestion(name)}
          action={texts.disable}
          name={texts.of(texts.disable, name)}
          onConfirm={async () => {
            await api.updateApiKey({ path, body: { enabled: false } });
            await onDone();
          }}
        >
          {texts.disableHint}
        </ConfirmButton>
      ) : null}
      <ConfirmButton
        title={texts.revokeQuestion(name)}
        action={texts.revoke}
        name={texts.of(texts.revoke, name)}
        onConfirm={async () => {
          await api.revokeApiKey({ path });
          await onDone();
        }}
      >
        {texts.revokeHint}
      </ConfirmButton>
    </Group>
  );
}
