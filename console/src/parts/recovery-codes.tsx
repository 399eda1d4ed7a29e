import { Code, Stack, Text, Title } from '@mantine/core';
import { texts } from '../texts/texts';

/** Shows recovery codes, which the API answers once. */
export function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  const t = texts();
  return (
    <Stack role="status">
      <Title order={2} size="h4">
        {t.recoveryCodes}
      </Title>
      <Text>{t.recoveryHint}</Text>
      <Code block>{codes.join('\n')}</Code>
    </Stack>
  );
}
