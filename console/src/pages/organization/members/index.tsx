import { Button } from '@mantine/core';
import { useState } from 'react';
import { Tabbed } from '../../../parts/tabbed';
import { View } from '../../../parts/view';
import { useOrganization } from '../context';
import { Invitations } from './invitations';
import { InviteDialog } from './invite';
import { JoinRequests } from './join-requests';
import { Members } from './members';
import { texts } from './texts';

export function Page() {
  const { may } = useOrganization();
  const [invites, setInvites] = useState(false);
  return (
    <View title={texts.title} actions={may('invitations:write') ? <Button onClick={() => setInvites(true)}>{texts.invite}</Button> : undefined}>
      <Tabbed
        tabs={[
          { key: 'members', label: texts.members, isOffered: may('members:read'), content: () => <Members /> },
          { key: 'invitations', label: texts.invitations, isOffered: may('invitations:read'), content: () => <Invitations /> },
          { key: 'requests', label: texts.joinRequests, isOffered: may('invitations:read'), content: () => <JoinRequests /> },
        ]}
      />
      <InviteDialog opened={invites} onClose={() => setInvites(false)} />
    </View>
  );
}
