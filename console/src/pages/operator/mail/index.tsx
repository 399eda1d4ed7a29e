import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { isKeyOf, optionsOf } from '../../../parts/choices';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { useRecentLogin } from '../../../parts/recent-login';
import { View } from '../../../parts/view';
import { StatusBadge } from '../../../parts/status-badge';
import { formatNumber, formatTime } from '../../../texts/texts';
import { ChoiceFilter, Filters, TextFilter } from '../parts';
import { inOrder, operatorKey, readAgain } from '../queries';
import { useFilters } from '../search';
import { texts as common } from '../texts';
import { texts } from './texts';

type Mail = Item<'listMails'>;

const orders = ['createdAt', '-createdAt'] as const;
const isAddress = (value: string): boolean => /^\S+@\S+\.\S+$/.test(value);

const columns: readonly Column<Mail>[] = [
  { key: 'queued', title: texts.queued, sort: 'createdAt', cell: ({ createdAt }) => formatTime(createdAt) },
  { key: 'recipient', title: texts.recipient, cell: ({ recipient }) => recipient },
  { key: 'template', title: texts.template, cell: ({ template }) => template },
  {
    key: 'tenant',
    title: common.tenant,
    cell: ({ organizationId }) =>
      organizationId === null ? (
        '–'
      ) : (
        <Link to="/operator/tenants/$tenantId" params={{ tenantId: organizationId }}>
          {organizationId.slice(-8)}
        </Link>
      ),
  },
  { key: 'state', title: texts.state, cell: (mail) => <MailState mail={mail} /> },
  { key: 'attempts', title: texts.attempts, align: 'end', cell: ({ attempts }) => formatNumber(attempts) },
  { key: 'actions', title: common.actions, isTitleHidden: true, cell: (mail) => <MailActions mail={mail} /> },
];

export function Page() {
  const [{ status, failure, recipient }] = useFilters();
  const filters = {
    ...(isKeyOf(texts.statuses, status) ? { status } : {}),
    ...(isKeyOf(texts.failures, failure) ? { failure } : {}),
    // The API takes whole addresses.
    ...(recipient !== undefined && isAddress(recipient) ? { recipient } : {}),
  };
  return (
    <View title={common.mail} description={texts.description}>
      <Filters>
        <ChoiceFilter name="status" label={texts.state} options={optionsOf(texts.statuses)} />
        <ChoiceFilter name="failure" label={texts.failure} options={optionsOf(texts.failures)} />
        <TextFilter name="recipient" label={texts.recipient} />
      </Filters>
      <DataTable
        label={common.mail}
        columns={columns}
        rowKey={({ id }) => id}
        queryKey={[operatorKey, 'mails', filters]}
        load={(page) => api.listMails({ query: { ...filters, ...inOrder(page, orders), count: page.cursor === undefined } })}
        sort="-createdAt"
        isFiltered={Object.keys(filters).length > 0}
        minWidth={900}
      />
    </View>
  );
}

function MailState({ mail: { status, failure, lastAnswer, nextAttemptAt } }: { readonly mail: Mail }) {
  return (
    <Stack gap={2} align="flex-start">
      <StatusBadge isBad={status === 'failed'}>{texts.statuses[status]}</StatusBadge>
      {failure === null ? null : <Text size="sm">{texts.failures[failure]}</Text>}
      {lastAnswer === null ? null : (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {texts.answer(lastAnswer)}
        </Text>
      )}
      {status === 'queued' && nextAttemptAt !== null ? <Text size="sm">{texts.next(formatTime(nextAttemptAt))}</Text> : null}
    </Stack>
  );
}

function MailActions({ mail: { id: mailId, status, recipient } }: { readonly mail: Mail }) {
  if (status === 'dropped') return null;
  if (status === 'sent') return <BounceButton mailId={mailId} recipient={recipient} />;
  const path = { mailId };
  return (
    <Group gap="xs" wrap="nowrap">
      <ConfirmButton title={recipient} action={texts.resend} name={texts.resendOf(recipient)} danger={false} onConfirm={() => api.resendMail({ path }).then(readAgain)}>
        {texts.resendHint}
      </ConfirmButton>
      <ConfirmButton title={recipient} action={texts.drop} name={texts.dropOf(recipient)} onConfirm={() => api.dropMail({ path }).then(readAgain)}>
        {texts.dropHint}
      </ConfirmButton>
    </Group>
  );
}

interface BounceProps {
  readonly mailId: string;
  readonly recipient: string;
}

/** Records what a mail server has reported about a mail that it had accepted before. */
function BounceButton({ mailId, recipient }: BounceProps) {
  const [opened, setOpened] = useState(false);
  const close = (): void => setOpened(false);
  return (
    <>
      <Button variant="default" size="xs" aria-label={texts.bouncedOf(recipient)} onClick={() => setOpened(true)}>
        {texts.bounced}
      </Button>
      <Dialog opened={opened} onClose={close} title={texts.bouncedOf(recipient)}>
        <BounceForm mailId={mailId} onDone={close} />
      </Dialog>
    </>
  );
}

function BounceForm({ mailId, onDone }: { readonly mailId: string; readonly onDone: () => void }) {
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { status: '', diagnostic: '' },
    validate: { status: isFilled },
    submit: async ({ status, diagnostic }) => {
      await prove(() => api.reportMailBounce({ path: { mailId }, body: { status: status.trim(), ...(diagnostic === '' ? {} : { diagnostic }) } }));
      await readAgain();
      onDone();
    },
  });
  return (
    <ApiFormView of={own} action={texts.bounced}>
      <Text>{texts.bouncedHint}</Text>
      <TextInput label={texts.bounceStatus} description={texts.bounceStatusHint} autoComplete="off" required data-autofocus {...own.form.getInputProps('status')} />
      <TextInput label={texts.diagnostic} autoComplete="off" {...own.form.getInputProps('diagnostic')} />
    </ApiFormView>
  );
}
