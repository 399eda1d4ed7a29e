import { Button, Group, Loader, Stack, Text, TextInput } from '@mantine/core';
import { startRegistration, type PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, queries } from '../../api/client';
import { ApiFormView, Failure, isFilled, useApiForm } from '../../parts/form';
import { useRecentLogin } from '../../parts/recent-login';
import { formatTime, texts } from '../../texts/texts';
import { passkeysQuery } from './queries';

const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: passkeysQuery.queryKey });

export function Passkeys() {
  const t = texts();
  const confirm = useRecentLogin();
  const { data, error } = useQuery(passkeysQuery);
  const remove = useMutation({ mutationFn: (passkeyId: string) => confirm(() => api.removePasskey({ path: { passkeyId } })), onSuccess: readAgain });
  const add = useApiForm({
    initialValues: { name: '' },
    validate: { name: isFilled },
    submit: async ({ name }) => {
      const { options } = await confirm(() => api.getPasskeyOptions());
      const credential = await startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON });
      await api.addPasskey({ body: { name, credential: { ...credential } } });
      add.form.reset();
      await readAgain();
    },
  });
  return (
    <>
      <Failure error={error ?? remove.error} />
      {data === undefined ? error === null ? <Loader role="img" aria-label={t.loading} /> : null : null}
      {data?.data.length === 0 ? <Text>{t.noPasskeys}</Text> : null}
      {data?.data.map(({ id, name, createdAt, lastUsedAt }) => (
        <Group key={id} justify="space-between">
          <Stack gap={0}>
            <Text>{name}</Text>
            <Text size="sm">{lastUsedAt === null ? t.added(formatTime(createdAt)) : t.lastUsed(formatTime(lastUsedAt))}</Text>
          </Stack>
          <Button variant="default" aria-label={`${t.remove}: ${name}`} loading={remove.isPending && remove.variables === id} onClick={() => remove.mutate(id)}>
            {t.remove}
          </Button>
        </Group>
      ))}
      <ApiFormView of={add} action={t.addPasskey}>
        <TextInput label={t.passkeyName} required {...add.form.getInputProps('name')} />
      </ApiFormView>
    </>
  );
}
