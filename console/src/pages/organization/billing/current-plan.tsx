import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ConfirmButton } from '../../../parts/confirm';
import { Failure } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { StatusBadge } from '../../../parts/status-badge';
import { formatDate, formatMoney } from '../../../texts/texts';
import { useOrganization } from '../context';
import { addOnName, planName, planOf, readAgain, type Billing } from './queries';
import { texts } from './texts';

/** Returns what there is to say about the subscription, one sentence each. */
function notesOf({ subscription, plans }: Billing): readonly string[] {
  const { plan, status, addOns, trialEndsAt, periodEnd, cancelAtPeriodEnd, canceledAt, pastDueSince, next, pending, balances, usage } = subscription;
  const isNote = (note: string | null): note is string => note !== null;
  return [
    ...Object.entries(addOns).map(([key, quantity]) => `${quantity} × ${addOnName(plans, key)}`),
    texts.seatsInUse(subscription.seatsInUse, subscription.seats ?? planOf(plans, plan)?.seats ?? null),
    status === 'trialing' && trialEndsAt !== null ? texts.trialEnds(formatDate(trialEndsAt)) : null,
    cancelAtPeriodEnd && periodEnd !== null ? texts.endsAt(formatDate(periodEnd)) : null,
    status === 'active' && !cancelAtPeriodEnd && periodEnd !== null ? texts.renews(formatDate(periodEnd)) : null,
    status === 'canceled' && canceledAt !== null ? texts.canceledAt(formatDate(canceledAt)) : null,
    pastDueSince === null ? null : texts.pastDue(formatDate(pastDueSince)),
    next === null ? null : texts.next(planName(plans, next.plan)),
    pending === null ? null : texts.pending[pending.waitsFor](planName(plans, pending.plan)),
    ...balances.map(({ amount, currency }) => texts.balance(formatMoney(amount, currency))),
    usage === null || usage.amount === 0 ? null : texts.usageSoFar(formatMoney(usage.amount, usage.currency)),
    subscription.billing === 'none' ? texts.notBilled : null,
  ].filter(isNote);
}

export function CurrentPlan(billing: Billing) {
  const { subscription, plans } = billing;
  const organization = useOrganization();
  const prove = useRecentLogin();
  const resume = useMutation({ mutationFn: () => prove(() => organization.api.resumeSubscription()), onSuccess: () => readAgain(organization) });
  const { status, amount, currency, interval, cancelAtPeriodEnd, next, pending } = subscription;
  const isLate = status === 'past_due' || status === 'unpaid';
  const canCancel = subscription.billing !== 'none' && currency !== null && !cancelAtPeriodEnd && status !== 'canceled' && status !== 'paused';
  const canResume = status === 'paused' || cancelAtPeriodEnd || next !== null || pending !== null;
  return (
    <Stack gap="xs">
      <Group>
        <Text fw={700} size="lg">
          {planName(plans, subscription.plan)}
        </Text>
        <StatusBadge isBad={isLate}>{texts.status[status]}</StatusBadge>
      </Group>
      <Text>{currency === null ? texts.free : texts.perPeriod[interval](formatMoney(amount, currency))}</Text>
      {notesOf(billing).map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
      <Failure error={resume.error} />
      <Group>
        {canResume ? (
          <Button variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
            {status === 'paused' ? texts.unpause : texts.resume}
          </Button>
        ) : null}
        {canCancel ? (
          <ConfirmButton
            title={texts.cancelQuestion}
            action={texts.cancel}
            button={{ size: 'sm' }}
            onConfirm={async () => {
              await organization.api.cancelSubscription({ body: {} });
              await readAgain(organization);
            }}
          >
            {texts.cancelAtEnd}
          </ConfirmButton>
        ) : null}
      </Group>
    </Stack>
  );
}
