import { Button, Divider, Group, Loader, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { api, queries } from '../../api/client';
import { returnAddress } from '../../api/settings';
import { ApiFormView, Failure, isFilled, useApiForm } from '../../parts/form';
import { Link } from '../../parts/link';
import { Sheet } from '../../parts/sheet';
import { formatDate, texts } from '../../texts/texts';
import { deletedQuery, joinableQuery, meQuery } from './queries';

export function Page() {
  const t = texts();
  const router = useRouter();
  const { return_to: returnTo } = useSearch({ strict: false });
  const { data: me, error } = useQuery(meQuery);
  const choose = useMutation({
    mutationFn: (organizationId: string) => api.switchOrganization({ body: { organizationId } }),
    onSuccess: async (_, organizationId) => {
      await queries.invalidateQueries();
      const address = returnAddress(returnTo);
      if (address === undefined) await router.navigate({ to: '/organizations/$organizationId', params: { organizationId } });
      else location.assign(address);
    },
  });
  const create = useApiForm({
    initialValues: { name: '' },
    validate: { name: isFilled },
    submit: async (body) => choose.mutateAsync((await api.createOrganization({ body })).id),
  });
  return (
    <Sheet
      title={t.chooseOrganization}
      footer={
        <>
          <Link to="/account">{t.account}</Link>
          {me?.platformAdmin === true ? <Link to="/operator">{t.operatorConsole}</Link> : null}
        </>
      }
    >
      <Failure error={error ?? choose.error} />
      {me === undefined && error === null ? <Loader role="img" aria-label={t.loading} /> : null}
      {me?.memberships.length === 0 ? <Text>{t.noOrganization}</Text> : null}
      <Stack gap="xs">
        {me?.memberships.map(({ organization: { id, name }, role }) => (
          <Button
            key={id}
            variant="default"
            justify="space-between"
            rightSection={role === 'owner' ? t.owner : role}
            loading={choose.isPending && choose.variables === id}
            onClick={() => choose.mutate(id)}
          >
            {name}
          </Button>
        ))}
      </Stack>
      <Joinable />
      <Deleted />
      <Divider />
      <Title order={2} size="h4">
        {t.createOrganization}
      </Title>
      <ApiFormView of={create} action={t.create}>
        <TextInput label={t.organizationName} autoComplete="organization" required {...create.form.getInputProps('name')} />
      </ApiFormView>
    </Sheet>
  );
}

/** The organizations whose domain the address of the person has. */
function Joinable() {
  const t = texts();
  const { data } = useQuery(joinableQuery);
  const ask = useMutation({
    mutationFn: (organizationId: string) => api.askToJoin({ path: { organizationId }, body: {} }),
    onSuccess: () => queries.invalidateQueries(),
  });
  // An address that is not verified has none, and the API says so with an error.
  if (data === undefined || data.data.length === 0) return null;
  return (
    <>
      <Divider />
      <Title order={2} size="h4">
        {t.joinable}
      </Title>
      <Failure error={ask.error} />
      {data.data.map(({ id, name, joinPolicy, requestedAt }) => (
        <Group key={id} justify="space-between">
          <Text>{name}</Text>
          {requestedAt === null ? (
            <Button
              variant="default"
              loading={ask.isPending && ask.variables === id}
              aria-label={`${joinPolicy === 'join' ? t.join : t.askToJoin}: ${name}`}
              onClick={() => ask.mutate(id)}
            >
              {joinPolicy === 'join' ? t.join : t.askToJoin}
            </Button>
          ) : (
            <Text size="sm">{t.asked}</Text>
          )}
        </Group>
      ))}
    </>
  );
}

/** The deleted organizations that the person can restore. */
function Deleted() {
  const t = texts();
  const { data } = useQuery(deletedQuery);
  const restore = useMutation({
    mutationFn: (organizationId: string) => api.restoreOrganization({ path: { organizationId } }),
    onSuccess: () => queries.invalidateQueries(),
  });
  if (data === undefined || data.length === 0) return null;
  return (
    <>
      <Divider />
      <Title order={2} size="h4">
        {t.deletedOrganizations}
      </Title>
      <Failure error={restore.error} />
      {data.map(({ id, name, eraseAfter }) => (
        <Group key={id} justify="space-between">
          <Stack gap={0}>
            <Text>{name}</Text>
            {eraseAfter === null ? null : <Text size="sm">{t.erasedAfter(formatDate(eraseAfter))}</Text>}
          </Stack>
          <Button variant="default" loading={restore.isPending && restore.variables === id} aria-label={`${t.restore}: ${name}`} onClick={() => restore.mutate(id)}>
            {t.restore}
          </Button>
        </Group>
      ))}
    </>
  );
}
