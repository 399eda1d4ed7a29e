import { Button, Group, Stack, Text } from '@mantine/core';
import { texts } from '../texts/texts';
import { Copyable } from './copy';

interface OnceShownProps {
  readonly label: string;
  readonly value: string;
  /** Says what the text is for, and that it is shown only once. */
  readonly hint: string;
  readonly onClose: () => void;
}

/** A secret that the API answers once. */
export function OnceShown({ label, value, hint, onClose }: OnceShownProps) {
  return (
    <Stack>
      <Text role="status">{hint}</Text>
      <Copyable label={label} value={value} />
      <Group justify="flex-end">
        <Button onClick={onClose}>{texts().kept}</Button>
      </Group>
    </Stack>
  );
}
