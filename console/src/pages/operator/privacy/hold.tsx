import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { LegalHoldKind } from '@tenantry/sdk';
import { api } from '../../../api/client';
import { ConfirmButton } from '../../../parts/confirm';
import { Loaded } from '../../../parts/states';
import { formatTime } from '../../../texts/texts';
import { ReasonButton } from '../parts';
import { operatorKey, readAgain } from '../queries';
import { texts } from './texts';

interface LegalHoldProps {
  readonly kind: LegalHoldKind;
  readonly subjectId: string;
  readonly name: string;
  /** What is held. */
  readonly hint: string;
}

/** The legal hold of a user or a tenant, which can be released; without one, a button that places it. */
export function LegalHold({ kind, subjectId, name, hint }: LegalHoldProps) {
  const query = useQuery({ queryKey: [operatorKey, 'legal-holds', subjectId], queryFn: () => api.listLegalHolds({ query: { kind, subjectId, limit: 1 } }) });
  return (
    <Loaded query={query} height={36}>
      {({ data: [hold] }) =>
        hold === undefined ? (
          <Group>
            <ReasonButton title={name} action={texts.place} danger={false} onConfirm={(reason) => api.createLegalHold({ body: { kind, subjectId, reason } }).then(readAgain)}>
              {hint}
            </ReasonButton>
          </Group>
        ) : (
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{texts.heldSince(formatTime(hold.createdAt), hold.reason)}</Text>
            <ConfirmButton
              title={name}
              action={texts.release}
              name={texts.releaseOf(name)}
              onConfirm={() => api.deleteLegalHold({ path: { legalHoldId: hold.id } }).then(readAgain)}
            >
              {texts.releaseHint}
            </ConfirmButton>
          </Stack>
        )
      }
    </Loaded>
  );
}
