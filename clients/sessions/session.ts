/** The facts that a session finds out. */
export interface Results {
  readonly organizationId: string;
  readonly memberOf: string | undefined;
  readonly members: readonly (string | null)[];
  readonly weeklyReports: unknown;
  readonly staleUpdate: string;
  readonly meters: number;
  readonly plan: string;
  readonly invoices: number;
  readonly refusal: string;
}

/** Ada signs up, and Grace is invited. */
export const people = (name: string) => ({
  ada: { email: `ada@${name}.example`, password: 'correct horse battery staple', name: 'Ada', organization: { name } },
  grace: { email: `grace@${name}.example`, password: 'correct horse battery staple', name: 'Grace' },
});

export const tokenIn = (link: string | null | undefined): string => new URL(link ?? '').searchParams.get('token') ?? '';
