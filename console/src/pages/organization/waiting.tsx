import { Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ApiFormView, isEmail, isFilled, Success, useApiForm } from '../../parts/form';
import { Loaded } from '../../parts/states';
import { View } from '../../parts/view';
import { formatTime } from '../../texts/texts';
import { useOrganization } from './context';
import { keyOf, readAgain } from './queries';
import { texts } from './texts';

/** Stands in the place of all pages while a guardian must consent to the membership. */
export function AwaitingConsent() {
  const organization = useOrganization();
  const query = useQuery({ queryKey: keyOf(organization, 'consent'), queryFn: () => organization.api.getOwnConsent() });
  return (
    <View title={texts.consentTitle}>
      <Loaded query={query}>
        {({ asksForAge, linkExpiresAt }) => (
          <>
            {asksForAge ? <Age /> : null}
            {linkExpiresAt === null ? null : <Success>{texts.guardianMailed(formatTime(linkExpiresAt))}</Success>}
            <AskGuardian isRepeated={linkExpiresAt !== null} />
          </>
        )}
      </Loaded>
    </View>
  );
}

function AskGuardian({ isRepeated }: { readonly isRepeated: boolean }) {
  const organization = useOrganization();
  const own = useApiForm({
    initialValues: { guardianEmail: '' },
    validate: { guardianEmail: isEmail },
    submit: async (body) => {
      await organization.api.requestConsent({ body });
      own.form.reset();
      await readAgain(organization, 'consent');
    },
  });
  return (
    <ApiFormView of={own} action={isRepeated ? texts.askGuardianAgain : texts.askGuardian}>
      <Text>{texts.guardianHint}</Text>
      <TextInput label={texts.guardianEmail} type="email" autoComplete="off" required maw={480} {...own.form.getInputProps('guardianEmail')} />
    </ApiFormView>
  );
}

function Age() {
  const organization = useOrganization();
  const own = useApiForm({
    initialValues: { birthMonth: '' },
    validate: { birthMonth: isFilled },
    submit: async (body) => {
      await organization.api.stateAge({ body });
      await Promise.all(['access', 'consent'].map((part) => readAgain(organization, part)));
    },
  });
  return (
    <ApiFormView of={own} action={texts.stateAge}>
      <TextInput label={texts.birthMonth} description={texts.birthMonthHint} type="month" required maw={480} {...own.form.getInputProps('birthMonth')} />
    </ApiFormView>
  );
}
