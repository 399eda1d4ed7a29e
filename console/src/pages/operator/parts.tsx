import { Card, Group, NativeSelect, Table, Text, TextInput, type ButtonProps } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { ConfirmButton } from '../../parts/confirm';
import { formatNumber } from '../../texts/texts';
import { plansQuery } from './queries';
import { useFilters, type OperatorSearch } from './search';
import { texts } from './texts';

/** Shows the name of a plan, or the key of one that the catalog has no longer. */
export function PlanName({ plan }: { readonly plan: string }) {
  const { data } = useQuery(plansQuery);
  return <>{data?.data.find(({ key }) => key === plan)?.name ?? plan}</>;
}

/** Milliseconds after the last key until a text is searched for. */
const typingPause = 300;

interface TextFilterProps {
  readonly name: keyof OperatorSearch;
  readonly label: string;
}

/** A filter by a text. */
export function TextFilter({ name, label }: TextFilterProps) {
  const [{ [name]: applied = '' }, change] = useFilters();
  const [text, setText] = useState(applied);
  const asked = useRef(applied);
  const apply = useDebouncedCallback((typed: string) => {
    asked.current = typed.trim();
    change({ [name]: asked.current });
  }, typingPause);
  useEffect(() => {
    // Another part of the page has changed the filter.
    if (applied !== asked.current) setText(applied);
    asked.current = applied;
  }, [applied]);
  return (
    <TextInput
      label={label}
      type="search"
      autoComplete="off"
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        apply(value);
      }}
    />
  );
}

interface ChoiceFilterProps extends TextFilterProps {
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** A filter by one of some values, or by none. */
export function ChoiceFilter({ name, label, options }: ChoiceFilterProps) {
  const [filters, change] = useFilters();
  const data = [{ value: '', label: texts.all }, ...options];
  return <NativeSelect label={label} value={filters[name] ?? ''} data={data} onChange={({ currentTarget }) => change({ [name]: currentTarget.value })} />;
}

/** The filters of a list, beside each other where there is room. */
export const Filters = ({ children }: { readonly children: ReactNode }) => <Group align="flex-end">{children}</Group>;

interface FactsProps {
  /** The name of the table for screen readers. */
  readonly label: string;
  readonly rows: readonly (readonly [string, ReactNode])[];
}

/** Names and values below each other. */
export function Facts({ label, rows }: FactsProps) {
  return (
    <Table aria-label={label} layout="fixed">
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" fw={600} w={{ base: '45%', sm: '35%' }}>
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{value ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: number;
  readonly children?: ReactNode;
}

/** A number with its name. */
export function Figure({ label, value, children }: FigureProps) {
  return (
    <Card withBorder>
      <Text size="xl" fw={700}>
        {formatNumber(value)}
      </Text>
      <Text size="sm">{label}</Text>
      {children}
    </Card>
  );
}

interface ReasonButtonProps {
  readonly title: string;
  readonly action: string;
  /** The name for screen readers, where several buttons have the same text. */
  readonly name?: string;
  /** What happens, and who reads the reason. */
  readonly children: ReactNode;
  readonly onConfirm: (reason: string) => Promise<unknown>;
  /** A text to type before, for what cannot be undone. */
  readonly phrase?: string;
  /** Whether it can be done without a reason. */
  readonly isOptional?: boolean;
  readonly danger?: boolean;
  readonly button?: ButtonProps;
}

/** A button that asks for the reason of what it does. */
export function ReasonButton({ children, onConfirm, isOptional = false, ...rest }: ReasonButtonProps) {
  const [reason, setReason] = useState('');
  const given = reason.trim();
  return (
    <ConfirmButton {...rest} onConfirm={() => onConfirm(given).then(() => setReason(''))} isPossible={isOptional || given !== ''}>
      {children}
      <TextInput mt="sm" label={texts.reason} required={!isOptional} autoComplete="off" value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
    </ConfirmButton>
  );
}
