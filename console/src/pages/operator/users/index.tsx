import { Card, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Item } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { DataTable, type Column } from '../../../parts/data-table';
import { ApiFormView, isEmail, useApiForm } from '../../../parts/form';
import { Link } from '../../../parts/link';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { StatusBadge } from '../../../parts/status-badge';
import { formatDate, formatTime } from '../../../texts/texts';
import { Facts, ReasonButton } from '../parts';
import { LegalHold } from '../privacy/hold';
import { meQuery } from '../../account/queries';
import { operatorKey, readAgain } from '../queries';
import { useFilters } from '../search';
import { texts as common } from '../texts';
import { texts } from './texts';

type User = Item<'findUsers'>;
type Operator = Item<'listOperators'>;

export function Page() {
  const [{ search }] = useFilters();
  return (
    <View title={common.users}>
      <Section title={texts.find} description={texts.findHint}>
        <FindForm key={search ?? ''} />
        {search === undefined ? null : <Found email={search} />}
      </Section>
      <Section title={texts.operators} description={texts.operatorsHint}>
        <Operators />
        <AddOperator />
      </Section>
    </View>
  );
}

function FindForm() {
  const [{ search = '' }, change] = useFilters();
  const own = useApiForm({
    initialValues: { email: search },
    validate: { email: isEmail },
    submit: async ({ email }) => change({ search: email.trim() }),
  });
  return (
    <ApiFormView of={own} action={texts.findAction}>
      <TextInput label={common.email} type="email" autoComplete="off" required maw={420} {...own.form.getInputProps('email')} />
    </ApiFormView>
  );
}

function Found({ email }: { readonly email: string }) {
  const query = useQuery({ queryKey: [operatorKey, 'users', email], queryFn: () => api.findUsers({ query: { email } }) });
  return <Loaded query={query}>{({ data }) => (data.length === 0 ? <EmptyState title={texts.notFound} /> : data.map((user) => <UserCard key={user.id} user={user} />))}</Loaded>;
}

const yesNo = (value: boolean): string => (value ? common.yes : common.no);

function UserCard({ user }: { readonly user: User }) {
  const { id, name, email, emailVerified, twoFactorEnabled, platformAdmin, memberships, lastLoginAt, disabledAt, createdAt } = user;
  const path = { userId: id };
  const { data: me } = useQuery(meQuery);
  return (
    <Card withBorder>
      <Stack>
        <Group justify="space-between">
          <Text fw={600}>{name}</Text>
          <Group gap="xs">
            {disabledAt === null ? (
              <ConfirmButton title={name} action={texts.disable} onConfirm={() => api.disableUser({ path }).then(readAgain)}>
                {texts.disableHint}
              </ConfirmButton>
            ) : (
              <ConfirmButton title={name} action={texts.enable} danger={false} onConfirm={() => api.enableUser({ path }).then(readAgain)}>
                {texts.enableHint}
              </ConfirmButton>
            )}
            {/* Operators remove their own one with a code, on the page of their account. */}
            {twoFactorEnabled && me !== undefined && me.user.id !== id ? (
              <ReasonButton title={name} action={texts.removeFactor} onConfirm={(reason) => api.removeUserSecondFactor({ path, body: { reason } }).then(readAgain)}>
                {texts.removeFactorHint}
              </ReasonButton>
            ) : null}
            {/* Operators are removed from the operators first. */}
            {platformAdmin ? null : (
              <ReasonButton title={name} action={texts.erase} phrase={email ?? name} onConfirm={(reason) => api.eraseUser({ path, body: { reason } }).then(readAgain)}>
                {texts.eraseHint} <Link to="/operator/privacy">{texts.toErasures}</Link>
              </ReasonButton>
            )}
          </Group>
        </Group>
        <Facts
          label={name}
          rows={[
            ['ID', id],
            [common.email, email],
            [texts.verified, yesNo(emailVerified)],
            [texts.secondFactor, yesNo(twoFactorEnabled)],
            [texts.operator, yesNo(platformAdmin)],
            [texts.lastLogin, lastLoginAt === null ? common.never : formatTime(lastLoginAt)],
            [common.created, formatTime(createdAt)],
            ...(disabledAt === null ? [] : [[texts.disabledAt, <StatusBadge isBad>{formatTime(disabledAt)}</StatusBadge>] as const]),
            [texts.memberships, <Memberships of={memberships} />],
            [texts.hold, <LegalHold kind="user" subjectId={id} name={name} hint={texts.holdHint} />],
          ]}
        />
      </Stack>
    </Card>
  );
}

function Memberships({ of }: { readonly of: User['memberships'] }) {
  if (of.length === 0) return texts.noMemberships;
  return (
    <List>
      {of.map(({ organization: { id, name }, role }) => (
        <List.Item key={id}>
          <Link to="/operator/tenants/$tenantId" params={{ tenantId: id }}>
            {name}
          </Link>{' '}
          ({role})
        </List.Item>
      ))}
    </List>
  );
}

const operatorColumns: readonly Column<Operator>[] = [
  { key: 'name', title: common.name, cell: ({ name }) => name },
  { key: 'email', title: common.email, cell: ({ email }) => email },
  { key: 'status', title: common.status, cell: ({ disabledAt }) => (disabledAt === null ? common.statuses.active : <StatusBadge isBad>{common.disabled}</StatusBadge>) },
  { key: 'created', title: common.created, cell: ({ createdAt }) => formatDate(createdAt) },
  {
    key: 'actions',
    title: common.actions,
    isTitleHidden: true,
    cell: ({ userId, name }) => (
      <ConfirmButton title={name} action={texts.remove} name={texts.removeOf(name)} onConfirm={() => api.removeOperator({ path: { userId } }).then(readAgain)}>
        {texts.removeHint}
      </ConfirmButton>
    ),
  },
];

const Operators = () => (
  <DataTable label={texts.operatorList} columns={operatorColumns} rowKey={({ userId }) => userId} queryKey={[operatorKey, 'operators']} load={() => api.listOperators()} />
);

function AddOperator() {
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { email: '' },
    validate: { email: isEmail },
    submit: async ({ email }) => {
      await prove(() => api.addOperator({ body: { email } }));
      own.form.reset();
      await readAgain();
    },
  });
  return (
    <ApiFormView of={own} action={texts.add}>
      <TextInput label={texts.add} description={texts.addHint} type="email" autoComplete="off" required maw={420} {...own.form.getInputProps('email')} />
    </ApiFormView>
  );
}
