import { Box, useDirection } from '@mantine/core';
import { Bar, BarChart as Chart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatNumber } from '../texts/texts';

export interface BarEntry {
  /** The text below the bar. */
  readonly name: string;
  readonly value: number;
}

interface BarChartProps {
  /** What the chart shows, for screen readers. The page has the values as a table, too. */
  readonly label: string;
  /** The name of the value, such as its unit. */
  readonly unit: string;
  readonly data: readonly BarEntry[];
  /** Whether bars are rows: for names that are longer than a day. */
  readonly isHorizontal?: boolean;
}

const tick = { fill: 'var(--mantine-color-text)', fontSize: 12 };
const shorten = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

/** Bars of one value each. */
export function BarChart({ label, unit, data, isHorizontal = false }: BarChartProps) {
  const isReversed = useDirection().dir === 'rtl';
  const side = isReversed ? 'right' : 'left';
  const height = isHorizontal ? 48 + 28 * data.length : 240;
  const names = { dataKey: 'name', tick, stroke: 'var(--mantine-color-dimmed)' } as const;
  const values = { tick, stroke: 'var(--mantine-color-dimmed)', allowDecimals: false, tickFormatter: formatNumber } as const;
  return (
    // The places of texts in the picture are counted from the left.
    <Box role="img" aria-label={label} h={height} dir="ltr">
      <ResponsiveContainer width="100%" height="100%">
        <Chart data={[...data]} layout={isHorizontal ? 'vertical' : 'horizontal'} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--mantine-color-default-border)" vertical={isHorizontal} horizontal={!isHorizontal} />
          {isHorizontal ? <XAxis type="number" reversed={isReversed} {...values} /> : <XAxis reversed={isReversed} {...names} minTickGap={16} />}
          {isHorizontal ? (
            <YAxis type="category" width={150} orientation={side} {...names} tickFormatter={shorten} interval={0} />
          ) : (
            <YAxis width={64} orientation={side} {...values} />
          )}
          <Tooltip
            cursor={{ fill: 'var(--mantine-color-default-hover)' }}
            contentStyle={{ background: 'var(--mantine-color-body)', borderColor: 'var(--mantine-color-default-border)' }}
            labelStyle={{ color: 'var(--mantine-color-text)' }}
            itemStyle={{ color: 'var(--mantine-color-text)' }}
            formatter={(value) => formatNumber(Number(value))}
          />
          <Bar dataKey="value" name={unit} fill="var(--mantine-primary-color-filled)" isAnimationActive={false} maxBarSize={36} />
        </Chart>
      </ResponsiveContainer>
    </Box>
  );
}
