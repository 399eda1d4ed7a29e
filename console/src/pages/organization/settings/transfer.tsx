import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ConfirmButton } from '../../../parts/confirm';
import { SearchSelect } from '../../../parts/search-select';
import { useOrganization } from '../context';
import { keyOf, readAgain, searchMembers } from '../queries';
import { texts } from './texts';

export function Transfer() {
  const organization = useOrganization();
  const [userId, setUserId] = useState<string | null>(null);
  return (
    <Stack maw={560} align="flex-start">
      <Text>{texts.transferHint}</Text>
      <SearchSelect
        label={texts.newOwner}
        placeholder={texts.findMember}
        queryKey={keyOf(organization, 'other-members')}
        search={async (text) => (await searchMembers(organization, text)).filter(({ value }) => value !== organization.me.user.id)}
        value={userId}
        onChoose={setUserId}
      />
      <ConfirmButton
        action={texts.transfer}
        title={texts.transferTitle}
        phrase={organization.name}
        button={{ size: 'sm', disabled: userId === null }}
        onConfirm={async () => {
          if (userId === null) return;
          await organization.api.transferOwnership({ body: { userId } });
          await readAgain(organization);
        }}
      >
        {texts.transferHint}
      </ConfirmButton>
    </Stack>
  );
}
