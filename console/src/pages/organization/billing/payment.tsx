import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Subscription } from '@tenantry/sdk';
import { ownAddress } from '../../../api/settings';
import { Failure } from '../../../parts/form';
import { useOrganization } from '../context';
import { texts } from './texts';

/** Says how the organization pays. */
export function Payment({ subscription }: { readonly subscription: Subscription }) {
  const { api } = useOrganization();
  const open = useMutation({
    mutationFn: () => {
      const returnUrl = ownAddress();
      return api.createPortalSession({ body: returnUrl === undefined ? {} : { returnUrl } });
    },
    onSuccess: ({ url }) => location.assign(url),
  });
  if (subscription.billing !== 'provider') return <Text>{texts.byInvoice}</Text>;
  return (
    <>
      <Text>{texts.byProvider}</Text>
      <Failure error={open.error} />
      <Group>
        <Button variant="default" loading={open.isPending} onClick={() => open.mutate()}>
          {texts.portal}
        </Button>
      </Group>
    </>
  );
}
