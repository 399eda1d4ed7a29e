import { Box, Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { currentActing, endActing, onActing, type Acting } from '../api/client';
import { meQuery } from '../pages/account/queries';
import { formatTime, texts } from '../texts/texts';
import './acting-frame.css';

/** A red frame around every page while an operator acts as a member. The pages of operators follow its end. */
export function ActingFrame() {
  const router = useRouter();
  const acting = useSyncExternalStore(onActing, currentActing);
  const before = useRef<Acting>(undefined);
  useEffect(() => {
    const ended = acting === undefined ? before.current : undefined;
    before.current = acting;
    if (ended !== undefined) void router.navigate({ to: '/operator/tenants/$tenantId', params: { tenantId: ended.organizationId } });
  }, [acting, router]);
  return acting === undefined ? null : <Frame acting={acting} />;
}

function Frame({ acting: { reason, mayWrite, endsAt } }: { readonly acting: Acting }) {
  const t = texts();
  const { data: me } = useQuery(meQuery);
  const end = useMutation({ mutationFn: endActing });
  return (
    <>
      {/* The bar covers nothing of the page. */}
      <Box h={96} />
      <div className="acting-frame" aria-hidden />
      <Group className="acting-bar" role="region" aria-label={t.acting} justify="space-between" px="md" py="xs" gap="xs">
        <Text size="sm" role="status">
          {t.actingAs(me?.user.name ?? '…', reason, formatTime(new Date(endsAt).toISOString()))} {mayWrite ? t.actingWrites : t.actingReads}
        </Text>
        <Button variant="default" size="xs" loading={end.isPending} onClick={() => end.mutate()}>
          {t.endActing}
        </Button>
      </Group>
    </>
  );
}
