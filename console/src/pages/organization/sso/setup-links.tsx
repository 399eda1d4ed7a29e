import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmButton } from '../../../parts/confirm';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { OnceShown } from '../../../parts/once-shown';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { Section } from '../../../parts/view';
import { formatDays, formatNumber, formatTime } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { keyOf, readAgain } from '../queries';
import { texts } from './texts';

const linksChanged = (organization: OpenOrganization): Promise<void> => readAgain(organization, 'sso-setup-links');

/** The links with which people who have no account set up connections. */
export function SetupLinks({ canAdd }: { readonly canAdd: boolean }) {
  const organization = useOrganization();
  const { api, may } = organization;
  const query = useQuery({ queryKey: keyOf(organization, 'sso-setup-links'), queryFn: () => api.listSsoSetupLinks() });
  const [adds, setAdds] = useState(false);
  const [url, setUrl] = useState<string>();
  const mayWrite = may('security:write');
  const close = (): void => {
    setAdds(false);
    setUrl(undefined);
  };
  return (
    <Section title={texts.links} description={texts.linksHint} actions={canAdd && mayWrite ? <Button onClick={() => setAdds(true)}>{texts.newLink}</Button> : undefined}>
      <Loaded query={query}>
        {({ data }) => (
          <Stack>
            {data.length === 0 ? <EmptyState title={texts.noLinks} /> : null}
            {data.map(({ id: ssoSetupLinkId, name, hint, expiresAt, useCount, lastUsedAt, operatorReason }) => (
              <Group key={ssoSetupLinkId} justify="space-between">
                <Stack gap={0} miw={0} style={{ overflowWrap: 'anywhere' }}>
                  <Text>{name}</Text>
                  <Text size="sm">{`${hint} · ${texts.linkEnds(formatTime(expiresAt))}`}</Text>
                  <Text size="sm">{lastUsedAt === null ? texts.unused : texts.used(formatNumber(useCount), formatTime(lastUsedAt))}</Text>
                  {operatorReason === null ? null : <Text size="sm">{texts.byOperator(operatorReason)}</Text>}
                </Stack>
                {mayWrite ? (
                  <ConfirmButton
                    action={texts.revoke}
                    name={`${texts.revoke}: ${name}`}
                    title={texts.revokeLinkTitle(name)}
                    onConfirm={async () => {
                      await api.revokeSsoSetupLink({ path: { ssoSetupLinkId } });
                      await linksChanged(organization);
                    }}
                  >
                    {texts.revokeLinkHint}
                  </ConfirmButton>
                ) : null}
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
      <Dialog opened={adds} onClose={close} title={texts.newLink}>
        {url === undefined ? <NewLink onMade={setUrl} /> : <OnceShown label={texts.link} value={url} hint={texts.linkOnce} onClose={close} />}
      </Dialog>
    </Section>
  );
}

/** The days for which a link can work. */
const days = [1, 7, 30] as const;

function NewLink({ onMade }: { readonly onMade: (url: string) => void }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { name: '', days: '7' },
    validate: { name: isFilled },
    submit: async ({ name, days: chosen }) => {
      const { url } = await prove(() => organization.api.createSsoSetupLink({ body: { name, expiresInHours: Number(chosen) * 24 } }));
      await linksChanged(organization);
      onMade(url);
    },
  });
  return (
    <ApiFormView of={own} action={texts.newLink}>
      <TextInput label={texts.linkFor} description={texts.linkForHint} required maxLength={100} data-autofocus {...own.form.getInputProps('name')} />
      <NativeSelect label={texts.linkDays} data={days.map((count) => ({ value: String(count), label: formatDays(count) }))} {...own.form.getInputProps('days')} />
    </ApiFormView>
  );
}
