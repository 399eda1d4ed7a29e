import { Alert, Card, List, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import type { ReactNode } from 'react';
import { queries } from '../../../api/client';
import { Link } from '../../../parts/link';
import { Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { formatDate, formatMoney, formatNumber, formatPercent } from '../../../texts/texts';
import { planName, plansQuery } from '../billing/queries';
import { useOrganization, type OpenOrganization } from '../context';
import { Meters, nearly, shareOf } from '../meters';
import { texts } from './texts';

/** Reads what the person may see. The rest is undefined. */
async function readOverview({ id, api, may }: OpenOrganization) {
  const [profile, plans, limits, members, invitations, requests, subscription] = await Promise.all([
    may('organization:read') ? api.getOrganization() : undefined,
    queries.fetchQuery(plansQuery),
    may('organization:read') ? api.getLimits() : undefined,
    may('members:read') ? api.listMembers({ query: { limit: 1, count: true } }) : undefined,
    may('invitations:read') ? api.listInvitations({ query: { limit: 1, count: true, status: 'pending' } }) : undefined,
    may('invitations:read') ? api.listJoinRequests({ query: { limit: 1, count: true, status: 'pending' } }) : undefined,
    may('billing:manage') ? api.getSubscription() : undefined,
  ]);
  const plan = profile === undefined ? undefined : planName(plans, profile.plan);
  return { id, profile, plan, limits: limits?.data, members: members?.total, invitations: invitations?.total, requests: requests?.total, subscription };
}

type Overview = Awaited<ReturnType<typeof readOverview>>;

export function Page() {
  const organization = useOrganization();
  const query = useQuery({ queryKey: ['organization', organization.id, 'overview'], queryFn: () => readOverview(organization) });
  return (
    <View title={texts.title}>
      <Loaded query={query}>{(overview) => <OverviewView overview={overview} />}</Loaded>
    </View>
  );
}

function OverviewView({ overview }: { readonly overview: Overview }) {
  const { profile, plan, limits, members, invitations, requests, subscription } = overview;
  const state = profile?.maintenanceMode === true ? 'maintenance' : profile?.status;
  return (
    <>
      {state === 'suspended' || state === 'cancelled' || state === 'maintenance' ? (
        <Alert color="red" variant="outline" role="status">
          {texts.organizationStates[state]}
        </Alert>
      ) : null}
      <Section title={texts.toDo}>
        <ToDo overview={overview} />
      </Section>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {members === undefined && invitations === undefined ? null : (
          <Section title={texts.people}>
            <SimpleGrid cols={{ base: 2, md: 3 }}>
              <Figure label={texts.members} value={members} />
              <Figure label={texts.invitations} value={invitations} />
              <Figure label={texts.joinRequests} value={requests} />
            </SimpleGrid>
          </Section>
        )}
        {profile === undefined ? null : (
          <Section title={texts.plan}>
            <Card withBorder>
              <Text fw={700} size="lg">
                {plan}
              </Text>
              {subscription === undefined ? null : <PlanFacts subscription={subscription} />}
            </Card>
          </Section>
        )}
      </SimpleGrid>
      {limits === undefined ? null : (
        <Section title={texts.usage}>
          {/* What is reserved is a matter of the page of the usage. */}
          <Meters meters={limits.map(({ meter, name, unit, used, limit, resetsAt }) => ({ meter, name, unit, used, limit, resetsAt }))} />
        </Section>
      )}
    </>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: number | undefined }) {
  if (value === undefined) return null;
  return (
    <Card withBorder>
      <Text size="xl" fw={700}>
        {formatNumber(value)}
      </Text>
      <Text size="sm">{label}</Text>
    </Card>
  );
}

function PlanFacts({ subscription: { status, currency, amount, interval, trialEndsAt, periodEnd } }: { readonly subscription: Data<'getSubscription'> }) {
  const end = status === 'trialing' && trialEndsAt !== null ? texts.trialEnds(formatDate(trialEndsAt)) : periodEnd === null ? undefined : texts.renews(formatDate(periodEnd));
  return (
    <Stack gap={4}>
      <Text>{texts.status[status]}</Text>
      {currency === null ? null : <Text>{texts.price(formatMoney(amount, currency), texts.interval[interval])}</Text>}
      {end === undefined ? null : <Text size="sm">{end}</Text>}
    </Stack>
  );
}

function ToDo({ overview: { limits = [], requests = 0, subscription } }: { readonly overview: Overview }) {
  const { me } = useOrganization();
  const full = limits.filter((limit) => limit.limit !== 0 && (shareOf(limit) ?? 0) >= nearly);
  const items: readonly (readonly [string, ReactNode])[] = [
    ...(me.user.emailVerified || me.user.email === null ? [] : [['email', <Link to="/account">{texts.verifyEmail}</Link>] as const]),
    ...(me.twoFactorEnabled ? [] : [['factor', <Link to="/account">{texts.secondFactor}</Link>] as const]),
    ...(requests === 0 ? [] : [['requests', texts.decideRequests(requests)] as const]),
    ...(subscription?.pastDueSince == null ? [] : [['late', texts.paymentLate] as const]),
    ...(subscription?.pending == null ? [] : [['pending', texts.purchasePending] as const]),
    ...full.map((limit) => [limit.meter, texts.nearLimit(limit.name, formatPercent(shareOf(limit) ?? 0))] as const),
  ];
  if (items.length === 0) return <Text>{texts.allDone}</Text>;
  return (
    <List>
      {items.map(([key, item]) => (
        <List.Item key={key}>{item}</List.Item>
      ))}
    </List>
  );
}
