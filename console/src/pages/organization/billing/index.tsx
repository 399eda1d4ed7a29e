import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../../../parts/states';
import { Section, View } from '../../../parts/view';
import { useOrganization } from '../context';
import { BillingProfileForm } from './billing-profile';
import { ChangePlan } from './change-plan';
import { CurrentPlan } from './current-plan';
import { CreditNotes, Invoices } from './invoices';
import { Payment } from './payment';
import { billingQuery } from './queries';
import { texts } from './texts';

/** The plan, its price and change, the recipient of invoices, and the invoices. */
export function Page() {
  const query = useQuery(billingQuery(useOrganization()));
  return (
    <View title={texts.title}>
      <Loaded query={query}>
        {(billing) => (
          <Stack gap="xl">
            <Section title={texts.current}>
              <CurrentPlan {...billing} />
            </Section>
            {billing.subscription.billing === 'none' ? null : (
              <>
                <Section title={texts.change} description={texts.withoutTax}>
                  {/* The form begins again with what the subscription has become. */}
                  <ChangePlan key={billing.etag} {...billing} />
                </Section>
                <Section title={texts.payment}>
                  <Payment subscription={billing.subscription} />
                </Section>
              </>
            )}
            <Section title={texts.invoices}>
              <Invoices />
            </Section>
            <Section title={texts.creditNotes}>
              <CreditNotes />
            </Section>
            <Section title={texts.profile}>
              <BillingProfileForm />
            </Section>
          </Stack>
        )}
      </Loaded>
    </View>
  );
}
