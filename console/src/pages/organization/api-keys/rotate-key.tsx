import { NativeSelect, Text } from '@mantine/core';
import type { ApiKey, ApiKeySecret } from '@tenantry/sdk';
import { ApiFormView, useApiForm } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { useOrganization } from '../context';
import { texts } from './texts';

interface RotateKeyProps {
  readonly apiKey: ApiKey;
  readonly onRotated: (rotated: ApiKeySecret) => Promise<void>;
}

/** Gives a key a new secret. The present one works on for some time, so that no program fails meanwhile. */
export function RotateKey({ apiKey, onRotated }: RotateKeyProps) {
  const { api } = useOrganization();
  const prove = useRecentLogin();
  const own = useApiForm({
    initialValues: { overlap: '86400' },
    submit: async ({ overlap }) => onRotated(await prove(() => api.rotateApiKey({ path: { apiKeyId: apiKey.id }, body: { overlapSeconds: Number(overlap) } }))),
  });
  return (
    <ApiFormView of={own} action={texts.rotate}>
      <Text>{texts.rotateHint}</Text>
      <NativeSelect label={texts.overlap} data={Object.entries(texts.overlaps).map(([value, label]) => ({ value, label }))} {...own.form.getInputProps('overlap')} />
    </ApiFormView>
  );
}
