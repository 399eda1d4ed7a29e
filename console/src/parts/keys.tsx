import { NativeSelect, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { optionsOf } from './choices';
import { formatDate, formatTime } from '../texts/texts';
import { ApiFormView, useApiForm } from './form';
import { useRecentLogin } from './recent-login';
import { StatusBadge } from './status-badge';

interface KeyNameProps {
  readonly name: string;
  readonly hint: string;
  /** What else the person is told of the key. */
  readonly children?: ReactNode;
}

/** The name of a key, and the part of the secret by which it is recognized. */
export function KeyName({ name, hint, children }: KeyNameProps) {
  return (
    <Stack gap={0}>
      <Text size="sm" fw={700}>
        {name}
      </Text>
      <Text size="sm" c="dimmed">
        {hint}
      </Text>
      {children}
    </Stack>
  );
}

interface KeyStatusProps {
  readonly of: { readonly expiresAt: string | null; readonly previousExpiresAt: string | null };
  readonly texts: { readonly until: (day: string) => string; readonly previous: (time: string) => string };
  readonly isBad?: boolean;
  /** The name of the status. */
  readonly children: string;
}

/** The status of a key, and how long the key and its previous secret work. */
export function KeyStatus({ of: { expiresAt, previousExpiresAt }, texts, isBad = false, children }: KeyStatusProps) {
  return (
    <Stack gap={2} align="flex-start">
      <StatusBadge isBad={isBad}>{children}</StatusBadge>
      {expiresAt === null ? null : <Text size="sm">{texts.until(formatDate(expiresAt))}</Text>}
      {previousExpiresAt === null ? null : <Text size="sm">{texts.previous(formatTime(previousExpiresAt))}</Text>}
    </Stack>
  );
}

interface RotateKeyProps<Rotated> {
  readonly texts: { readonly rotate: string; readonly overlap: string; readonly overlaps: Readonly<Record<string, string>> };
  /** @param overlapSeconds for how long the present secret works on */
  readonly rotate: (overlapSeconds: number) => Promise<Rotated>;
  readonly onRotated: (rotated: Rotated) => Promise<void>;
  /** What it means for the person. */
  readonly children?: ReactNode;
}

/** Gives a key a new secret. The present one works on for some time, so that no program fails meanwhile. */
export function RotateKey<Rotated>({ texts, rotate, onRotated, children }: RotateKeyProps<Rotated>) {
  const prove = useRecentLogin();
  const own = useApiForm({ initialValues: { overlap: '86400' }, submit: async ({ overlap }) => onRotated(await prove(() => rotate(Number(overlap)))) });
  return (
    <ApiFormView of={own} action={texts.rotate}>
      {children}
      <NativeSelect label={texts.overlap} data={optionsOf(texts.overlaps)} {...own.form.getInputProps('overlap')} />
    </ApiFormView>
  );
}
