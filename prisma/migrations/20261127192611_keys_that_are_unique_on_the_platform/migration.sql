comment on index public.domains_verified_host_key is 'Unique on the platform: a request names a host before its organization is known.';
comment on index public.invoices_provider_invoice_id_key is 'Unique on the platform: an event of the payment provider names an invoice before its organization is known.';
comment on index public.mail_messages_pkey is 'Unique on the platform: mail about a user has no organization.';
comment on index public.subscriptions_provider_customer_id_key is 'Unique on the platform: an event of the payment provider names a customer before its organization is known.';
comment on index public.subscriptions_provider_subscription_id_key is 'Unique on the platform: an event of the payment provider names a subscription before its organization is known.';
