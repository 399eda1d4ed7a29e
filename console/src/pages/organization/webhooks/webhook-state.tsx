import { Badge } from '@mantine/core';
import type { Webhook } from '@tenantry/sdk';
import { texts } from './texts';

/** Whether a webhook works. */
export function WebhookState({ of: { enabled, failingSince } }: { readonly of: Webhook }) {
  const isFailing = enabled && failingSince !== null;
  return (
    <Badge variant="outline" tt="none" color={isFailing ? 'red' : 'gray'}>
      {isFailing ? texts.states.failing : enabled ? texts.states.on : texts.states.off}
    </Badge>
  );
}
