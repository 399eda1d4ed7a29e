import { Button, Checkbox, Group, NumberInput, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import type { Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { isKeyOf } from '../../../parts/choices';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, changesOf, isFilled, useApiForm } from '../../../parts/form';
import { KeyName, KeyStatus, RotateKey } from '../../../parts/keys';
import { OnceShown } from '../../../parts/once-shown';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState } from '../../../parts/states';
import { OpenedForm, type Versioned } from '../../../parts/versions';
import { View } from '../../../parts/view';
import { formatDate, formatNumber, formatTime, texts as general } from '../../../texts/texts';
import { inOrder, operatorKey, readAgain } from '../queries';
import { texts as common } from '../texts';
import { texts } from './texts';

type Key = Item<'listServiceKeys'>;
type Opened = { readonly kind: 'form'; readonly key?: Key } | { readonly kind: 'rotate'; readonly key: Key } | { readonly kind: 'secret'; readonly secret: string };

const orders = ['createdAt', '-createdAt'] as const;
/** Returns the day of a time in the time zone of the browser, as date fields have it. */
const dayOf = (time: string | null): string => (time === null ? '' : new Date(time).toLocaleDateString('sv'));

const columnsOf = (onOpen: (what: Opened) => void): readonly Column<Key>[] => [
  {
    key: 'name',
    title: common.name,
    cell: ({ name, hint }) => <KeyName name={name} hint={hint} />,
  },
  {
    key: 'status',
    title: common.status,
    cell: (key) => (
      <KeyStatus of={key} texts={texts} isBad={key.status === 'expired'}>
        {texts.statuses[key.status]}
      </KeyStatus>
    ),
  },
  { key: 'scopes', title: texts.scopes, cell: ({ scopes }) => <Text size="sm">{scopes.join(', ')}</Text> },
  {
    key: 'used',
    title: texts.lastUsed,
    cell: ({ lastUsedAt, useCount }) => (lastUsedAt === null ? common.never : `${formatTime(lastUsedAt)} (${texts.uses(formatNumber(useCount))})`),
  },
  { key: 'created', title: common.created, sort: 'createdAt', cell: ({ createdAt }) => formatDate(createdAt) },
  {
    key: 'actions',
    title: common.actions,
    isTitleHidden: true,
    cell: (key) => (
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" size="xs" aria-label={texts.of(texts.edit, key.name)} onClick={() => onOpen({ kind: 'form', key })}>
          {texts.edit}
        </Button>
        <Button variant="default" size="xs" aria-label={texts.of(texts.rotate, key.name)} onClick={() => onOpen({ kind: 'rotate', key })}>
          {texts.rotate}
        </Button>
        <ConfirmButton
          title={key.name}
          action={texts.revoke}
          name={texts.of(texts.revoke, key.name)}
          onConfirm={() => api.revokeServiceKey({ path: { serviceKeyId: key.id } }).then(readAgain)}
        >
          {texts.revokeHint}
        </ConfirmButton>
      </Group>
    ),
  },
];

/** The keys of backends of the installation. */
export function Page() {
  const [opened, setOpened] = useState<Opened>();
  const close = (): void => setOpened(undefined);
  const showSecret = async ({ key }: { readonly key: string }): Promise<void> => {
    setOpened({ kind: 'secret', secret: key });
    await readAgain();
  };
  const saved = async (): Promise<void> => {
    close();
    await readAgain();
  };
  return (
    <View title={common.serviceKeys} description={texts.description} actions={<Button onClick={() => setOpened({ kind: 'form' })}>{texts.create}</Button>}>
      <DataTable
        label={common.serviceKeys}
        columns={columnsOf(setOpened)}
        rowKey={({ id }) => id}
        queryKey={[operatorKey, 'service-keys']}
        load={(page) => api.listServiceKeys({ query: inOrder(page, orders) })}
        sort="-createdAt"
        empty={<EmptyState title={texts.none} />}
        minWidth={900}
      />
      <Dialog opened={opened !== undefined} onClose={close} title={opened === undefined ? '' : titleOf(opened)} size="lg">
        {opened?.kind !== 'form' ? null : opened.key === undefined ? (
          <KeyForm opened={undefined} onCreated={showSecret} onSaved={saved} />
        ) : (
          <OpenedForm queryKey={[operatorKey, 'service-key', opened.key.id]} read={() => api.send('getServiceKey', { path: { serviceKeyId: opened.key?.id ?? '' } })}>
            {(read) => <KeyForm opened={read} onCreated={showSecret} onSaved={saved} />}
          </OpenedForm>
        )}
        {opened?.kind === 'rotate' ? (
          <RotateKey texts={texts} rotate={(overlapSeconds) => api.rotateServiceKey({ path: { serviceKeyId: opened.key.id }, body: { overlapSeconds } })} onRotated={showSecret} />
        ) : null}
        {opened?.kind === 'secret' ? <OnceShown label={texts.secret} value={opened.secret} hint={texts.secretHint} onClose={close} /> : null}
      </Dialog>
    </View>
  );
}

function titleOf(what: Opened): string {
  if (what.kind === 'secret') return texts.secret;
  if (what.kind === 'rotate') return texts.of(texts.rotate, what.key.name);
  return what.key === undefined ? texts.create : texts.of(texts.edit, what.key.name);
}

interface KeyFormProps {
  /** The key to change; a new one without it. */
  readonly opened: Versioned<Key> | undefined;
  readonly onCreated: (created: { readonly key: string }) => Promise<void>;
  readonly onSaved: () => Promise<void>;
}

function KeyForm({ opened, onCreated, onSaved }: KeyFormProps) {
  const serviceKey = opened?.data;
  const prove = useRecentLogin();
  const [rateLimit, setRateLimit] = useState(serviceKey?.rateLimit ?? null);
  const formerDay = dayOf(serviceKey?.expiresAt ?? null);
  const own = useApiForm({
    initialValues: { name: serviceKey?.name ?? '', scopes: [...(serviceKey?.scopes ?? [])], allowedIps: [...(serviceKey?.allowedIps ?? [])], expiresAt: formerDay },
    validate: { name: isFilled },
    submit: async ({ name, scopes, allowedIps, expiresAt }) => {
      // A time that was not set by its day stays as it is.
      const expiry = expiresAt === formerDay ? {} : { expiresAt: expiresAt === '' ? null : new Date(`${expiresAt}T23:59:59`).toISOString() };
      const body = { name, scopes: scopes.filter((scope) => isKeyOf(texts.scopeNames, scope)), allowedIps, rateLimit, ...expiry };
      if (opened === undefined) return onCreated(await prove(() => api.createServiceKey({ body })));
      await prove(() => api.updateServiceKey({ path: { serviceKeyId: opened.data.id }, header: { 'If-Match': opened.etag }, body: changesOf(opened.data, body) }));
      return onSaved();
    },
  });
  const input = own.form.getInputProps;
  return (
    <ApiFormView of={own} action={serviceKey === undefined ? texts.create : general().save}>
      <TextInput label={common.name} autoComplete="off" required data-autofocus {...input('name')} />
      <Checkbox.Group label={texts.scopes} required {...input('scopes')}>
        <Stack gap="xs" mt="xs">
          {Object.entries(texts.scopeNames).map(([scope, description]) => (
            <Checkbox key={scope} value={scope} label={scope} description={description} />
          ))}
        </Stack>
      </Checkbox.Group>
      <TagsInput label={texts.allowedIps} description={texts.allowedIpsHint} acceptValueOnBlur clearButtonProps={{ 'aria-label': general().remove }} {...input('allowedIps')} />
      <NumberInput
        label={texts.rateLimit}
        description={texts.rateLimitHint}
        min={1}
        allowDecimal={false}
        value={rateLimit ?? ''}
        onChange={(value) => setRateLimit(value === '' ? null : Number(value))}
      />
      <TextInput type="date" label={texts.expires} description={texts.expiresHint} {...input('expiresAt')} />
    </ApiFormView>
  );
}
