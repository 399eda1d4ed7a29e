import { Checkbox, Group, NativeSelect } from '@mantine/core';
import type { ExportedUsage, FileFormat } from '@tenantry/sdk';
import { useState } from 'react';
import { DownloadButton } from '../../../parts/download';
import { useOrganization } from '../context';
import { texts } from './texts';

const kinds = ['days', 'events', 'request-days', 'requests'] as const satisfies readonly ExportedUsage[];
const formats = ['csv', 'ndjson'] as const satisfies readonly FileFormat[];

/** Downloads the data of some days. */
export function ExportUsage({ from, to }: { readonly from: string; readonly to: string }) {
  const { api } = useOrganization();
  const [what, setWhat] = useState<ExportedUsage>('days');
  const [format, setFormat] = useState<FileFormat>('csv');
  const [bom, setBom] = useState(false);
  return (
    <Group align="flex-end">
      <NativeSelect
        label={texts.what}
        value={what}
        data={kinds.map((value) => ({ value, label: texts.kinds[value] }))}
        onChange={({ currentTarget }) => setWhat(kinds.find((kind) => kind === currentTarget.value) ?? 'days')}
      />
      <NativeSelect
        label={texts.format}
        value={format}
        data={formats.map((value) => ({ value, label: texts.formats[value] }))}
        onChange={({ currentTarget }) => setFormat(currentTarget.value === 'ndjson' ? 'ndjson' : 'csv')}
      />
      {format === 'csv' ? <Checkbox label={texts.forExcel} checked={bom} mb="xs" onChange={({ currentTarget }) => setBom(currentTarget.checked)} /> : null}
      <DownloadButton size="sm" name={`usage-${what}.${format}`} load={() => api.exportUsage({ query: { from, to, what, format, ...(format === 'csv' && bom ? { bom } : {}) } })}>
        {texts.download}
      </DownloadButton>
    </Group>
  );
}
