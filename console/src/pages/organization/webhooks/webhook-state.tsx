import type { Webhook } from '@tenantry/sdk';
import { StatusBadge } from '../../../parts/status-badge';
import { texts } from './texts';

/** Whether a webhook works. */
export function WebhookState({ of: { enabled, failingSince } }: { readonly of: Webhook }) {
  const isFailing = enabled && failingSince !== null;
  return <StatusBadge isBad={isFailing}>{isFailing ? texts.states.failing : enabled ? texts.states.on : texts.states.off}</StatusBadge>;
}
