import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { BillingInterval, ChangeSubscription, PlanList, SubscriptionPreview } from '@tenantry/sdk';
import { useState } from 'react';
import { ownAddress } from '../../../api/settings';
import { Confirm } from '../../../parts/confirm';
import { ErrorState, LoadingState } from '../../../parts/states';
import { formatDate, formatMoney, formatNumber } from '../../../texts/texts';
import { useOrganization } from '../context';
import { addOnName, featureNamesQuery, planName, readAgain, type Billing } from './queries';
import { texts } from './texts';

interface PreviewProps extends Billing {
  readonly change: ChangeSubscription;
  readonly interval: BillingInterval;
}

/** What a change costs and takes away, and the button that makes it. */
export function Preview({ change, interval, etag, plans, subscription }: PreviewProps) {
  const organization = useOrganization();
  const [asks, setAsks] = useState(false);
  // Not each step of a number field is a question of its own.
  const [settled] = useDebouncedValue(change, 300);
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ['organization', organization.id, 'billing', 'preview', etag, settled],
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: () => organization.api.previewSubscription({ body: settled }),
  });
  if (error !== null) return <ErrorState error={error} onRetry={refetch} />;
  if (data === undefined) return <LoadingState />;
  const isOld = isPlaceholderData || JSON.stringify(settled) !== JSON.stringify(change);
  const money = (amount: number): string => (data.currency === null ? formatNumber(amount) : formatMoney(amount, data.currency));
  const action = data.waitsFor === 'checkout' ? texts.toPayment : data.total > 0 ? texts.buy : texts.apply;
  const begins = Date.parse(data.effectiveAt) > Date.now() + 60_000 ? texts.begins(formatDate(data.effectiveAt)) : texts.beginsNow;
  const apply = async (): Promise<void> => {
    if (data.waitsFor === 'checkout') {
      const here = ownAddress();
      const addresses = here === undefined ? {} : { successUrl: here, cancelUrl: here };
      const { url } = await organization.api.createCheckout({ body: { plan: subscription.plan, ...change, ...addresses } });
      location.assign(url);
    } else {
      await organization.api.changeSubscription({ header: { 'If-Match': etag }, body: change });
      await readAgain(organization);
    }
  };
  return (
    <Stack aria-live="polite" aria-busy={isOld}>
      <Costs preview={data} money={money} interval={interval} />
      <Text size="sm">{data.waitsFor === null ? begins : texts.waitsFor[data.waitsFor]}</Text>
      <Effects preview={data} plans={plans} />
      {data.possible ? null : <Alert color="red" variant="outline" title={texts.impossible} />}
      <Group>
        <Button disabled={!data.possible || isOld} onClick={() => setAsks(true)}>
          {action}
        </Button>
      </Group>
      <Confirm
        opened={asks}
        onClose={() => setAsks(false)}
        title={data.total > 0 ? texts.buyQuestion(money(data.total)) : texts.applyQuestion}
        action={action}
        danger={false}
        onConfirm={apply}
      >
        <Text>{planName(plans, data.plan)}</Text>
        <Text size="sm">{data.waitsFor === null ? begins : texts.waitsFor[data.waitsFor]}</Text>
      </Confirm>
    </Stack>
  );
}

interface CostsProps {
  readonly preview: SubscriptionPreview;
  readonly money: (amount: number) => string;
  readonly interval: BillingInterval;
}

function Costs({ preview, money, interval }: CostsProps) {
  const { lines, subtotal, tax, total, credits, balanceApplied, dueNow, amountPerPeriod } = preview;
  const sums: readonly (readonly [string, number])[] = [
    ...(tax === 0 ? [] : [[texts.subtotal, subtotal] as const, [texts.tax, tax] as const]),
    [texts.total, total],
    ...(balanceApplied === 0 ? [] : [[texts.fromBalance, -balanceApplied] as const]),
    [texts.dueNow, dueNow],
    ...credits.flatMap(({ invoice, reducesDue, addsToBalance }) => [
      ...(reducesDue === 0 ? [] : [[texts.reducesDue(invoice), reducesDue] as const]),
      ...(addsToBalance === 0 ? [] : [[texts.addsToBalance(invoice), addsToBalance] as const]),
    ]),
    [texts.then[interval], amountPerPeriod],
  ];
  return (
    <Table aria-label={texts.preview}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{texts.preview}</Table.Th>
          <Table.Th scope="col" ta="end">
            {texts.amount}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map(({ description, amount }, index) => (
          <Row key={index} name={description} amount={money(amount)} />
        ))}
        {sums.map(([name, amount]) => (
          <Row key={name} name={name} amount={money(amount)} isSum />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ name, amount, isSum = false }: { readonly name: string; readonly amount: string; readonly isSum?: boolean }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={isSum ? 700 : 400}>
        {name}
      </Table.Th>
      <Table.Td ta="end">{amount}</Table.Td>
    </Table.Tr>
  );
}

function Effects({ preview, plans }: { readonly preview: SubscriptionPreview; readonly plans: PlanList }) {
  const { data: names } = useQuery(featureNamesQuery(useOrganization()));
  const meters = new Map(plans.data.flatMap(({ limits }) => limits.map(({ meter, name }) => [meter, name] as const)));
  const { featuresGained, featuresLost, addOnsLost, overLimits, lockedOut } = preview;
  const list = (say: (text: string) => string, items: readonly string[]): readonly string[] => (items.length === 0 ? [] : [say(items.join(', '))]);
  const featureNames = (keys: readonly string[]): readonly string[] => keys.map((key) => names?.get(key) ?? key);
  const notes = [
    ...list(texts.gained, featureNames(featuresGained)),
    ...list(texts.lost, featureNames(featuresLost)),
    ...list(
      texts.addOnsLost,
      addOnsLost.map((key) => addOnName(plans, key)),
    ),
    ...overLimits.map(({ meter, used, limit }) => texts.overLimit(meters.get(meter) ?? meter, formatNumber(used), formatNumber(limit))),
    ...list(
      texts.lockedOut,
      [...lockedOut.customRoles, ...lockedOut.apiKeys].map(({ name }) => name),
    ),
    ...(lockedOut.members === 0 ? [] : [texts.membersOver(lockedOut.members)]),
  ];
  return notes.map((note) => (
    <Text key={note} size="sm">
      {note}
    </Text>
  ));
}
