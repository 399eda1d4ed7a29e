import { Button, Stack, Text, TextInput } from '@mantine/core';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { api } from '../../../api/client';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, isFilled, useApiForm } from '../../../parts/form';
import { OnceShown } from '../../../parts/once-shown';
import { useRecentLogin } from '../../../parts/recent-login';
import { formatTime } from '../../../texts/texts';
import { texts as common } from '../texts';
import { texts } from './texts';

/** Makes a link with which an administrator of an identity provider sets up the single sign-on of the tenant. */
export function SetupLinkButton({ tenantId }: { readonly tenantId: string }) {
  const [opened, setOpened] = useState(false);
  const close = (): void => setOpened(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {texts.setupLink}
      </Button>
      <Dialog opened={opened} onClose={close} title={texts.setupLink}>
        <SetupLinkForm tenantId={tenantId} onDone={close} />
      </Dialog>
    </>
  );
}

function SetupLinkForm({ tenantId, onDone }: { readonly tenantId: string; readonly onDone: () => void }) {
  const prove = useRecentLogin();
  const [link, setLink] = useState<Data<'createTenantSsoSetupLink'>>();
  const own = useApiForm({
    initialValues: { name: '', reason: '' },
    validate: { name: isFilled, reason: isFilled },
    submit: async (body) => setLink(await prove(() => api.createTenantSsoSetupLink({ path: { tenantId }, body }))),
  });
  if (link !== undefined) return <OnceShown label={texts.setupLink} value={link.url} hint={texts.setupLinkShown(formatTime(link.expiresAt))} onClose={onDone} />;
  return (
    <Stack>
      <Text>{texts.setupLinkHint}</Text>
      <ApiFormView of={own} action={texts.makeLink}>
        <TextInput label={texts.setupLinkFor} autoComplete="off" required data-autofocus {...own.form.getInputProps('name')} />
        <TextInput label={common.reason} autoComplete="off" required {...own.form.getInputProps('reason')} />
      </ApiFormView>
    </Stack>
  );
}
