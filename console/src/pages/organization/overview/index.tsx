import { Alert, Card, List, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import type { ReactNode } from 'react';
import { Link } from '../../../parts/link';
import { EmptyState, Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { formatDate, formatMoney, formatNumber, formatPercent } from '../../../texts/texts';
import { useOrganization, type OpenOrganization } from '../context';
import { texts } from './texts';

type Limit = Data<'getLimits'>['data'][number];

/** From which share of a limit on it is said that little is left. */
const nearly = 0.8;

/** Reads what the person may see. The rest is undefined. */
async function readOverview({ id, api, may }: OpenOrganization) {
  const [profile, limits, members, invitations, requests, subscription] = await Promise.all([
    may('organization:read') ? api.getOrganization() : undefined,
    may('organization:read') ? api.getLimits() : undefined,
    may('members:read') ? api.listMembers({ query: { limit: 1, count: true } }) : undefined,
    may('invitations:read') ? api.listInvitations({ query: { limit: 1, count: true, status: 'pending' } }) : undefined,
    may('invitations:read') ? api.listJoinRequests({ query: { limit: 1, count: true, status: 'pending' } }) : undefined,
    may('billing:manage') ? api.getSubscription() : undefined,
  ]);
  return { id, profile, limits: limits?.data, members: members?.total, invitations: invitations?.total, requests: requests?.total, subscription };
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
  const { profile, limits, members, invitations, requests, subscription } = overview;
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
                {profile.plan}
              </Text>
              {subscription === undefined ? null : <PlanFacts subscription={subscription} />}
            </Card>
          </Section>
        )}
      </SimpleGrid>
      {limits === undefined ? null : (
        <Section title={texts.usage}>
          {limits.length === 0 ? (
            <EmptyState title={texts.noMeters} />
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }}>
              {limits.map((limit) => (
                <Meter key={limit.meter} of={limit} />
              ))}
            </SimpleGrid>
          )}
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

/** The share of a limit that is used, or undefined without a limit. */
const shareOf = ({ used, limit }: Limit): number | undefined => (limit === null ? undefined : limit === 0 ? 1 : used / limit);

function Meter({ of }: { readonly of: Limit }) {
  const { name, unit, used, limit, resetsAt } = of;
  const share = shareOf(of);
  const text = limit === null ? texts.unlimited(formatNumber(used), unit) : texts.of(formatNumber(used), formatNumber(limit), unit);
  return (
    <Card withBorder>
      <Stack gap={6}>
        <Text fw={600}>{name}</Text>
        <Text size="sm">{text}</Text>
        {share === undefined ? null : (
          <Progress value={Math.min(100, share * 100)} color={share >= 1 ? 'red' : share >= nearly ? 'orange' : 'blue'} aria-label={`${name}: ${text}`} />
        )}
        {resetsAt === null ? null : (
          <Text size="sm" c="dimmed">
            {texts.resets(formatDate(resetsAt))}
          </Text>
        )}
      </Stack>
    </Card>
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
