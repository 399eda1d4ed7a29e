import { Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import type { Item } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { isKeyOf, optionsOf } from '../../../parts/choices';
import { ConfirmButton } from '../../../parts/confirm';
import { Copyable } from '../../../parts/copy';
import { DataTable, type Column } from '../../../parts/data-table';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { formatNumber, formatTime } from '../../../texts/texts';
import { Facts } from '../parts';
import { inOrder, operatorKey, readAgain } from '../queries';
import { texts as common } from '../texts';
import { texts } from './texts';

type Hold = Item<'listLegalHolds'>;
type Erasure = Item<'listErasures'>;

const orders = ['createdAt', '-createdAt'] as const;

const holdColumns: readonly Column<Hold>[] = [
  { key: 'placed', title: texts.placed, sort: 'createdAt', cell: ({ createdAt }) => formatTime(createdAt) },
  { key: 'kind', title: texts.kind, cell: ({ kind }) => texts.kinds[kind] },
  {
    key: 'subject',
    title: texts.subjectColumn,
    cell: ({ kind, subjectId }) =>
      kind === 'organization' ? (
        <Link to="/operator/tenants/$tenantId" params={{ tenantId: subjectId }}>
          {subjectId}
        </Link>
      ) : (
        subjectId
      ),
  },
  { key: 'reason', title: common.reason, cell: ({ reason }) => reason },
  {
    key: 'actions',
    title: common.actions,
    isTitleHidden: true,
    cell: ({ id, subjectId }) => (
      <ConfirmButton
        title={subjectId}
        action={texts.release}
        name={texts.releaseOf(subjectId)}
        onConfirm={() => api.deleteLegalHold({ path: { legalHoldId: id } }).then(readAgain)}
      >
        {texts.releaseHint}
      </ConfirmButton>
    ),
  },
];

const erasureColumns = (onShow: (erasure: Erasure) => void): readonly Column<Erasure>[] => [
  { key: 'asked', title: texts.asked, sort: 'createdAt', cell: ({ createdAt }) => formatTime(createdAt) },
  { key: 'person', title: texts.person, cell: ({ userId }) => userId },
  { key: 'reason', title: common.reason, cell: ({ reason }) => reason ?? texts.byThemselves },
  { key: 'completed', title: texts.completed, cell: ({ completedAt }) => (completedAt === null ? texts.pending : formatTime(completedAt)) },
  {
    key: 'receipt',
    title: texts.receipt,
    isTitleHidden: true,
    cell: (erasure) =>
      erasure.receipt === null ? null : (
        <Button variant="default" size="xs" aria-label={texts.receiptOf(erasure.userId)} onClick={() => onShow(erasure)}>
          {texts.receipt}
        </Button>
      ),
  },
];

/** What must be kept, and what was erased. */
export function Page() {
  const [isPlacing, setIsPlacing] = useState(false);
  const [shown, setShown] = useState<Erasure>();
  const close = (): void => setIsPlacing(false);
  return (
    <View title={common.privacy} description={texts.description}>
      <Section
        title={texts.holds}
        description={texts.holdsHint}
        actions={
          <Button variant="default" size="xs" onClick={() => setIsPlacing(true)}>
            {texts.place}
          </Button>
        }
      >
        <DataTable
          label={texts.holds}
          columns={holdColumns}
          rowKey={({ id }) => id}
          queryKey={[operatorKey, 'legal-holds']}
          load={(page) => api.listLegalHolds({ query: { ...inOrder(page, orders), count: page.cursor === undefined } })}
          sort="-createdAt"
          empty={<EmptyState title={texts.noHolds} />}
          minWidth={820}
        />
      </Section>
      <Section title={texts.erasures} description={texts.erasuresHint}>
        <DataTable
          label={texts.erasures}
          columns={erasureColumns(setShown)}
          rowKey={({ id }) => id}
          queryKey={[operatorKey, 'erasures']}
          load={(page) => api.listErasures({ query: { ...inOrder(page, orders), count: page.cursor === undefined } })}
          sort="-createdAt"
          empty={<EmptyState title={texts.noErasures} />}
          minWidth={820}
        />
      </Section>
      <Dialog opened={isPlacing} onClose={close} title={texts.place}>
        <PlaceHold onDone={close} />
      </Dialog>
      <Dialog opened={shown !== undefined} onClose={() => setShown(undefined)} title={texts.receipt} size="lg">
        {shown === undefined ? null : <Receipt of={shown} />}
      </Dialog>
    </View>
  );
}

function PlaceHold({ onDone }: { readonly onDone: () => void }) {
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { kind: 'user', subjectId: '', reason: '' },
    validate: { subjectId: isFilled, reason: isFilled },
    submit: async ({ kind, subjectId, reason }) => {
      await prove(() => api.createLegalHold({ body: { kind: isKeyOf(texts.kinds, kind) ? kind : 'user', subjectId: subjectId.trim(), reason } }));
      await readAgain();
      onDone();
    },
  });
  return (
    <ApiFormView of={own} action={texts.place}>
      <NativeSelect label={texts.kind} data={optionsOf(texts.kinds)} {...own.form.getInputProps('kind')} />
      <TextInput label={texts.subject} autoComplete="off" required data-autofocus {...own.form.getInputProps('subjectId')} />
      <TextInput label={common.reason} autoComplete="off" required {...own.form.getInputProps('reason')} />
    </ApiFormView>
  );
}

function Receipt({ of: { receipt, tables } }: { readonly of: Erasure }) {
  return (
    <Stack>
      <Text>{texts.receiptHint}</Text>
      <Copyable label={texts.receipt} value={receipt ?? ''} />
      <Text fw={600}>{texts.tables}</Text>
      <Facts label={texts.tables} rows={Object.entries(tables).map(([table, count]) => [table, formatNumber(count)])} />
    </Stack>
  );
}
