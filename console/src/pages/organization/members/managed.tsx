import { Button, Divider, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Copyable } from '../../../parts/copy';
import { Dialog } from '../../../parts/dialog';
import { ApiFormView, Failure, isFilled, Success, useApiForm, useSingleMutation } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { Loaded } from '../../../parts/states';
import { texts as common } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { grantableRoles, rolesQuery, type Role } from '../queries';
import { membersChanged } from './changes';
import { texts } from './texts';

/** Letters and digits that nobody takes for others on paper. There are 32, so that each has the same chance in a random byte. */
const signs = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Returns a random password of 100 bits, in groups that can be read out. */
function newPassword(): string {
  const [...bytes] = crypto.getRandomValues(new Uint8Array(20));
  const text = bytes.map((byte) => signs[byte % signs.length]).join('');
  return (text.match(/.{5}/g) ?? []).join('-');
}

/** What the person needs to sign in. */
interface SignIn {
  readonly userName: string;
  readonly password: string;
}

const slugOf = ({ id, me }: OpenOrganization): string => me.memberships.find(({ organization }) => organization.id === id)?.organization.slug ?? '';

/** Shows what to hand to the person. The API never answers a password again. */
function HandOver({ userName, password, onClose }: SignIn & { readonly onClose: () => void }) {
  const organization = useOrganization();
  return (
    <Stack>
      <Text role="status">{texts.handOver}</Text>
      <Copyable label={common().organizationSlug} value={slugOf(organization)} />
      <Copyable label={common().userName} value={userName} />
      <Copyable label={common().password} value={password} />
      <Button onClick={onClose}>{common().kept}</Button>
    </Stack>
  );
}

interface NewAccountDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function NewAccountDialog({ opened, onClose }: NewAccountDialogProps) {
  const organization = useOrganization();
  const query = useQuery({ ...rolesQuery(organization), enabled: opened });
  return (
    <Dialog opened={opened} onClose={onClose} title={texts.newAccount}>
      <Loaded query={query}>{(roles) => <NewAccount roles={grantableRoles(organization, roles).filter(({ key }) => key !== 'owner')} onClose={onClose} />}</Loaded>
    </Dialog>
  );
}

function NewAccount({ roles, onClose }: { readonly roles: readonly Role[]; readonly onClose: () => void }) {
  const organization = useOrganization();
  const prove = useRecentLogin();
  const [made, setMade] = useState<SignIn>();
  const lowest = roles.reduce<Role | undefined>((least, role) => (least === undefined || (role.rank ?? 0) < (least.rank ?? 0) ? role : least), undefined);
  const own = useApiForm({
    initialValues: { name: '', userName: '', role: lowest?.key ?? '' },
    validate: { name: isFilled, userName: isFilled },
    submit: async ({ name, userName, role }) => {
      const password = newPassword();
      const account = await prove(() => organization.api.createManagedAccount({ body: { name, userName: userName.trim().toLowerCase(), role, password } }));
      setMade({ userName: account.userName, password });
      await membersChanged(organization);
    },
  });
  if (made !== undefined) return <HandOver {...made} onClose={onClose} />;
  return (
    <ApiFormView of={own} action={texts.makeAccount}>
      <Text size="sm">{texts.newAccountHint}</Text>
      <TextInput label={common().name} autoComplete="off" required maxLength={200} data-autofocus {...own.form.getInputProps('name')} />
      <TextInput
        label={common().userName}
        description={texts.userNameRule}
        autoComplete="off"
        autoCapitalize="none"
        required
        maxLength={63}
        {...own.form.getInputProps('userName')}
      />
      <NativeSelect label={texts.role} data={roles.map(({ key, name }) => ({ value: key, label: name }))} {...own.form.getInputProps('role')} />
    </ApiFormView>
  );
}

interface AccountProps {
  readonly member: { readonly userId: string; readonly name: string; readonly userName: string };
}

/** Lets a person in again whose account the organization manages: gives another password, which is shown once, or removes a lost second factor. */
export function SignInOfAccount({ member }: AccountProps) {
  const [opened, setOpened] = useState(false);
  const close = (): void => setOpened(false);
  return (
    <>
      <Button variant="default" size="xs" aria-label={`${texts.signIn}: ${member.name}`} onClick={() => setOpened(true)}>
        {texts.signIn}
      </Button>
      <Dialog opened={opened} onClose={close} title={texts.signInOf(member.name)}>
        <WaysIn member={member} onClose={close} />
      </Dialog>
    </>
  );
}

function WaysIn({ member: { userId, userName }, onClose }: AccountProps & { readonly onClose: () => void }) {
  const { api } = useOrganization();
  const prove = useRecentLogin();
  const path = { userId };
  const set = useSingleMutation({
    mutationFn: async () => {
      const password = newPassword();
      await prove(() => api.setManagedPassword({ path, body: { newPassword: password } }));
      return password;
    },
  });
  const remove = useSingleMutation({ mutationFn: () => prove(() => api.removeManagedSecondFactor({ path })) });
  if (set.data !== undefined) return <HandOver userName={userName} password={set.data} onClose={onClose} />;
  return (
    <Stack>
      <Text>{texts.newPasswordHint}</Text>
      <Failure error={set.error} />
      <Button loading={set.isPending} onClick={() => set.mutate()}>
        {texts.newPassword}
      </Button>
      <Divider />
      <Text>{texts.removeFactorHint}</Text>
      <Failure error={remove.error} />
      {remove.isSuccess ? <Success>{texts.factorRemoved}</Success> : null}
      <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
        {texts.removeFactor}
      </Button>
    </Stack>
  );
}
