import { Card, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { EmptyState } from '../../parts/states';
import { formatQuantity, formatUse } from '../../parts/units';
import { formatDate, formatNumber } from '../../texts/texts';
import { texts } from './texts';

/** What is used of a meter in the current period. */
export interface MeterState {
  readonly meter: string;
  readonly name: string;
  readonly unit: string;
  readonly used: number;
  readonly held?: number;
  readonly limit: number | null;
  readonly resetsAt: string | null;
}

/** From which share of a limit on little is left. */
export const nearly = 0.8;

/** The share of a limit that is used, or undefined without a limit. */
export const shareOf = ({ used, limit }: Pick<MeterState, 'used' | 'limit'>): number | undefined => (limit === null ? undefined : limit === 0 ? 1 : used / limit);

/** What is used of each limit. */
export function Meters({ meters }: { readonly meters: readonly MeterState[] }) {
  if (meters.length === 0) return <EmptyState title={texts.noMeters} />;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {meters.map((meter) => (
        <Meter key={meter.meter} of={meter} />
      ))}
    </SimpleGrid>
  );
}

function Meter({ of: { name, unit, used, held = 0, limit, resetsAt } }: { readonly of: MeterState }) {
  const share = shareOf({ used, limit });
  const color = share === undefined || share < nearly ? undefined : share < 1 ? 'orange' : 'red';
  return (
    <Card withBorder>
      <Stack gap={6}>
        <Text fw={600}>{name}</Text>
        <Text size="sm">{limit === null ? texts.unlimited(formatQuantity(used, unit)) : formatUse(used, limit, unit)}</Text>
        {share === undefined ? null : <Progress value={Math.min(100, share * 100)} aria-label={texts.shareOf(name)} {...(color === undefined ? {} : { color })} />}
        {held > 0 ? <Text size="sm">{texts.held(formatNumber(held))}</Text> : null}
        {resetsAt === null ? null : (
          <Text size="sm" c="dimmed">
            {texts.resets(formatDate(resetsAt))}
          </Text>
        )}
      </Stack>
    </Card>
  );
}
