import { Stack, Switch, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { queries } from '../../../api/client';
import { Failure } from '../../../parts/form';
import { useRecentLogin } from '../../../parts/recent-login';
import { EmptyState, Loaded } from '../../../parts/states';
import { useOrganization } from '../context';
import { featuresQuery } from '../queries';
import { texts } from './texts';

interface Toggle {
  readonly feature: string;
  readonly enabled: boolean;
}

export function Features() {
  const organization = useOrganization();
  const { may } = organization;
  const prove = useRecentLogin();
  const own = featuresQuery(organization);
  const query = useQuery(own);
  const { mutate, error, isPending, variables } = useMutation({
    mutationFn: (body: Toggle) => prove(() => organization.api.toggleFeature({ body })),
    onSuccess: ({ data }) => queries.setQueryData(own.queryKey, data),
  });
  return (
    <Stack>
      <Text size="sm">{texts.featuresHint}</Text>
      <Failure error={error} />
      <Loaded query={query}>
        {(features) =>
          features.length === 0 ? (
            <EmptyState title={texts.noFeatures} />
          ) : (
            <>
              {features.map(({ key, name, description, available, enabled, security }) => (
                <Switch
                  key={key}
                  label={name}
                  description={available ? description : texts.notInPlan}
                  checked={isPending && variables.feature === key ? variables.enabled : enabled}
                  disabled={!available || !may(security ? 'security:write' : 'settings:write')}
                  onChange={({ currentTarget }) => mutate({ feature: key, enabled: currentTarget.checked })}
                />
              ))}
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}
