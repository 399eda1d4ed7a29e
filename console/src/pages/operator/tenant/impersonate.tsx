import { Button, Radio, Stack, TextInput, type ButtonProps } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { actAs, api } from '../../../api/client';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { texts as common } from '../texts';
import { texts } from './texts';

interface ImpersonateProps {
  readonly tenantId: string;
  /** The member; the owner who joined first by default. */
  readonly userId?: string;
}

interface ImpersonateButtonProps extends ImpersonateProps {
  readonly label: string;
  /** The name for screen readers, where several buttons have the same text. */
  readonly name?: string;
  readonly button?: ButtonProps;
}

/** A button that asks for the reason, and then shows the console of the organization as the member sees it. */
export function ImpersonateButton({ label, name, button, ...who }: ImpersonateButtonProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" {...button} {...(name === undefined ? {} : { 'aria-label': name })} onClick={() => setOpened(true)}>
        {label}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={name ?? texts.impersonateOf(texts.theOwner)}>
        <Impersonate {...who} />
      </Dialog>
    </>
  );
}

/** The shortest reason that the API takes. */
const shortestReason = 5;

function Impersonate({ tenantId, userId }: ImpersonateProps) {
  const prove = useRecentLogin();
  const router = useRouter();
  const own = useApiForm({
    initialValues: { reason: '', mayWrite: '' },
    validate: { reason: (reason) => (reason.trim().length < shortestReason ? texts.reasonNeeded : null) },
    submit: async ({ reason, mayWrite }) => {
      const body = { reason, ...(userId === undefined ? {} : { userId }), ...(mayWrite === '' ? {} : { scope: 'write' as const }) };
      const impersonation = await prove(() => api.impersonateMember({ path: { tenantId }, body }));
      actAs(impersonation, { organizationId: tenantId, reason, mayWrite: impersonation.scope === 'write' });
      await router.navigate({ to: '/organizations/$organizationId', params: { organizationId: tenantId } });
    },
  });
  return (
    <ApiFormView of={own} action={texts.begin} danger>
      {texts.impersonateHint}
      <TextInput label={common.reason} required data-autofocus {...own.form.getInputProps('reason')} />
      <Radio.Group label={texts.impersonateScope} {...own.form.getInputProps('mayWrite')}>
        <Stack gap="xs" mt="xs">
          <Radio value="" label={texts.scopes.read} />
          <Radio value="write" label={texts.scopes.write} />
        </Stack>
      </Radio.Group>
    </ApiFormView>
  );
}
