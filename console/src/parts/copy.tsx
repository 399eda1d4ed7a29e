import { Button, CopyButton, Group, TextInput } from '@mantine/core';
import { texts } from '../texts/texts';

/** A text to take elsewhere, with a button that copies it. */
export function Copyable({ label, value }: { readonly label: string; readonly value: string }) {
  const t = texts();
  return (
    <Group align="flex-end" wrap="nowrap" gap="xs">
      <TextInput label={label} value={value} readOnly flex={1} miw={0} onFocus={({ currentTarget }) => currentTarget.select()} />
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button variant="default" aria-label={`${copied ? t.copied : t.copy}: ${label}`} onClick={copy}>
            {copied ? t.copied : t.copy}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
