/** The client that reads for an answer: that of the tenant for its own requests, that of the platform for the operator and for mails. */
export type BillingReader = 'tenant' | 'platform';
