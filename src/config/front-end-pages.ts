interface FrontEndPage {
  readonly path: string;
  /** The parameters of the query, in order. */
  readonly parameters: readonly string[];
  readonly purpose: string;
  /** The route that the page calls, behind the prefix of the API, and its body. */
  readonly calls: string;
  readonly body: string;
}

const token = ['token'] as const;

/** The pages of the front end that mails link to. docs/front-end.md lists them. */
export const frontEndPages = {
  verifyEmail: { path: '/verify-email', parameters: token, purpose: 'verifies an email address', calls: '/auth/email/verify', body: '{"token":"…","password":"…"}' },
  resetPassword: { path: '/reset-password', parameters: token, purpose: 'sets a new password', calls: '/auth/password/reset', body: '{"token":"…","newPassword":"…"}' },
  signInByMail: { path: '/sign-in/mail', parameters: token, purpose: 'signs in', calls: '/auth/mail/complete', body: '{"token":"…"}' },
  acceptInvitation: {
    path: '/invitations/accept',
    parameters: token,
    purpose: 'shows an invitation, and accepts or declines it',
    calls: '/invitations/accept',
    body: '{"token":"…","name":"…","password":"…"}',
  },
  giveConsent: {
    path: '/consent',
    parameters: token,
    purpose: 'shows a guardian what they consent to, and gives the consent',
    calls: '/consent/give',
    body: '{"token":"…","guardianName":"…","relation":"…","textVersion":"…"}',
  },
  withdrawConsent: { path: '/consent/withdraw', parameters: token, purpose: 'withdraws the consent of a guardian', calls: '/consent/withdraw', body: '{"token":"…"}' },
  undoEmailChange: { path: '/undo-email-change', parameters: token, purpose: 'undoes a change of the email address', calls: '/auth/email/undo', body: '{"token":"…"}' },
  undoSecondFactor: {
    path: '/undo-second-factor',
    parameters: token,
    purpose: 'removes a second factor that the recipient did not set up',
    calls: '/auth/mfa/totp/undo',
    body: '{"token":"…"}',
  },
  undoPasskey: {
    path: '/undo-passkey',
    parameters: token,
    purpose: 'removes a passkey that the recipient did not add',
    calls: '/auth/passkeys/undo',
    body: '{"token":"…"}',
  },
  confirmSecondFactor: {
    path: '/confirm-second-factor',
    parameters: token,
    purpose: 'sets up the second factor of an operator, who is signed in',
    calls: '/auth/mfa/totp/confirm',
    body: '{"code":"…","mailedToken":"…"}',
  },
  breakGlass: {
    path: '/break-glass',
    parameters: ['organization', 'token'],
    purpose: 'gives an owner, who is signed in, access to an organization again',
    calls: '/tenant/security/break-glass/use',
    body: '{"token":"…"}',
  },
} as const satisfies Readonly<Record<string, FrontEndPage>>;

/** Returns a link of a mail. It starts with APP_URL, and never with the Host header of a request. */
export function linkTo<Page extends keyof typeof frontEndPages>(
  { appUrl }: { readonly appUrl: string },
  page: Page,
  values: Readonly<Record<(typeof frontEndPages)[Page]['parameters'][number], string>>,
): string {
  const { path, parameters } = frontEndPages[page];
  return `${appUrl}${path}?${parameters.map((name) => `${name}=${values[name as keyof typeof values]}`).join('&')}`;
}

/** The paths of the other pages of the console, as the router of the server reads them. */
export const consolePaths = [
  '/',
  '/sign-in',
  '/sign-in/:provider',
  '/sign-in/sso/:ssoConnectionId',
  '/sign-up',
  '/forgot-password',
  '/sso-setup',
  '/organizations',
  '/organizations/*',
  '/account',
  '/operator',
  '/operator/*',
] as const;
