import { Button, NativeSelect, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { useState } from 'react';
import { Copyable } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, Success, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { useOrganization } from '../context';
import { grantableRoles, readAgain, rolesQuery, type Role } from '../queries';
import { texts } from './texts';

type Invitation = Data<'createInvitations'>['data'][number];

/** How many invitations a call of the API makes. */
const batch = 100;
const most = 500;

/** Returns the addresses in a text, each once: those of a list, of a table, or of the recipients of a mail such as `Ada <ada@example.com>`. */
export function addressesIn(text: string): readonly string[] {
  const found = text.match(/[^\s,;<>"'()[\]]+@[^\s,;<>"'()[\]]+/g) ?? [];
  return [...new Map(found.map((address) => [address.toLowerCase(), address])).values()];
}

interface InviteDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function InviteDialog({ opened, onClose }: InviteDialogProps) {
  const organization = useOrganization();
  const query = useQuery({ ...rolesQuery(organization), enabled: opened });
  return (
    <Dialog opened={opened} onClose={onClose} title={texts.inviteTitle} size="lg">
      <Loaded query={query}>{(roles) => <Invite roles={grantableRoles(organization, roles)} onClose={onClose} />}</Loaded>
    </Dialog>
  );
}

function Invite({ roles, onClose }: { readonly roles: readonly Role[]; readonly onClose: () => void }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const [created, setCreated] = useState<readonly Invitation[]>([]);
  const lowest = roles.reduce<Role | undefined>((least, role) => (least === undefined || (role.rank ?? 0) < (least.rank ?? 0) ? role : least), undefined);
  const own = useApiForm({
    initialValues: { email: '', role: lowest?.key ?? organization.me.role ?? '', message: '', delivery: 'mail' },
    validate: {
      email: (text) => {
        const { length } = addressesIn(text);
        return length === 0 ? texts.noAddress : length > most ? texts.tooMany : null;
      },
    },
    submit: async ({ email, role, message, delivery }) => {
      const text = message.trim() === '' || delivery === 'link' ? {} : { message };
      let waiting = addressesIn(email);
      try {
        while (waiting.length > 0) {
          const invitations = waiting.slice(0, batch).map((address) => ({ email: address, role, delivery: delivery === 'link' ? ('link' as const) : ('mail' as const), ...text }));
          const { data } = await prove(() => organization.api.createInvitations({ body: { invitations } }));
          waiting = waiting.slice(batch);
          setCreated((before) => [...before, ...data]);
        }
      } finally {
        own.form.setFieldValue('email', waiting.join('\n'));
        await Promise.all(['invitations', 'overview'].map((part) => readAgain(organization, part)));
      }
    },
  });
  if (own.isDone) return <Created invitations={created} onClose={onClose} />;
  const { length } = addressesIn(own.form.values.email);
  return (
    <ApiFormView of={own} action={texts.send}>
      {created.length === 0 ? null : <Success>{texts.someSent(created.length)}</Success>}
      <Textarea label={texts.addresses} description={texts.addressesHint} autosize minRows={3} maxRows={10} required data-autofocus {...own.form.getInputProps('email')} />
      {length === 0 ? null : (
        <Text size="sm" role="status">
          {texts.addressCount(length)}
        </Text>
      )}
      {roles.length === 0 ? null : <NativeSelect label={texts.role} data={roles.map(({ key, name }) => ({ value: key, label: name }))} {...own.form.getInputProps('role')} />}
      <Stack gap={4}>
        <Text size="sm" fw={500} id="delivery">
          {texts.delivery}
        </Text>
        <SegmentedControl
          aria-labelledby="delivery"
          data={[
            { value: 'mail', label: texts.byMail },
            { value: 'link', label: texts.byLink },
          ]}
          {...own.form.getInputProps('delivery')}
        />
      </Stack>
      {own.form.values.delivery === 'link' ? null : <Textarea label={texts.message} autosize minRows={2} maxLength={1000} {...own.form.getInputProps('message')} />}
    </ApiFormView>
  );
}

function Created({ invitations, onClose }: { readonly invitations: readonly Invitation[]; readonly onClose: () => void }) {
  const withLink = invitations.filter(({ link }) => link !== undefined);
  return (
    <Stack>
      {withLink.length === 0 ? <Success>{texts.sent(invitations.length)}</Success> : <Text>{texts.links}</Text>}
      {withLink.map(({ id, email, link = '' }) => (
        <Copyable key={id} label={texts.linkFor(email)} value={link} />
      ))}
      <Button onClick={onClose}>{texts.done}</Button>
    </Stack>
  );
}
