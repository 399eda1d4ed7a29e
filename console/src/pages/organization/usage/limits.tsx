import { Card, Progress, SimpleGrid, Text } from '@mantine/core';
import type { MeterUsage } from '@tenantry/sdk';
import { EmptyState } from '../../../parts/states';
import { formatDate, formatNumber } from '../../../texts/texts';
import { texts } from './texts';

/** What is used of each limit in the current period. */
export function Limits({ meters }: { readonly meters: readonly MeterUsage[] }) {
  if (meters.length === 0) return <EmptyState title={texts.noMeters} />;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {meters.map((meter) => (
        <Limit key={meter.meter} of={meter} />
      ))}
    </SimpleGrid>
  );
}

function Limit({ of: { name, unit, period } }: { readonly of: MeterUsage }) {
  const { used, held, limit, resetsAt } = period;
  const share = limit === null ? undefined : limit === 0 ? 100 : Math.min(100, (100 * used) / limit);
  const color = share === undefined || share < 80 ? undefined : share < 100 ? 'yellow' : 'red';
  return (
    <Card withBorder padding="sm">
      <Text fw={700}>{name}</Text>
      <Text size="sm">{limit === null ? texts.unlimited(formatNumber(used), unit) : texts.used(formatNumber(used), formatNumber(limit), unit)}</Text>
      {share === undefined ? null : <Progress my="xs" value={share} aria-label={texts.shareOf(name)} {...(color === undefined ? {} : { color })} />}
      {held > 0 ? <Text size="sm">{texts.held(formatNumber(held))}</Text> : null}
      {resetsAt === null ? null : (
        <Text size="sm" c="dimmed">
          {texts.resets(formatDate(resetsAt))}
        </Text>
      )}
    </Card>
  );
}
