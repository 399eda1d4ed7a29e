import { Group } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { queries } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { useOrganization } from '../context';
import { texts } from './texts';

/** Deletes the organization after the person has typed its name. */
export function DeleteOrganization() {
  const { id, name, api } = useOrganization();
  const router = useRouter();
  return (
    <Group>
      <ConfirmButton
        title={texts.deletionQuestion(name)}
        action={texts.delete}
        phrase={name}
        button={{ color: 'red', variant: 'outline', size: 'sm' }}
        onConfirm={async () => {
          await api.deleteOrganization();
          await router.navigate({ to: '/organizations' });
          queries.removeQueries({ queryKey: ['organization', id] });
          await queries.invalidateQueries();
        }}
      >
        {texts.deletionHint}
      </ConfirmButton>
    </Group>
  );
}
