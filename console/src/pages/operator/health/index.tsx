import { Alert, Button, Code, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Data } from '@tenantry/sdk';
import { Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { formatNumber } from '../../../texts/texts';
import { Facts } from '../parts';
import { healthQuery } from '../queries';
import { texts as common } from '../texts';
import { texts } from './texts';

type Health = Data<'getInstallationHealth'>;

export function Page() {
  const query = useQuery(healthQuery);
  const again = (
    <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
      {texts.again}
    </Button>
  );
  return (
    <View title={common.health} description={texts.description} actions={again}>
      <Loaded query={query}>
        {({ version, node, findings, warnings, queues }) => (
          <Stack gap="lg">
            <Alert color={findings.length === 0 ? 'green' : 'red'} variant="outline" role="status">
              {findings.length === 0 ? texts.safe : texts.unsafe}
            </Alert>
            {findings.length === 0 ? null : (
              <Section title={texts.findings}>
                <Findings of={findings} isBad />
              </Section>
            )}
            <Section title={texts.warnings}>{warnings.length === 0 ? <Text c="dimmed">{texts.noWarnings}</Text> : <Findings of={warnings} />}</Section>
            <Section title={texts.server}>
              <Facts
                label={texts.server}
                rows={[
                  [texts.version, version],
                  [texts.node, node],
                ]}
              />
            </Section>
            <Section title={texts.queues}>
              <Queues of={queues} />
            </Section>
          </Stack>
        )}
      </Loaded>
    </View>
  );
}

const Findings = ({ of, isBad = false }: { readonly of: Health['findings']; readonly isBad?: boolean }) =>
  of.map(({ check, object, message, fix }) => (
    <Alert key={`${check} ${object} ${message}`} color={isBad ? 'red' : 'gray'} variant="outline">
      <Stack gap="xs">
        <Text fw={600}>{`${object} (${check})`}</Text>
        <Text size="sm">{message}</Text>
        <Text size="sm">{texts.fix}:</Text>
        <Code block tabIndex={0}>
          {fix}
        </Code>
      </Stack>
    </Alert>
  ));

const Queues = ({ of }: { readonly of: Health['queues'] }) => (
  <Table.ScrollContainer minWidth={480} type="native" tabIndex={0} role="group" aria-label={texts.queues}>
    <Table aria-label={texts.queues}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{texts.queue}</Table.Th>
          {[texts.waiting, texts.active, texts.failed, texts.oldest].map((title) => (
            <Table.Th key={title} scope="col" ta="end">
              {title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {of.map(({ name, waiting, active, failed, oldestDueAge }) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            {[waiting, active, failed].map((count, index) => (
              <Table.Td key={index} ta="end">
                {formatNumber(count)}
              </Table.Td>
            ))}
            <Table.Td ta="end">{texts.seconds(formatNumber(Math.round(oldestDueAge)))}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);
