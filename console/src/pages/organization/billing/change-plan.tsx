import { NumberInput, Radio, SegmentedControl, Stack, Text } from '@mantine/core';
import type { AddOn, BillingInterval, ChangeSubscription, Plan, PlanList, Subscription } from '@tenantry/sdk';
import { useState } from 'react';
import { formatMoney } from '../../../texts/texts';
import { Preview } from './preview';
import { planOf, type Billing } from './queries';
import { texts } from './texts';

/** What a person has chosen. */
interface Choice {
  readonly plan: string;
  readonly interval: BillingInterval;
  readonly seats: number | null;
  readonly addOns: Readonly<Record<string, number>>;
}

interface AnyPrice {
  readonly interval: BillingInterval;
  readonly currency: string;
}

/** Returns the price for an interval: in the currency of the subscription, if there is one. */
function priceOf<Price extends AnyPrice>(prices: readonly Price[], interval: BillingInterval, currency: string | null): Price | undefined {
  const ofInterval = prices.filter((price) => price.interval === interval);
  return ofInterval.find((price) => price.currency === currency) ?? ofInterval[0];
}

/** Returns the add-ons that are sold with a plan and interval. */
const soldWith = ({ addOns }: PlanList, { plan, interval }: Choice, currency: string | null): readonly AddOn[] =>
  addOns.filter(({ plans, prices }) => plans.includes(plan) && priceOf(prices, interval, currency) !== undefined);

const leastSeats = ({ seatsInUse }: Subscription): number => Math.max(seatsInUse, 1);

/** Returns what a choice changes, or nothing if it is what the organization has. */
function changeOf(choice: Choice, subscription: Subscription, plans: PlanList): ChangeSubscription | undefined {
  const { plan, interval, seats, addOns, currency } = subscription;
  const price = priceOf(planOf(plans, choice.plan)?.prices ?? [], choice.interval, currency);
  const wantedSeats = price?.perSeat === true ? (choice.seats ?? leastSeats(subscription)) : null;
  const others = soldWith(plans, choice, currency).filter(({ key }) => (choice.addOns[key] ?? 0) !== (addOns[key] ?? 0));
  const change: ChangeSubscription = {
    ...(choice.plan === plan ? {} : { plan: choice.plan }),
    ...(price === undefined || choice.interval === interval ? {} : { interval: choice.interval }),
    ...(wantedSeats === null || wantedSeats === seats ? {} : { seats: wantedSeats }),
    ...(others.length === 0 ? {} : { addOns: Object.fromEntries(others.map(({ key }) => [key, choice.addOns[key] ?? 0])) }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

/** The choice of plan, interval, seats and add-ons, with what it costs. */
export function ChangePlan({ subscription, etag, plans }: Billing) {
  const { plan, interval, seats, addOns, currency } = subscription;
  const [choice, setChoice] = useState<Choice>({ plan, interval, seats, addOns });
  const choose = (part: Partial<Choice>): void => setChoice({ ...choice, ...part });
  const change = changeOf(choice, subscription, plans);
  // A plan without a price is not sold, so it is offered to nobody else.
  const offered = plans.data.filter(({ key, prices }) => prices.length > 0 || key === plan);
  const intervals = (['month', 'year'] as const).filter((each) => offered.some(({ prices }) => prices.some((price) => price.interval === each)));
  const chosen = planOf(plans, choice.plan);
  const price = priceOf(chosen?.prices ?? [], choice.interval, currency);
  const choosePlan = (key: string): void => {
    const prices = planOf(plans, key)?.prices ?? [];
    choose({ plan: key, interval: (priceOf(prices, choice.interval, currency) ?? prices[0] ?? choice).interval });
  };
  return (
    <Stack>
      {intervals.length > 1 ? (
        <SegmentedControl
          aria-label={texts.interval}
          value={choice.interval}
          data={intervals.map((value) => ({ value, label: texts.intervals[value] }))}
          onChange={(value) => choose({ interval: value })}
        />
      ) : null}
      <Radio.Group label={texts.plan} value={choice.plan} onChange={choosePlan}>
        <Stack mt="xs" gap="xs">
          {offered.map((each) => (
            <Radio key={each.key} value={each.key} label={each.name} description={descriptionOf(each, choice.interval, currency)} />
          ))}
        </Stack>
      </Radio.Group>
      {price?.perSeat === true ? (
        <NumberInput
          label={texts.seats}
          description={texts.seatsHint(subscription.seatsInUse)}
          min={leastSeats(subscription)}
          max={chosen?.seats ?? Number.MAX_SAFE_INTEGER}
          allowDecimal={false}
          value={choice.seats ?? leastSeats(subscription)}
          onChange={(value) => choose({ seats: Number(value) })}
        />
      ) : null}
      {soldWith(plans, choice, currency).map((addOn) => (
        <NumberInput
          key={addOn.key}
          label={addOn.name}
          description={addOnText(addOn, choice.interval, currency)}
          min={0}
          max={addOn.max}
          allowDecimal={false}
          value={choice.addOns[addOn.key] ?? 0}
          onChange={(value) => choose({ addOns: { ...choice.addOns, [addOn.key]: Number(value) } })}
        />
      ))}
      {change === undefined ? (
        <Text size="sm">{texts.unchanged}</Text>
      ) : (
        <Preview change={change} interval={choice.interval} subscription={subscription} etag={etag} plans={plans} />
      )}
    </Stack>
  );
}

/** Returns the price of a plan, in another interval if it has none in the wanted one, and its description. */
function descriptionOf({ prices, description }: Plan, interval: BillingInterval, currency: string | null): string {
  const price = priceOf(prices, interval, currency) ?? prices[0];
  const cost = price === undefined ? texts.free : texts.perPeriod[price.interval](formatMoney(price.amount, price.currency));
  return [cost, price?.perSeat === true ? texts.perSeat : null, description].filter((part) => part !== null).join(' · ');
}

function addOnText({ prices, description, max }: AddOn, interval: BillingInterval, currency: string | null): string {
  const price = priceOf(prices, interval, currency);
  const cost = price === undefined ? null : texts.addOnPrice(texts.perPeriod[price.interval](formatMoney(price.amount, price.currency)), max);
  return [description, cost].filter((part) => part !== null).join(' · ');
}
