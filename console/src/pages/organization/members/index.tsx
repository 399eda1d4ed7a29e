import { Button } from '@mantine/core';
import { useState } from 'react';
import { settings } from '../../../api/settings';
import { Tabbed } from '../../../parts/tabbed';
import { View } from '../../../parts/view';
import { useOrganization } from '../context';
import { Invitations } from './invitations';
import { InviteDialog } from './invite';
import { JoinRequests } from './join-requests';
import { NewAccountDialog } from './managed';
import { Members } from './members';
import { texts } from './texts';

export function Page() {
  const { may } = useOrganization();
  const [invites, setInvites] = useState(false);
  const [makes, setMakes] = useState(false);
  // An account without an address has no other way to sign in.
  const mayMake = may('members:write') && may('roles:read') && settings.methods.includes('password');
  return (
    <View
      title={texts.title}
      actions={
        <>
          {mayMake ? (
            <Button variant="default" onClick={() => setMakes(true)}>
              {texts.newAccount}
            </Button>
          ) : null}
          {may('invitations:write') ? <Button onClick={() => setInvites(true)}>{texts.invite}</Button> : null}
        </>
      }
    >
      <Tabbed
        tabs={[
          { key: 'members', label: texts.members, isOffered: may('members:read'), content: () => <Members /> },
          { key: 'invitations', label: texts.invitations, isOffered: may('invitations:read'), content: () => <Invitations /> },
          { key: 'requests', label: texts.joinRequests, isOffered: may('invitations:read'), content: () => <JoinRequests /> },
        ]}
      />
      <NewAccountDialog opened={makes} onClose={() => setMakes(false)} />
      <InviteDialog opened={invites} onClose={() => setInvites(false)} />
    </View>
  );
}
