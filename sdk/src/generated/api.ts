// Written by `npm run openapi`, from the contract.

export interface AcceptInvitation {
  /** The token in the link */
  token: string;
  /** The name of the new account. Required when you are not signed in. */
  name?: string;
  /** The password of the new account. Required when you are not signed in, unless the product offers no passwords. */
  password?: string;
}

export interface AccessActor {
  /** `user`: a member. `key`: an API key. `service`: a service key of the installation. `operator`: an operator of the platform, or the command line. */
  kind: AccessActorKind;
  /** The id of the user or key; null for the command line */
  id: string | null;
  /** Name and address of a user at that time, or the name of a service key; null for API keys, and after it was erased */
  name: string | null;
}

export interface AccessCheck {
  /** Whether the caller, or the user of the check, may do it */
  allowed: boolean;
  /** The error code with which a route would refuse the request */
  code?: string;
  /** The cause of a refusal, in words. Absent if it is allowed. */
  reason?: string;
  /** The checks in order, up to the one that failed */
  trace?: AccessStep[];
}

export interface AccessCheckList {
  /** The results, in the order of the checks */
  data: AccessCheck[];
}

export interface AccessLogEntry {
  /** The id of the entry */
  id: string;
  /** The time of the request */
  occurredAt: string;
  /** The caller of the request */
  actor: AccessActor;
  /** The operationId of the route, or `cli <command>` */
  action: string;
  /** The ids of the records that were read: those in the path and those in the JSON of the answer, sorted. Of a file, those in the path only. */
  recordIds: string[];
  /** The IP address of the caller; null if unknown */
  ip: string | null;
  /** The User-Agent of the request; null without one */
  userAgent: string | null;
  /** The X-Request-Id of the request; null if there was no request */
  requestId: string | null;
}

export interface AccessLogEntryPage {
  /** The items of this page */
  data: AccessLogEntry[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
}

export interface AccessSource {
  /** `role`: a role of the member. `custom_role`: one that the member has directly. `team_role`: one of a team. `no_role`: none of the roles has the permission. `no_active_role`: none has it, and custom roles are inactive without the feature `custom_roles`. `plan`, `subscription` (the bought seats), `add_on`, `override` and `not_sold_separately`: where a feature or limit comes from. */
  kind: AccessSourceKind;
  /** The id of the organization, key, token or link, or the key of the role or plan; null for other kinds */
  key: string | null;
  /** The name of the team that has the role; null for other kinds */
  team: string | null;
}

export interface AccessStep {
  /** The part of the decision that was checked */
  step: AccessCheckStep;
  /** Whether this part allows it */
  passed: boolean;
  /** The role, plan or policy that decided the check, in words */
  source: string;
  /** The same for programs */
  sources: AccessSource[];
  /** The finding, in words */
  detail: string;
}

export interface AccessToken {
  /** A JWT. Send it as `Authorization: Bearer …`. */
  accessToken: string;
  /** Seconds until the access token expires */
  expiresIn: number;
}

export interface AcquireLease {
  /** The key of a concurrent meter */
  meter: string;
  /** The lease expires this many seconds after its last heartbeat. Default: 60. */
  ttlSeconds?: number;
  /** The user or object that the lease is for. Free text. */
  subject?: string;
}

export interface AddedMember {
  /** `invited`: the owner of the address becomes a member when they accept. `added`: they are a member now. */
  status: AddedMemberStatus;
  /** The address that was added or invited */
  email: string;
  /** The key of the base role that the person gets */
  role: string;
  /** The new member; null for `invited` */
  userId: string | null;
  /** The invitation; null for `added` */
  invitationId: string | null;
}

export interface AddMember {
  /** The address of the person to add. It must be at an allowed email domain of the organization. */
  email: string;
  /** The key of a base role, at most your own */
  role: string;
}

export interface AddOn {
  /** The key with which the add-on is bought */
  key: string;
  /** The name of the add-on, for people */
  name: string;
  /** A text for the page of prices; null without one */
  description: string | null;
  /** The keys of the plans with which the add-on is sold */
  plans: string[];
  /** The prices of one add-on by interval and currency */
  prices: UnitPrice[];
  /** The maximum quantity of one organization */
  max: number;
  /** The units that the add-on adds to limits */
  limits: AddOnUnits[];
  /** The seats that one add-on adds to a plan that includes its seats; 0 for none */
  seats: number;
  /** The keys of the features that the add-on includes */
  features: string[];
}

export interface AddOnUnits {
  /** The key of the meter */
  meter: string;
  /** The name of the meter, for people */
  name: string;
  /** Units that one add-on adds to the limit of the plan */
  units: number;
}

export interface AddOperator {
  /** The verified email address of the user */
  email?: string;
  /** Instead of the address */
  userId?: string;
}

export interface AddPasskey {
  /** A name by which the user knows the passkey, such as that of the device */
  name: string;
  /** The credential that the browser created, as its `toJSON()` returns it */
  credential: Record<string, unknown>;
}

export interface Address {
  /** Street and number */
  street?: string;
  /** With a country, checked against the pattern of the country */
  postalCode?: string;
  /** The town */
  city?: string;
  /** The state or province, where the country has them */
  region?: string;
  /** ISO 3166-1 alpha-2 code, or XK for Kosovo */
  country?: Country;
}

export interface ApiKey {
  /** The id of the key, which is not secret */
  id: string;
  /** The text by which people recognize the key */
  name: string;
  /** The last characters of the secret, to identify the key */
  hint: string;
  /** `active`: the key can be used. `disabled`: `enabled` is false. `expired`: `expiresAt` is over. */
  status: ApiKeyStatus;
  /** The permissions that the key was given */
  permissions: string[];
  /** The owner of a personal key; null for a key of the organization */
  ownerId: string | null;
  /** Whether requests with the key are accepted */
  enabled: boolean;
  /** The time from which on the key is refused; null for never */
  expiresAt: string | null;
  /** The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses. */
  allowedIps: string[];
  /** The requests per minute that the key may make; null if only the limits of the plan apply */
  rateLimit: number | null;
  /** The time until which the previous secret works; null when it does not work */
  previousExpiresAt: string | null;
  /** The time of the last request with the key, accurate to a few seconds; null if it was not used */
  lastUsedAt: string | null;
  /** The IP address of the last request with the key; null if it was not used */
  lastUsedIp: string | null;
  /** The number of requests made with the key */
  useCount: number;
  /** The user who created the key; null if the account was deleted */
  createdById: string | null;
  /** The member who received the secret: who created the key or rotated it last. The key has no permission that this member does not hold at present. null if the account was deleted. */
  grantedById: string | null;
  /** Whether the key has withheld permissions. Rotate or revoke it. */
  needsReview: boolean;
  /** Permissions of a key of the organization that it cannot use, because the member in `grantedById` no longer holds them */
  withheldPermissions: string[];
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface ApiKeyEvent {
  /** The id of the key, which is not secret */
  id: string;
  /** The text by which people recognize the key */
  name: string;
  /** The last characters of the secret, to identify the key */
  hint: string;
  /** The permissions that the key was given */
  permissions: string[];
  /** The owner of a personal key; null for a key of the organization */
  ownerId: string | null;
  /** Whether requests with the key are accepted */
  enabled: boolean;
  /** The time from which on the key is refused; null for never */
  expiresAt: string | null;
  /** The time of creation */
  createdAt: string;
}

export interface ApiKeyPage {
  /** The items of this page */
  data: ApiKey[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface ApiKeySecret {
  /** The id of the key, which is not secret */
  id: string;
  /** The text by which people recognize the key */
  name: string;
  /** The last characters of the secret, to identify the key */
  hint: string;
  /** `active`: the key can be used. `disabled`: `enabled` is false. `expired`: `expiresAt` is over. */
  status: ApiKeyStatus;
  /** The permissions that the key was given */
  permissions: string[];
  /** The owner of a personal key; null for a key of the organization */
  ownerId: string | null;
  /** Whether requests with the key are accepted */
  enabled: boolean;
  /** The time from which on the key is refused; null for never */
  expiresAt: string | null;
  /** The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses. */
  allowedIps: string[];
  /** The requests per minute that the key may make; null if only the limits of the plan apply */
  rateLimit: number | null;
  /** The time until which the previous secret works; null when it does not work */
  previousExpiresAt: string | null;
  /** The time of the last request with the key, accurate to a few seconds; null if it was not used */
  lastUsedAt: string | null;
  /** The IP address of the last request with the key; null if it was not used */
  lastUsedIp: string | null;
  /** The number of requests made with the key */
  useCount: number;
  /** The user who created the key; null if the account was deleted */
  createdById: string | null;
  /** The member who received the secret: who created the key or rotated it last. The key has no permission that this member does not hold at present. null if the account was deleted. */
  grantedById: string | null;
  /** Whether the key has withheld permissions. Rotate or revoke it. */
  needsReview: boolean;
  /** Permissions of a key of the organization that it cannot use, because the member in `grantedById` no longer holds them */
  withheldPermissions: string[];
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
  /** The secret. It is shown only once. Send it as X-API-Key or as a bearer token. */
  key: string;
}

export interface ApproveJoinRequest {
  /** The role of the new member. Default: the role of the user's domain, or the catalog's default role. */
  role?: string;
}

export interface AskToJoin {
  /** A message to the members who decide */
  message?: string;
}

export interface AuditActor {
  /** `user`: a member. `key`: an API key. `service`: a service key of the installation. `operator`: an operator of the platform, or the command line. `job`: a background job. `system`: a change by hand in the database. `anonymous`: a caller without credentials. */
  kind: AuditActorKind;
  /** The id of the user or key, or the name of the job; null if the actor has no id */
  id: string | null;
  /** Name and address of the user at that time, the name of the service key, the database role of a statement, or the address that a refused sign-in named; null if unknown or erased, and for API keys and jobs */
  name: string | null;
}

export interface AuditChange {
  /** The table of the record */
  table: string;
  /** The id of the record; null if it has no id */
  id: string | null;
  /** Whether the record was added, changed or removed */
  operation: AuditChangeOperation;
  /** The previous values: of the changed columns, or of all columns of a removed record. null for an added record, and after 1 MB of changes in the event. Secrets are masked. */
  before: Record<string, unknown> | null;
  /** The new values: of the changed columns, or of all columns of an added record. null for a removed record, and after 1 MB of changes in the event. Secrets are masked. */
  after: Record<string, unknown> | null;
}

export interface AuditEvent {
  /** The id of the event */
  id: string;
  /** The position in the hash chain of the organization or of the platform, without gaps */
  sequence: number;
  /** The time of the last change of the transaction. Refused requests are recorded every two seconds. */
  occurredAt: string;
  /** The X-Request-Id of the request; null if there was none */
  requestId: string | null;
  /** The user, key or process that made the change, or whose request was refused */
  actor: AuditActor;
  /** The operationId of the route, `job <name>`, `cli <command>`, `sql` for a change by hand, or `several` for many refusals */
  action: string;
  /** `done`: the changes were committed. `refused`: the request was refused. */
  outcome: AuditOutcome;
  /** The error code of a refused request; null if the action was done */
  code: string | null;
  /** The number of equal refusals within a short time; 1 for a change */
  times: number;
  /** The first record that was changed; null for a refused request */
  target: AuditTarget | null;
  /** The IP address of the caller; null if there was no request, or after it was erased */
  ip: string | null;
  /** The User-Agent of the request; null without one, or after it was erased */
  userAgent: string | null;
  /** The number of changed records; 0 for a refused request */
  changeCount: number;
  /** The first 1,000 changed records; null if they were erased */
  changes: AuditChange[] | null;
  /** The SHA-256 of the event and of the hash before it in the chain, as 64 hexadecimal digits */
  hash: string;
}

export interface AuditEventPage {
  /** The items of this page */
  data: AuditEvent[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
}

export interface AuditTarget {
  /** The table of the first row that was changed */
  table: string;
  /** The id of this row; null if it has no id */
  id: string | null;
}

export interface AuthProvider {
  /** The name of the provider, as in the paths of routes */
  provider: string;
  /** The name to show on a button */
  label: string;
}

export interface AuthProviderList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The identity providers in the order in which the operator lists them */
  data: AuthProvider[];
}

export interface Backup {
  /** The name of the backup: the time at which it was due or begun */
  backup: string;
  /** When it was begun */
  startedAt: string;
  /** When it was complete */
  finishedAt: string;
  /** The organizations in the backup */
  organizations: number;
  /** The bytes of its archives */
  bytes: number;
  /** The organizations that could not be backed up */
  failed: number;
}

export interface BackupList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The complete backups, newest first */
  data: Backup[];
}

export interface Balance {
  /** ISO 4217 code */
  currency: string;
  /** In minor units */
  amount: number;
}

export interface BalanceSettlement {
  /** The id of the settlement */
  id: string;
  /** ISO 4217 code */
  currency: string;
  /** The amount that was taken off the balance, in minor units */
  amount: number;
  /** `paid_out`: the operator has paid it back. `written_off`: the organization does not get it back. */
  method: SettlementMethod;
  /** The reason that the operator gave */
  reason: string;
  /** The time at which the balance was settled */
  settledAt: string;
}

export interface BalanceSettlementPage {
  /** The items of this page */
  data: BalanceSettlement[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface BeginMailSignIn {
  /** The address of the account. Capital and small letters are the same. */
  email: string;
  /** Whether the session ends after 60 days without use instead of 7, if the code completes the sign-in. For the link, POST /auth/mail/complete says so. Default: false. */
  rememberMe?: boolean;
  /** The organization to work in, if the code completes the sign-in. For the link, POST /auth/mail/complete says so. Default: as in POST /auth/login. */
  organizationId?: string;
}

export interface BeginProviderLink {
  /** The SHA-256 of a new random secret in base64url (the challenge `S256` of RFC 7636). The page keeps the secret, and sends it when the user returns. */
  challenge: string;
}

export interface BeginProviderSignIn {
  /** The SHA-256 of a new random secret in base64url (the challenge `S256` of RFC 7636). The page keeps the secret, and sends it when the user returns. */
  challenge: string;
  /** Whether the session ends after 60 days without use instead of 7. Default: false. */
  rememberMe?: boolean;
  /** The organization to work in. Default: as in POST /auth/login. */
  organizationId?: string;
}

export interface BeginSso {
  /** The SHA-256 of a new random secret in base64url (the challenge `S256` of RFC 7636). The page keeps the secret, and sends it when the user returns. */
  challenge: string;
  /** Whether the session ends after 60 days without use instead of 7. Default: false. */
  rememberMe?: boolean;
}

export interface BeginSsoTest {
  /** The SHA-256 of a new random secret in base64url (the challenge `S256` of RFC 7636). The page keeps the secret, and sends it when the user returns. */
  challenge: string;
}

export interface BillingAddress {
  /** Street and number */
  line1: string;
  /** A further line, such as a building or a department */
  line2?: string;
  /** Required where addresses have one */
  city?: string;
  /** Required in some countries, and checked against the pattern of the country */
  postalCode?: string;
  /** The state or province, where the country has them */
  region?: string;
  /** ISO 3166-1 alpha-2 code, or XK for Kosovo */
  country: Country;
}

export interface BillingProfile {
  /** The address to which invoices are sent; null if none is set */
  billingEmail: string | null;
  /** The address on invoices; null if none is set */
  billingAddress: BillingAddress | null;
  /** The tax number on invoices; null if none is set */
  taxId: string | null;
}

export interface Branding {
  /** The name for other people; null if it is the organization's name */
  displayName: string | null;
  /** The address of the logo; null without one */
  logoUrl: string | null;
  /** The address of the icon of pages; null without one */
  faviconUrl: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  primaryColor: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  secondaryColor: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  accentColor: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  backgroundColor: string | null;
  /** The CSS rules that pages apply; null without any */
  customCss: string | null;
  /** The address to which users turn for help; null without one */
  supportEmail: string | null;
  /** The page to which users turn for help; null without one */
  supportUrl: string | null;
}

export interface BreakGlass {
  /** The token in the mailed link */
  token: string;
}

export interface CancelSubscription {
  /** Whether to cancel now instead of at the end of the period. Default: false. */
  immediately?: boolean;
}

export interface ChangePassword {
  /** The password until now */
  currentPassword: string;
  /** The password from now on */
  newPassword: string;
}

export interface ChangeSubscription {
  /** The key of the new plan. Default: the present one. */
  plan?: string;
  /** The new period of billing. Default: the present one; for a purchase, that of the first price of the plan. */
  interval?: BillingInterval;
  /** The number of seats, for a plan that sells seats; at least the seats in use; refused for other plans. Default: the present number, or the seats in use if they are more. */
  seats?: number;
  /** The quantity of each add-on. 0 or null removes it. Add-ons that are left out stay. */
  addOns?: Record<string, number | null>;
  /** ISO 4217 code. A paid period keeps its currency. Default for a purchase: that of the first price of the plan. */
  currency?: string;
}

export interface Charge {
  /** The text of the charge or credit */
  description: string;
  /** In minor units, without tax */
  amount: number;
}

export interface CheckAccess {
  /** The permission to check, `resource:action` */
  permission?: string;
  /** A feature of the catalog */
  feature?: string;
  /** A meter. Checks whether its limit allows `quantity` more units. */
  meter?: string;
  /** Default: 1 */
  quantity?: number;
  /** Adds `trace` to the response */
  explain?: boolean;
}

export interface CheckMemberAccess {
  /** The checks, also about several users */
  checks: MemberAccessQuestion[];
  /** Adds `trace` to each result */
  explain?: boolean;
}

export interface Checkout {
  /** The key of the plan to buy, from the list of plans */
  plan: string;
  /** The period of billing. Default: that of the first price of the plan. */
  interval?: BillingInterval;
  /** The number of seats, for a plan that sells seats: at least the seats in use, which are the default; refused for other plans */
  seats?: number;
  /** The quantity of each add-on */
  addOns?: Record<string, number | null>;
  /** ISO 4217 code. Default: the currency of the first price of the plan. */
  currency?: string;
  /** A URL with the origin of the front end (APP_URL), to which the browser returns. Default: APP_URL. */
  successUrl?: string;
  /** A URL with the origin of the front end (APP_URL), to which the browser returns. Default: APP_URL. */
  cancelUrl?: string;
}

export interface CheckUsage {
  /** The key of the meter */
  meter: string;
  /** The number of units, with at most the decimals of the meter. Default: 1. */
  quantity?: number;
}

export interface ClosedMeter {
  /** The key of the meter */
  meter: string;
  /** The units that were used */
  used: number;
  /** The units that reservations still hold */
  held: number;
  /** The units that were taken from grants */
  fromGrants: number;
  /** The allowance of the plan; null if it is unlimited */
  limit?: number | null;
  /** The units that were announced before the correction */
  usedBefore?: number;
}

export interface CloseInvoice {
  /** `paid`: the money has arrived. `void`: nothing is owed. `uncollectible`: the money is not expected any longer. */
  status: CloseInvoiceStatus;
}

export interface Code {
  /** A code from the authenticator app, or a recovery code */
  code: string;
}

export interface CommitReservation {
  /** The number of units that were used. The rest is returned. More than were set aside are counted if the limit leaves room. */
  quantity: number;
}

export interface CompletedLogin {
  /** A JWT. Send it as `Authorization: Bearer …`. */
  accessToken: string;
  /** For POST /auth/refresh. It works once. */
  refreshToken: string;
  /** Seconds until the access token expires */
  expiresIn: number;
  /** The token of this device, for the next logins; null unless `trustDevice` was sent, for operators, and if one of your organizations trusts no device */
  deviceToken: string | null;
}

export interface CompleteMailSignIn {
  /** The token in the link of the mail */
  token?: string;
  /** The `requestToken` of POST /auth/mail/start, with `code` */
  requestToken?: string;
  /** The code in the mail, with `requestToken` */
  code?: string;
  /** Whether the session ends after 60 days without use instead of 7. Default: for a code, as in POST /auth/mail/start; for a link, false, because anybody can have asked for the mail. */
  rememberMe?: boolean;
  /** The organization to work in. Default: for a code, as in POST /auth/mail/start; otherwise as in POST /auth/login. For a link, the start does not decide, because anybody can have asked for the mail. */
  organizationId?: string;
  /** The `deviceToken` of POST /auth/mfa/verify. While the device is trusted, no second factor is asked for. */
  deviceToken?: string;
}

export interface CompleteProviderVisit {
  /** The parameter `state` of the address to which the provider sent the user back */
  state: string;
  /** The parameter `code` of this address */
  code?: string;
  /** The parameter `error` of this address, which it has in the place of a code. It ends the visit. */
  error?: string;
  /** The parameter `error_description` of this address, if it has one */
  errorDescription?: string;
  /** The parameter `iss` of this address, if it has one */
  iss?: string;
  /** The secret whose SHA-256 was sent as `challenge` */
  verifier: string;
  /** The `deviceToken` of POST /auth/mfa/verify. While the device is trusted, no second factor is asked for. */
  deviceToken?: string;
}

export interface Compliance {
  /** Whether the Children's Online Privacy Protection Act applies */
  coppa: boolean;
  /** Whether the Family Educational Rights and Privacy Act applies: every read is recorded in the access log */
  ferpa: boolean;
  /** Whether the General Data Protection Regulation applies: every read is recorded in the access log */
  gdpr: boolean;
  /** Days after which closed or expired invitations, decided join requests, and mail that was sent or has failed are erased; null for never */
  dataRetentionDays: number | null;
}

export interface ConfirmTotp {
  /** A code from the authenticator app */
  code: string;
  /** The token from the link in the email. Required for operators. */
  mailedToken?: string;
}

export interface Consent {
  /** The id of the record */
  id: string;
  /** Whether the guardian gave or withdrew the consent */
  action: ConsentAction;
  /** `link`: by the mailed link. `paper`: a member recorded it. */
  method: ConsentMethod;
  /** The name of the guardian */
  guardianName: string;
  /** The relation of the guardian to the member */
  relation: string;
  /** The address that got the link; null on paper */
  guardianEmail: string | null;
  /** The version of the text that the guardian consents to */
  textVersion: string;
  /** The SHA-256 of the text that was shown, in hexadecimal; null on paper */
  textHash: string | null;
  /** The IP address of the guardian; null on paper */
  ip: string | null;
  /** The program of the guardian; null on paper */
  userAgent: string | null;
  /** The member who recorded it; null for a link */
  recordedById: string | null;
  /** The time of the declaration */
  createdAt: string;
}

export interface ConsentList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The declarations, oldest first */
  data: Consent[];
}

export interface ConsentPreview {
  /** The purpose of the link */
  purpose: GuardianLinkPurpose;
  /** The name of the organization */
  organization: string;
  /** The name of the member */
  member: string;
  /** The text that the guardian consents to */
  text: ConsentText;
  /** The time at which the link expires; null for a link of withdrawal */
  expiresAt: string | null;
}

export interface ConsentState {
  /** The state of your membership */
  status: MemberStatus;
  /** The time at which a guardian consented; null when nobody did */
  consentedAt: string | null;
  /** The time at which the mailed link to a guardian expires; null when none is open */
  linkExpiresAt: string | null;
  /** Whether your month of birth is asked for: `stateAge` then decides whether a guardian must consent */
  asksForAge: boolean;
  /** The text that a guardian consents to */
  text: ConsentText;
}

export interface ConsentText {
  /** The version of the text */
  version: string;
  /** The text, with the names filled in */
  text: string;
}

export interface Consumed {
  /** The key of the meter */
  meter: string;
  /** The units used in the current period, or in use now. Held units are not included. */
  used: number;
  /** The limit, including grants. `null`: unlimited. */
  limit: number | null;
  /** The units that are still available: the limit without the used and the held units. `null`: unlimited. */
  remaining: number | null;
  /** The end of the current period. `null`: the meter does not reset. */
  resetsAt: string | null;
  /** The id of the usage event */
  eventId: string;
  /** Whether an earlier call with the same id has counted the units. If so, this call counted nothing. */
  repeated: boolean;
}

export interface ConsumeUsage {
  /** The key of the meter */
  meter: string;
  /** The number of units, with at most the decimals of the meter. Default: 1. */
  quantity?: number;
  /** Your id of this call. Calls with the same id count once. Default: a new one, so each call counts. */
  id?: string;
  /** The user or object that the units are for. Free text. */
  subject?: string;
  /** Any data to store with the event, up to 4 kB */
  metadata?: Record<string, unknown>;
}

export interface CreateApiKey {
  /** A text by which people recognize the key */
  name: string;
  /** Permissions that you hold yourself, except those that manage access */
  permissions: string[];
  /** `organization` (default): the key belongs to the organization, which requires the permission `api_keys:write`. `me`: a personal key. It ends with your membership and never exceeds your permissions. */
  belongsTo?: ApiKeyBelongsTo;
  /** The time at which the key expires, in the future; null for never, the default of a new key */
  expiresAt?: string | null;
  /** The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses. */
  allowedIps?: string[];
  /** The key's own limit in requests per minute, in addition to the organization's rate limit; null for none */
  rateLimit?: number | null;
}

export interface CreateCreditNote {
  /** The lines to credit. Default: all that earlier credit notes have left of the invoice. */
  lines?: CreditedLine[];
  /** The treatment of the part that is paid already. `balance` (default) adds it to the balance of the organization. `refund` records that you have refunded it. */
  settlement?: CreditNoteSettlement;
  /** Is printed on the credit note */
  note?: string;
}

export interface CreatedInvitations {
  /** The invitations in the order of the request */
  data: Invitation[];
}

export interface CreateDirectory {
  /** The name of the directory, unique in the organization */
  name: string;
  /** The base role of the members whom the directory adds, unless their groups give another one */
  role?: string;
}

export interface CreateDirectoryToken {
  /** The time at which the token expires; null for never */
  expiresAt?: string | null;
}

export interface CreateDomain {
  /** `host`: the domain serves the API and your pages. `email`: the email addresses of your members are at this domain. */
  kind: DomainKind;
  /** A domain name that you control, without a port or path */
  domain: string;
}

export interface CreatedTenant {
  /** The id of the tenant, which is also its organization id */
  id: string;
  /** The name that members see */
  name: string;
  /** The unique short name, for addresses */
  slug: string;
  /** The name for other people, such as customers; null if it is `name` */
  displayName: string | null;
  /** A text about the organization; null without one */
  description: string | null;
  /** The contact address; null without one */
  email: string | null;
  /** The contact number; null without one */
  phone: string | null;
  /** The public website; null without one */
  website: string | null;
  /** The default time zone of the organization (IANA) */
  timezone: string;
  /** The default language of the organization, as a BCP 47 tag */
  locale: string;
  /** `suspended` and `cancelled`: only owners have access, and only to read. In the other states, members can work. */
  status: OrganizationStatus;
  /** The key of the present plan */
  plan: string;
  /** Whether an operator has verified the organization */
  isVerified: boolean;
  /** Whether it is a demonstration */
  isDemo: boolean;
  /** Whether an operator has stopped its use for maintenance */
  maintenanceMode: boolean;
  /** The end of the trial; null without one */
  trialEndsAt: string | null;
  /** The day of the month on which monthly counters reset; null: the 1st */
  usageAnchorDay: number | null;
  /** The time of suspension; null if it is not suspended */
  suspendedAt: string | null;
  /** The reason of the suspension, which only operators see; null without one */
  suspendedReason: string | null;
  /** The time of deletion; null if it is not deleted */
  deletedAt: string | null;
  /** The time until which a deleted tenant can be restored; null if it is not deleted */
  eraseAfter: string | null;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
  /** The number of members */
  memberCount: number;
  /** The members who own the organization */
  owners: TenantOwner[];
  /** The domains of the organization */
  domains: TenantDomain[];
  /** Limits by meter, including overrides; null for unlimited */
  limits: Record<string, unknown>;
  /** Features by key: whether the tenant may use them, including overrides */
  features: Record<string, unknown>;
  /** Keys of limits and features that are overridden */
  overridden: string[];
  /** The biller of the tenant */
  billing: BillingMode;
  /** The provisioning steps that are done */
  provisioned: string[];
  /** The invoice that the creation has issued; null if nothing is billed */
  invoice: FirstInvoice | null;
  /** The result of the provisioning; null if the tenant was not provisioned */
  provisioning: Provisioning | null;
}

export interface CreateGrant {
  /** The key of the meter */
  meter: string;
  /** The number of units in addition to the limit of the plan */
  amount: number;
  /** `bought`: the organization paid for it. `given`: it did not. For reports only. */
  source: GrantSource;
  /** The reason, which the organization sees */
  reason: string;
  /** The unused units expire at this time, which must be in the future. Default, also for null: never. */
  expiresAt?: string | null;
}

export interface CreateInvitations {
  /** The address that is invited, instead of a list */
  email?: string;
  /** The key of a base role, at most your own */
  role?: string;
  /** A message that the mail shows. Requires that your own address is verified, except with `delivery: link`. */
  message?: string;
  /** The number of days until the invitation expires. Default: 7. */
  expiresInDays?: number;
  /** `mail` (default) sends the link to the address. `link` sends no mail; only the response contains the link. */
  delivery?: InvitationDelivery;
  /** A list of invitations, instead of the fields above */
  invitations?: InvitationRequest[];
}

export interface CreateLegalHold {
  /** The kind of the subject */
  kind: LegalHoldKind;
  /** The id of the user or the organization */
  subjectId: string;
  /** Why the data is held */
  reason: string;
}

export interface CreateManagedAccount {
  /** The name with which the member signs in, unique in the organization: letters, digits, dots, hyphens and underscores. Capital letters become small ones. */
  userName: string;
  /** The name that other members see */
  name: string;
  /** The key of the base role of the member. Not `owner`. */
  role: string;
  /** The first password. The member can change it. */
  password: string;
}

export interface CreateOrganization {
  /** The name that members see */
  name: string;
  /** The unique short name, for addresses. Default: generated from the name. */
  slug?: string;
}

export interface CreateOrganizationImport {
  /** The name of a backup, or `latest` for the newest one that has the organization. Not together with `exportId`. */
  backup?: string;
  /** The id of an export that an operator has created and whose file is there. Not together with `backup`. */
  exportId?: string;
  /** The id or the slug that the organization had at the time of the backup; with `exportId`, its id */
  organization: string;
  /** The slug that the organization gets instead of its own */
  slug?: string;
  /** Whether the organization gets a new id, so that it is restored next to its original. Default: false. */
  newId?: boolean;
}

export interface CreateProject {
  /** A title for the project */
  name: string;
  /** A text about the project; null for none */
  description?: string | null;
  /** The user id of a member of this organization; null for nobody. Another one is refused (`reference_not_found`). */
  assigneeId?: string | null;
}

export interface CreateRole {
  /** Default: generated from the name */
  key?: string;
  /** The name of the role, for people */
  name: string;
  /** A text about the role; null for none */
  description?: string | null;
  /** Permissions that you hold yourself. GET /permissions lists all permissions. */
  permissions: string[];
}

export interface CreateSamlConnection {
  /** The claim of ID tokens, or the attribute of assertions, whose values are mapped to roles. Default: `groups`. */
  roleClaim?: string;
  /** The roles of new members, by values of the claim. The first match decides. */
  roleMappings?: SsoRoleMappingInput[];
  /** The role of new members without a match. Default: the catalog's default role. */
  defaultRole?: string;
  /** The name to show on a button */
  name: string;
  /** The entity ID of the identity provider. It cannot be changed. */
  entityId?: string;
  /** The URL of the identity provider to which users are sent (SingleSignOnService, HTTP-Redirect) */
  signInUrl?: string;
  /** The certificates with which the identity provider signs: two while it replaces one. They count until you remove them, whatever their dates are. */
  certificates?: SamlCertificate[];
  /** The metadata of the identity provider, as XML. It has the place of its entity ID, its URL and its certificates. */
  metadata?: string;
  /** The URL from which the metadata is read, once. An https URL with a public address. */
  metadataUrl?: string;
  /** Whether requests are signed with the key of the connection. Default: false. */
  signRequests?: boolean;
  /** Whether a sign-in can begin at the identity provider. Its response is not used: the page of the front end begins a sign-in that is answered at once. Default: false. */
  idpInitiated?: boolean;
}

export interface CreateServiceKey {
  /** The name of the key, also in audit logs */
  name: string;
  /** The scopes of the key, each once. `access:check`: Check what members may do. `entitlements:read`: Read the features, limits and entitlements of an organization. `members:read`: Read the members, roles and teams of an organization. `settings:read`: Read the settings, custom settings, branding and compliance of an organization. `settings:write`: Change the settings, custom settings, features and branding of an organization. `tenant:read`: Read the profile of an organization, and what every member may see of it. `usage:read`: Read and export the usage of an organization. `usage:report`: Report, consume, reserve and release usage. */
  scopes: ServiceScope[];
  /** The time at which the key expires, in the future; null for never, the default of a new key */
  expiresAt?: string | null;
  /** The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses, the default of a new key. */
  allowedIps?: string[];
  /** The limit of the key in requests per minute, in all organizations together; null for none, the default of a new key. The rate limit of each organization applies in addition. */
  rateLimit?: number | null;
}

export interface CreateSsoConnection {
  /** The claim of ID tokens, or the attribute of assertions, whose values are mapped to roles. Default: `groups`. */
  roleClaim?: string;
  /** The roles of new members, by values of the claim. The first match decides. */
  roleMappings?: SsoRoleMappingInput[];
  /** The role of new members without a match. Default: the catalog's default role. */
  defaultRole?: string;
  /** The name to show on a button */
  name: string;
  /** The issuer of OpenID Connect: an https URL with a public address, whose `/.well-known/openid-configuration` describes it. It cannot be changed. */
  issuer: string;
  /** The id of the client that you registered there. It cannot be changed. */
  clientId: string;
  /** The secret of the client. It is stored encrypted and never returned. Without it, the connection makes a key pair and authenticates with `private_key_jwt`. */
  clientSecret?: string;
  /** The scope that is requested. Default: `openid email profile`. */
  scope?: string;
}

export interface CreateSsoSetupLink {
  /** Whom the link is for. The audit log names its requests by it. */
  name: string;
  /** The hours for which the link works. Default: 168, a week. */
  expiresInHours?: number;
}

export interface CreateTask {
  /** The work to do, in one line */
  title: string;
  /** The user id of a member of this organization; null for nobody. Another one is refused (`reference_not_found`). */
  assigneeId?: string | null;
}

export interface CreateTeam {
  /** The name of the team, for people */
  name: string;
  /** A text about the team; null for none */
  description?: string | null;
  /** The keys of the custom roles of the team. Its members have these roles. */
  roles?: string[];
}

export interface CreateTenant {
  /** A name for other people, such as customers; null for `name` */
  displayName?: string | null;
  /** A text about the organization; null for none */
  description?: string | null;
  /** The contact number; null for none */
  phone?: string | null;
  /** The public website; null for none */
  website?: string | null;
  /** IANA time zone */
  timezone?: string;
  /** BCP 47 language tag */
  locale?: string;
  /** The name that members see */
  name: string;
  /** The unique short name, for addresses. Default: generated from the name. */
  slug?: string;
  /** Contact address of the organization. Also the address of the admin unless `adminEmail` is given. */
  email: string;
  /** A plan of the catalog. Default: the default plan. */
  plan?: string;
  /** The length of the trial in days. Default: the trial of the plan. */
  trialDays?: number;
  /** The biller of the tenant: nobody, tenantry by invoice, or the payment provider. Default, and null: the mode of the installation. */
  billing?: BillingMode;
  /** Limits by meter that replace those of the plan; null for unlimited */
  limits?: Record<string, unknown>;
  /** Whether to provision the tenant. If false, call POST /tenants/{tenantId}/provision later. Default: true. */
  provision?: boolean;
  /** Whether to make the user with the address of the admin an owner. Without a user who has verified it, an account is created. Default: true. */
  createAdminUser?: boolean;
  /** The address of the admin. Default: `email`. */
  adminEmail?: string;
  /** The name of a new admin. Default: the name of the organization with `Admin`. */
  adminUsername?: string;
  /** The password of a new admin. Default: a generated one, which is returned once. */
  adminPassword?: string;
  /** Whether to mail the admin a welcome. Default: true. */
  sendWelcomeEmail?: boolean;
}

export interface CreateTenantSetupLink {
  /** Whom the link is for. The audit log names its requests by it. */
  name: string;
  /** The hours for which the link works. Default: 168, a week. */
  expiresInHours?: number;
  /** The reason. It is recorded in the audit log, and sent to the owners. */
  reason: string;
}

export interface CreateWebhook {
  /** The address to which events are sent: `https`, with the port 443 or 8443, without credentials. Its host must have public addresses. */
  url: string;
  /** A text by which people recognize the webhook; null for none */
  description?: string | null;
  /** The types of events that are sent; `member.*` for all events of members, `*` for all. Both stand for the types whose events its author may read at the time of saving, the default */
  eventTypes?: string[];
  /** Whether events are sent. Default: true */
  enabled?: boolean;
  /** Whether events are sent one after another, in the order of their `sequence`. An event that cannot be delivered then holds up later ones until its last attempt, for three days. Default: false */
  ordered?: boolean;
  /** `symmetric` (HMAC-SHA256): you check requests with the secret. `ed25519`: you check them with a public key, which is no secret. Default: `symmetric` */
  signature?: WebhookSignature;
}

export interface CreditedLine {
  /** The id of a line of the invoice; each line once */
  lineId: string;
  /** In minor units, without tax, at most what earlier credit notes have left of the line, which is the default */
  amount?: number;
}

export interface CreditNote {
  /** The id of the credit note */
  id: string;
  /** The number on the document */
  number: string;
  /** `issued`: the credit counts. `void`: it has no effect any longer, because its invoice became void. */
  status: CreditNoteStatus;
  /** The invoice that is credited in part or in full */
  invoiceId: string;
  /** The number of this invoice */
  invoiceNumber: string;
  /** `change`: a change of the subscription. `operator`: the operator has issued it. `usage`: usage was corrected. */
  reason: CreditNoteReason;
  /** The text of the operator on the document; null without one */
  note: string | null;
  /** ISO 4217 code */
  currency: string;
  /** The sum of the lines, in minor units */
  subtotal: number;
  /** The tax on the subtotal at the rate of the invoice, in minor units */
  tax: number;
  /** Subtotal and tax, in minor units: the sum of `reducesDue`, `addsToBalance` and `refunded` */
  total: number;
  /** The part of the total that reduces the amount due of the invoice */
  reducesDue: number;
  /** The part of the total that adds to the balance, from which the next invoices in the currency are paid */
  addsToBalance: number;
  /** The part of the total that the operator has paid back */
  refunded: number;
  /** The credited amounts */
  lines: CreditNoteLine[];
  /** The time at which it was issued: the date on the document */
  issuedAt: string;
  /** The time at which it became void; null if it is not */
  voidedAt: string | null;
}

export interface CreditNoteLine {
  /** The line of the invoice that is credited */
  invoiceLineId: string;
  /** The text of the line on the document */
  description: string;
  /** In minor units of the currency, without tax */
  amount: number;
  /** The beginning of the time that is given back; null unless the reason is `change` */
  periodStart: string | null;
  /** The end of this time; null unless the reason is `change` */
  periodEnd: string | null;
}

export interface CreditNotePage {
  /** The items of this page */
  data: CreditNote[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface CreditPreview {
  /** The number of the invoice that is credited in part. null if the payment provider collects: the amounts are then estimates, except for those of a checkout page. */
  invoice: string | null;
  /** The credited amounts */
  lines: Charge[];
  /** In minor units */
  tax: number;
  /** With tax, in minor units */
  total: number;
  /** The part that reduces the amount due */
  reducesDue: number;
  /** The part that adds to the balance, from which the next invoices are paid */
  addsToBalance: number;
}

export interface CurrentTenant {
  /** The key of the present plan */
  plan: string;
  /** The features of the catalog, and whether they can be used */
  features: FeatureEntitlement[];
  /** The limit of each meter */
  limits: LimitEntitlement[];
  /** How many members the organization may have */
  seats: SeatsEntitlement;
  /** How often the organization may call the API */
  rateLimit: RateLimitEntitlement;
  /** How much of the server's time the organization may use at once */
  load: LoadEntitlement;
  /** The id of the organization */
  id: string;
  /** The unique short name of the organization, for addresses */
  slug: string;
  /** The name that members see */
  name: string;
  /** IANA time zone */
  timezone: string;
  /** BCP 47 language tag */
  locale: string;
  /** The settings of the catalog that you may see: with `settings:read` all, otherwise those for every member */
  settings: Record<string, boolean | number | string>;
  /** Logo, colors and addresses of pages, as `/tenant/info` shows them */
  branding: Branding;
  /** The laws that apply to the organization, and how long its data is kept */
  compliance: Compliance;
}

export interface DeleteAccount {
  /** The password of the account. Required if the product offers passwords. Without passwords, a login in the last ten minutes is needed instead. */
  currentPassword?: string;
  /** A code from the authenticator app, or a recovery code. Required with a second factor. */
  code?: string;
}

export interface DeletedResource {
  /** The id of the resource that was deleted */
  id: string;
}

export interface Deprovisioned {
  /** The id of the tenant */
  id: string;
  /** The path of the archive on the server that wrote it; null without a backup */
  backup: string | null;
  /** The tenant can be restored until this time */
  eraseAfter: string;
}

export interface DeprovisionTenant {
  /** Whether to write an archive on the server first, which tenant:import can restore. Default: true. */
  backup?: boolean;
}

export interface Directory {
  /** The id of the directory */
  id: string;
  /** The name of the directory, unique in the organization */
  name: string;
  /** Whether the directory may provision */
  enabled: boolean;
  /** The base role of the members whom the directory adds, unless their groups give another one */
  role: string;
  /** The URL to enter in the directory */
  scimUrl: string;
  /** The member who created the directory, or set its role or `enabled` last. The directory admits nobody whom this member could not admit. Null for a directory without one, which admits nobody */
  grantedById: string | null;
  /** The tokens of the directory, at most two */
  tokens: DirectoryToken[];
  /** When the directory was created */
  createdAt: string;
  /** When the directory was last changed */
  updatedAt: string;
}

export interface DirectoryGroup {
  /** The id of the group in SCIM */
  id: string;
  /** The name of the group in the directory */
  displayName: string;
  /** The `externalId` in the directory; null for none */
  externalId: string | null;
  /** The number of users in the group */
  members: number;
  /** The base role that the group gives; null for none */
  role: string | null;
  /** The keys of the custom roles that the group gives */
  customRoles: string[];
  /** The ids of the teams that the group gives */
  teamIds: string[];
  /** When the directory created the group */
  createdAt: string;
  /** When the directory last changed the group */
  updatedAt: string;
}

export interface DirectoryGroupPage {
  /** The items of this page */
  data: DirectoryGroup[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface DirectoryPage {
  /** The items of this page */
  data: Directory[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface DirectoryToken {
  /** The id of the token */
  id: string;
  /** The last characters of the token, to identify it */
  hint: string;
  /** The time at which the token expires; null for never */
  expiresAt: string | null;
  /** The time of the last request with the token, accurate to a few seconds; null for a token that was not used */
  lastUsedAt: string | null;
  /** The IP address of the last request with the token; null for a token that was not used */
  lastUsedIp: string | null;
  /** The number of requests made with the token */
  useCount: number;
  /** The member who created the token; null when unknown */
  createdById: string | null;
  /** When the token was created */
  createdAt: string;
}

export interface DirectoryTokenSecret {
  /** The id of the token */
  id: string;
  /** The last characters of the token, to identify it */
  hint: string;
  /** The time at which the token expires; null for never */
  expiresAt: string | null;
  /** The time of the last request with the token, accurate to a few seconds; null for a token that was not used */
  lastUsedAt: string | null;
  /** The IP address of the last request with the token; null for a token that was not used */
  lastUsedIp: string | null;
  /** The number of requests made with the token */
  useCount: number;
  /** The member who created the token; null when unknown */
  createdById: string | null;
  /** When the token was created */
  createdAt: string;
  /** The token. It is shown only once. Enter it in the directory as the bearer token. */
  token: string;
}

export interface DirectoryUser {
  /** The id of the user in SCIM */
  id: string;
  /** The `userName` in the directory */
  userName: string;
  /** The `externalId` in the directory; null for none */
  externalId: string | null;
  /** The address by which the user is provisioned; null for a user without one */
  email: string | null;
  /** `member`: a member of the organization; `inactive`: the directory has deactivated the user; `pending`: not a member, for `reason` */
  state: DirectoryUserState;
  /** The code of the reason why the user is not a member; null for a member and an inactive user */
  reason: string | null;
  /** The meaning of the reason, and how to remove it; null for a user without one */
  explanation: string | null;
  /** The account to which the user is linked; null for a user who was never a member */
  userId: string | null;
  /** When the directory created the user */
  createdAt: string;
  /** When the directory last changed the user */
  updatedAt: string;
}

export interface DirectoryUserPage {
  /** The items of this page */
  data: DirectoryUser[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface DiscoverSignIn {
  /** The email address of a person who wants to sign in */
  email: string;
}

export interface DnsRecord {
  /** The type of the DNS record */
  type: 'TXT';
  /** The full name of the DNS record */
  name: string;
  /** The text that the record must have */
  value: string;
}

export interface Domain {
  /** The id of the domain */
  id: string;
  /** `host`: the domain serves the API and pages. `email`: email addresses of members are at this domain. */
  kind: DomainKind;
  /** The domain name in ASCII */
  domain: string;
  /** `ownership`: verified by DNS. `affiliation`: verified by a mailed code. null: not verified. */
  grade: DomainGrade | null;
  /** The time at which ownership was proved; null if it was not */
  verifiedAt: string | null;
  /** `unverified`: not proved. `verified`: proved. `pending`: your TXT record is found, but another organization has verified the host and its record is found, too. `failing`: verified, but your TXT record is missing. */
  status: DomainStatus;
  /** Why the domain is pending, failing or no longer verified, and what to do; null if there is nothing to do */
  statusDetail: string | null;
  /** When the TXT record was last looked up, also if the lookup failed. null: not yet. */
  lastCheckedAt: string | null;
  /** The DNS record that verifies the ownership */
  dnsRecord: DnsRecord;
  /** The address to which the last code was sent; null if none was */
  mailedTo: string | null;
  /** How users with an address at the domain become members. `none`: by invitation. `request`: a member approves their request. `join`: at once. */
  joinPolicy: DomainJoinPolicy;
  /** The role of users who join through the domain; null for the default role of the catalog */
  joinRole: string | null;
  /** The time at which the domain was added */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface DomainEvent {
  /** The id of the domain */
  id: string;
  /** `host`: the domain serves the API and pages. `email`: email addresses of members are at this domain. */
  kind: DomainKind;
  /** The domain name in ASCII */
  domain: string;
  /** `ownership`: verified by DNS. `affiliation`: verified by a mailed code. null: not verified. */
  grade: DomainGrade | null;
  /** The time at which ownership was proved; null if it was not */
  verifiedAt: string | null;
}

export interface DomainList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** All domains of the organization */
  data: Domain[];
}

export interface Entitlements {
  /** The key of the present plan */
  plan: string;
  /** The features of the catalog, and whether they can be used */
  features: FeatureEntitlement[];
  /** The limit of each meter */
  limits: LimitEntitlement[];
  /** How many members the organization may have */
  seats: SeatsEntitlement;
  /** How often the organization may call the API */
  rateLimit: RateLimitEntitlement;
  /** How much of the server's time the organization may use at once */
  load: LoadEntitlement;
}

export interface EraseUser {
  /** Why you erase the user. Do not name them: the reason remains. */
  reason: string;
}

export interface Erasure {
  /** The id of the erasure */
  id: string;
  /** The id of the erased user */
  userId: string;
  /** The operator who erased the user; null if the users deleted their account themselves */
  requestedById: string | null;
  /** Why the operator erased the user; null without an operator */
  reason: string | null;
  /** The rows of each table that were deleted, or from which the person was removed. The counts of the audit log are added when the erasure is complete. */
  tables: Record<string, number>;
  /** A JSON Web Signature (RFC 7515) of the erasure, which `tenantry erasure:verify` verifies; null until it is complete */
  receipt: string | null;
  /** When the account was deleted */
  createdAt: string;
  /** When the person was removed from the audit log; null until then */
  completedAt: string | null;
}

export interface ErasurePage {
  /** The items of this page */
  data: Erasure[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface Event {
  /** The id of the event. An event that you receive twice has the same id. */
  id: string;
  /** The position in the log of the organization. It increases with each event; numbers can be missing. */
  sequence: number;
  /** The type of the event: `<object>.<what happened>` */
  type: string;
  /** The version of the schema of `data`. 0: the data could not be written; `data` has only the `id` of the changed row. */
  version: number;
  /** The time of the change */
  timestamp: string;
  /** The organization in which the change was made */
  organizationId: string;
  /** The resource, in the schema of the type and the version */
  data: Record<string, unknown>;
}

export interface EventAddOn {
  /** The key of the add-on */
  key: string;
  /** The quantity that was bought */
  quantity: number;
}

export interface EventConflict {
  /** The event in the body, as a JSON Pointer. For a binary CloudEvent: the header `/ce-id` */
  pointer: string;
  /** The id of the event */
  id: string;
  /** The error code of the event */
  code: 'event_id_reused';
  /** How it differs from the event that was recorded before */
  message: string;
}

export interface EventEndpointDelivery {
  /** The id of the delivery */
  id: string;
  /** The id of the event, which requests have as `webhook-id` */
  eventId: string;
  /** The type of the event */
  eventType: string;
  /** The position of the event in the log; null for a test event */
  sequence: number | null;
  /** `pending`: waits for its first or next attempt. `delivered`: the receiver answered 2xx. `failed`: the last attempt has failed */
  status: WebhookDeliveryStatus;
  /** The number of attempts since the creation, or the last replay */
  attempts: number;
  /** The time from which on the next attempt is made; null if none is */
  nextAttemptAt: string | null;
  /** The result of the last attempt; null before the first. `accepted`: 2xx. `refused`: another status. `timeout`: no answer within 15 seconds. `unreachable`: no connection, or it was closed. `address_refused`: the host has no public address. `unreadable`: the request could not be made. */
  lastResult: WebhookResult | null;
  /** The HTTP status of the last answer; null without one */
  lastStatus: number | null;
  /** The time of creation */
  createdAt: string;
  /** The time at which it was delivered or has failed; null while it is pending */
  endedAt: string | null;
  /** The organization of the event */
  organizationId: string;
}

export interface EventEndpointDeliveryDetails {
  /** The id of the delivery */
  id: string;
  /** The id of the event, which requests have as `webhook-id` */
  eventId: string;
  /** The type of the event */
  eventType: string;
  /** The position of the event in the log; null for a test event */
  sequence: number | null;
  /** `pending`: waits for its first or next attempt. `delivered`: the receiver answered 2xx. `failed`: the last attempt has failed */
  status: WebhookDeliveryStatus;
  /** The number of attempts since the creation, or the last replay */
  attempts: number;
  /** The time from which on the next attempt is made; null if none is */
  nextAttemptAt: string | null;
  /** The result of the last attempt; null before the first. `accepted`: 2xx. `refused`: another status. `timeout`: no answer within 15 seconds. `unreachable`: no connection, or it was closed. `address_refused`: the host has no public address. `unreadable`: the request could not be made. */
  lastResult: WebhookResult | null;
  /** The HTTP status of the last answer; null without one */
  lastStatus: number | null;
  /** The time of creation */
  createdAt: string;
  /** The time at which it was delivered or has failed; null while it is pending */
  endedAt: string | null;
  /** The body of its requests, as it is sent and signed */
  body: string;
  /** The attempts, latest first: at most 50 */
  log: WebhookAttempt[];
  /** The organization of the event */
  organizationId: string;
}

export interface EventEndpointDeliveryPage {
  /** The items of this page */
  data: EventEndpointDelivery[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface EventList {
  /** The events, in their order */
  data: Event[];
  /** Send it as `after` to get the next page, also if this one has no events. Null when you have all events so far. */
  nextCursor: string | null;
  /** The position up to which you have the log. Send it as `after` in the next call, whether there is a next page or not. */
  position: number;
}

export interface EventSink {
  /** The server of EVENT_SINK_URL (`http`), or the folder or bucket of EVENT_SINK_STORAGE_URL (`storage`) */
  name: EventSinkName;
  /** Whether the replica that answers has the setting of the sink. If none has it, the sink gets nothing, and its place is removed after 30 days. */
  configured: boolean;
  /** When the stream to the sink began; null before a replica has begun to serve it */
  startedAt: string | null;
  /** When the sink last received a batch; null if it has not received any */
  lastDeliveredAt: string | null;
  /** When the oldest events that the sink has not received were written; null if it has received everything */
  waitingSince: string | null;
  /** The number of attempts that have failed since the last successful one */
  failures: number;
  /** When an attempt last failed; null if none has */
  lastFailedAt: string | null;
  /** Why the last failed attempt failed; null if none has */
  lastFailure: string | null;
  /** When the next attempt is made after a failed one; null after a successful one */
  nextAttemptAt: string | null;
}

export interface EventSinkList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The sinks that are configured or have a place in the stream */
  data: EventSink[];
}

export interface EventsReceipt {
  /** The number of events that this call recorded */
  accepted: number;
  /** The number of events that had been recorded before */
  repeated: number;
  /** Events that were not recorded because their id belongs to an event with another meter, quantity or `corrects` (for a `unique` meter, another subject) */
  conflicts: EventConflict[];
  /** Events of a batch of CloudEvents that were not recorded because they are invalid */
  refused: RefusedEvent[];
}

export interface Excess {
  /** The key of the meter */
  meter: string;
  /** The units in use */
  used: number;
  /** The limit after the change */
  limit: number;
}

export interface ExportLink {
  /** Downloads the file without another credential: keep it secret. It works until `expiresAt`, while its maker may export the organization. */
  url: string;
  /** When the link stops working */
  expiresAt: string;
}

export interface Feature {
  /** The key of the feature */
  key: string;
  /** The name of the feature, for people */
  name: string;
  /** A text about the feature; null without one */
  description: string | null;
  /** Whether the organization is entitled to the feature */
  available: boolean;
  /** Whether the feature is available and not disabled */
  enabled: boolean;
  /** Whether it decides about security: only users with the permission security:write can enable and disable it */
  security: boolean;
}

export interface FeatureEntitlement {
  /** The key of the feature */
  key: string;
  /** Whether the organization is entitled to the feature */
  available: boolean;
  /** Whether it is available and was not disabled */
  enabled: boolean;
  /** The origin of the value. `plan`: the plan. `subscription`: the seats that were bought. `add_on`: an add-on. `override`: an operator, for this organization. `organization`: a member has disabled it. `not_sold_separately`: no plan sells it, so everybody has it. */
  source: EntitlementSource;
}

export interface FeatureList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The key of the present plan */
  plan: string;
  /** The features of the catalog */
  data: Feature[];
  /** Keys of the available features */
  available: string[];
  /** Keys of the enabled features */
  enabled: string[];
}

export interface FieldError {
  /** JSON Pointer (RFC 6901) to the field, or the name of a query or path parameter */
  pointer: string;
  /** The rule that the value breaks, for programs */
  code: string;
  /** The rule that the value breaks, in words */
  message: string;
}

export interface Finding {
  /** The key of the check */
  check: string;
  /** The table, policy, function, role or setting */
  object: string;
  /** The problem */
  message: string;
  /** How to fix it */
  fix: string;
}

export interface FirstInvoice {
  /** The id of the invoice */
  id: string;
  /** The number on the document */
  number: string;
  /** ISO 4217 code */
  currency: string;
  /** With tax, in minor units */
  total: number;
  /** The time by which it must be paid */
  dueAt: string;
}

export interface ForgotPassword {
  /** The address of the account. The answer does not depend on whether there is one. */
  email: string;
}

export interface GiveConsent {
  /** The token of the link */
  token: string;
  /** Your name */
  guardianName: string;
  /** Your relation to the member */
  relation: string;
  /** The version of the text that the preview showed */
  textVersion: string;
}

export interface Grant {
  /** The id of the grant */
  id: string;
  /** The key of the meter */
  meter: string;
  /** The units that were granted */
  amount: number;
  /** The units that were used up. Only counters use up grants. */
  burnt: number;
  /** `bought`: the organization paid for it. `given`: it did not. For reports only. */
  source: GrantSource;
  /** The reason of the operator; null without one */
  reason: string | null;
  /** The time at which the unused units expire. `null`: never. */
  expiresAt: string | null;
  /** The time of the grant */
  createdAt: string;
  /** The remaining units were removed at this time. `null`: not revoked. */
  revokedAt: string | null;
}

export interface GrantPage {
  /** The items of this page */
  data: Grant[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface GuardianToken {
  /** The token of the link */
  token: string;
}

export interface Health {
  /** The server is able to answer */
  status: 'ok';
}

export interface Identity {
  /** The id of the identity, with which it can be unlinked */
  id: string;
  /** The name of the provider */
  provider: string;
  /** The address of the account at the provider when it was linked; null if unknown */
  email: string | null;
  /** The time at which it was linked */
  createdAt: string;
  /** The time of the last sign-in with it; null if there was none */
  lastUsedAt: string | null;
}

export interface IdentityList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** Your accounts at identity providers, the first linked one first */
  data: Identity[];
}

export interface Impersonate {
  /** The member to impersonate. Default: the owner who joined first. */
  userId?: string;
  /** The reason, which is stored in the audit log of the organization */
  reason: string;
  /** Whether the operator can only read (default), or also change what is not about access */
  scope?: ImpersonationScope;
}

export interface Impersonation {
  /** Acts as the user for 15 minutes. It cannot be refreshed. */
  accessToken: string;
  /** The seconds for which the token is valid. It cannot be refreshed. */
  expiresIn: number;
  /** The member as whom you act */
  userId: string;
  /** `read`: the token can only read. `write`: it can also change what impersonation allows. */
  scope: ImpersonationScope;
}

export interface ImpersonationRef {
  /** The operator who acts as the user */
  operatorId: string;
  /** The reason that the operator gave */
  reason: string;
  /** Whether the operator can only read, or also change what is not about access */
  scope: ImpersonationScope;
}

export interface InstallationHealth {
  /** The version of the server that answers */
  version: string;
  /** Its version of Node.js */
  node: string;
  /** The findings that break the isolation of tenants in the database; empty if there are none. `tenantry doctor` finds the same. */
  findings: Finding[];
  /** The findings that break no isolation */
  warnings: Finding[];
  /** The queues of background work, without mail and webhooks */
  queues: Queue[];
}

export interface Invitation {
  /** The id of the invitation */
  id: string;
  /** The address that is invited */
  email: string;
  /** The key of the base role that the person gets */
  role: string;
  /** `pending`: it can be accepted. `void`: the member in `invitedById` can no longer grant the role, so nobody can accept the invitation; resend or revoke it. `expired`: `expiresAt` is over; it can be resent. `revoked`: also by a later invitation of the address, or because the person became a member in another way. */
  status: InvitationStatus;
  /** `mail`: the link is mailed. `link`: you pass the link on. */
  delivery: InvitationDelivery;
  /** The text in the mail; null without one */
  message: string | null;
  /** The member who created the invitation, or sent it last */
  invitedById: string;
  /** The time from which on the link is refused */
  expiresAt: string;
  /** The time at which the current link was created */
  linkedAt: string;
  /** The time at which the mail server accepted the mail with the current link; null before, and with `delivery: link` */
  sentAt: string | null;
  /** The mail with the current link; null with `delivery: link`, and 30 days after it was written */
  mail: InvitationMail | null;
  /** The time of the invitation */
  createdAt: string;
  /** The time at which the invitation was accepted, declined or revoked; null before */
  closedAt: string | null;
  /** The time of the last change */
  updatedAt: string;
  /** Present only in the response to create and resend, with `delivery: link` */
  link?: string;
}

export interface InvitationEvent {
  /** The id of the invitation */
  id: string;
  /** The address that is invited */
  email: string;
  /** The key of the base role */
  role: string;
  /** The state of the invitation */
  status: InvitationEventStatus;
  /** The member who created the invitation, or sent it last */
  invitedById: string;
  /** The time from which on the link is refused */
  expiresAt: string;
  /** The time of creation */
  createdAt: string;
}

export interface InvitationMail {
  /** `sent`: the mail server has accepted the mail. `queued`: it is not sent yet. `failed`: no further attempt is made; correct the address, or resend the invitation. `dropped`: it is not sent, because the recipient has received too many invitations, or the invitation was closed before. */
  status: MailStatus;
  /** Why the last attempt failed, or why the mail is not sent; null if no attempt failed */
  failure: MailFailure | null;
  /** The time of the next attempt; null when none follows, one is under way, or the first one follows at once */
  nextAttemptAt: string | null;
}

export interface InvitationPage {
  /** The items of this page */
  data: Invitation[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface InvitationPreview {
  /** The organization that invites */
  organization: InvitedTo;
  /** The address that is invited */
  email: string;
  /** The key of the base role that the person gets */
  role: string;
  /** The name of this role, to show to the person */
  roleName: string;
  /** The name of the inviter; null if the account was deleted */
  invitedBy: string | null;
  /** The text of the inviter; null without one */
  message: string | null;
  /** The time from which on the invitation is refused */
  expiresAt: string;
}

export interface InvitationRequest {
  /** The address that is invited */
  email: string;
  /** The key of a base role, at most your own */
  role: string;
  /** A message that the mail shows. Requires that your own address is verified, except with `delivery: link`. */
  message?: string;
  /** The number of days until the invitation expires. Default: 7. */
  expiresInDays?: number;
  /** `mail` (default) sends the link to the address. `link` sends no mail; only the response contains the link. */
  delivery?: InvitationDelivery;
}

export interface InvitationToken {
  /** The token in the link */
  token: string;
}

export interface InvitedTo {
  /** The id of the organization */
  id: string;
  /** The name of the organization */
  name: string;
  /** The unique short name of the organization, for addresses */
  slug: string;
}

export interface Invoice {
  /** The id of the invoice */
  id: string;
  /** The number on the document */
  number: string;
  /** `open`: it must be paid. `paid`: it is. `void`: nothing is owed. `uncollectible`: the money is not expected any longer. */
  status: InvoiceStatus;
  /** ISO 4217 code */
  currency: string;
  /** The total without tax, in minor units */
  subtotal: number;
  /** The tax on the subtotal; null if nothing is taxed */
  tax: InvoiceTax | null;
  /** With tax, in minor units */
  total: number;
  /** The part of the total that the balance of the organization has paid */
  balanceApplied: number;
  /** The sum of its credit notes */
  credited: number;
  /** The amount to pay. 0 unless the invoice is open. */
  amountDue: number;
  /** The charged amounts */
  lines: InvoiceLine[];
  /** The seller at the time of issue; null if the catalog names none */
  seller: Record<string, unknown> | null;
  /** The recipient at the time of issue */
  billedTo: Record<string, unknown>;
  /** The page of the payment provider on which the invoice is shown and paid; null without one */
  url: string | null;
  /** The date of the document */
  issuedAt: string;
  /** The time by which it must be paid */
  dueAt: string;
  /** The time of payment; null if it is not paid */
  paidAt: string | null;
}

export interface InvoiceLine {
  /** The id of the line */
  id: string;
  /** The kind of charge */
  kind: InvoiceLineKind;
  /** The key of the plan, add-on or meter; null for another charge */
  key: string | null;
  /** The text of the line on the document */
  description: string;
  /** The number of seats or add-ons, 1 for a plan without seats, or for usage the units of the period or of a tier */
  quantity: number;
  /** The price of one unit for a whole period, in minor units. null if the amount does not follow from one price. */
  unitAmount: number | null;
  /** In minor units, without tax */
  amount: number;
  /** The start of the charged period; null if the line has no period */
  periodStart: string | null;
  /** The end of the charged period; null if the line has no period */
  periodEnd: string | null;
}

export interface InvoicePage {
  /** The items of this page */
  data: Invoice[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface InvoiceTax {
  /** ISO 3166-1 alpha-2 code */
  country: string;
  /** The tax as the invoice names it; null if there is none */
  name: string | null;
  /** A decimal number */
  percent: string;
  /** Whether the recipient owes the tax instead of the seller */
  reverseCharge: boolean;
  /** In minor units */
  amount: number;
}

export interface Job {
  /** The name with which the job is run by hand */
  name: string;
  /** The cron expression in UTC, with seconds as the first field */
  cron: string;
  /** The period in which the job runs once */
  period: JobPeriod;
  /** Whether the job runs for each missed period; if false, only for the latest */
  everyPeriod: boolean;
  /** The time at which the job is next due */
  nextRunAt: string;
  /** Whether the job has been due for more than ten minutes */
  overdue: boolean;
  /** The run for the latest period that was attempted; null if there is none */
  lastRun: JobRun | null;
  /** The time of the last successful run; null if there is none */
  lastDoneAt: string | null;
}

export interface JobList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** All jobs of the installation */
  data: Job[];
}

export interface JobRun {
  /** The period that the job was run for */
  period: string;
  /** Whether the run succeeded */
  status: JobRunStatus;
  /** The time at which the run began */
  startedAt: string;
  /** The time at which the run ended */
  finishedAt: string;
  /** The duration of the run, in milliseconds */
  durationMs: number;
  /** The result that the job reported; null for a failed run */
  result: Record<string, unknown> | null;
  /** The error of a failed run; null for a successful one */
  error: string | null;
  /** The number of attempts */
  attempts: number;
  /** The time of the next attempt after a failed run; null if none follows */
  retryAt: string | null;
  /** The process that ran the job, as host:pid */
  replica: string;
}

export interface JoinableOrganization {
  /** The id of the organization */
  id: string;
  /** The name of the organization */
  name: string;
  /** The unique short name of the organization, for addresses */
  slug: string;
  /** `join`: you can become a member at once. `request`: an administrator decides. */
  joinPolicy: JoinableOrganizationJoinPolicy;
  /** The time of your pending join request; null when you have none */
  requestedAt: string | null;
}

export interface JoinableOrganizationList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The organizations that you can join by the domain of your address */
  data: JoinableOrganization[];
}

export interface Joined {
  /** `joined`: you are now a member. `pending`: a member must approve the request. */
  status: JoinedStatus;
  /** Your role; null while the request is pending */
  role: string | null;
}

export interface JoinedByInvitation {
  /** The organization that the user joined */
  organization: InvitedTo;
  /** The key of the base role that the person gets */
  role: string;
  /** The id of the new member */
  userId: string;
  /** The answer has no tokens: an account that existed before keeps its sessions */
  signedIn: false;
}

export interface JoinRequest {
  /** The id of the request */
  id: string;
  /** The user who asks */
  userId: string;
  /** The address of this user */
  email: string;
  /** The name of this user */
  name: string;
  /** The text that the user wrote; null without one */
  message: string | null;
  /** Whether the request was decided, and how */
  status: JoinRequestStatus;
  /** The time of the request */
  createdAt: string;
  /** The time of the decision; null if there is none */
  decidedAt: string | null;
  /** The member who decided; null if nobody did */
  decidedById: string | null;
}

export interface JoinRequestPage {
  /** The items of this page */
  data: JoinRequest[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface Lease {
  /** The id of the lease, for heartbeats */
  id: string;
  /** The key of the meter */
  meter: string;
  /** The user or object that the lease is for; null if none was named */
  subject: string | null;
  /** The lease expires this many seconds after its last heartbeat */
  ttlSeconds: number;
  /** The time at which the lease expires without a heartbeat */
  expiresAt: string;
  /** The time at which the lease began */
  createdAt: string;
}

export interface LegalHold {
  /** The id of the hold */
  id: string;
  /** The kind of the subject */
  kind: LegalHoldKind;
  /** The id of the user or the organization */
  subjectId: string;
  /** Why the data is held */
  reason: string;
  /** The operator who placed the hold; null for a hold by SQL */
  createdById: string | null;
  /** When the hold was placed */
  createdAt: string;
}

export interface LegalHoldPage {
  /** The items of this page */
  data: LegalHold[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface Limit {
  /** The key of the meter */
  meter: string;
  /** The name of the meter, for people */
  name: string;
  /** `gauge`: counts things that exist. `counter`: counts units in a period. `concurrent`: counts things that run at the same time. */
  kind: MeterKind;
  /** The name of one unit */
  unit: string;
  /** The decimals that quantities of the meter can have */
  decimals: number;
  /** The limit, including grants. `null`: unlimited. */
  limit: number | null;
  /** The units used in the current period, or in use now. Held units are not included. */
  used: number;
  /** The units of open reservations, and the units that servers hold ready for requests */
  held: number;
  /** The units that are still available: the limit without the used and the held units. `null`: unlimited. */
  remaining: number | null;
  /** The part of the limit that comes from grants that are not used up */
  granted: number;
  /** The end of the current period. `null`: the meter does not reset. */
  resetsAt: string | null;
}

export interface LimitEntitlement {
  /** The key of the meter */
  meter: string;
  /** null for unlimited */
  limit: number | null;
  /** The origin of the value. `plan`: the plan. `subscription`: the seats that were bought. `add_on`: an add-on. `override`: an operator, for this organization. `organization`: a member has disabled it. `not_sold_separately`: no plan sells it, so everybody has it. */
  source: EntitlementSource;
}

export interface LimitList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The key of the present plan */
  plan: string;
  /** The limit of each meter, and its use */
  data: Limit[];
}

export interface LoadEntitlement {
  /** The requests that may run on one replica at the same time; null for unlimited */
  requests: number | null;
  /** The milliseconds in each second for which the work of the organization may hold database connections of one replica, on average; null for unlimited */
  databaseTime: number | null;
  /** The origin of the value. `plan`: the plan. `subscription`: the seats that were bought. `add_on`: an add-on. `override`: an operator, for this organization. `organization`: a member has disabled it. `not_sold_separately`: no plan sells it, so everybody has it. */
  source: EntitlementSource;
}

export interface LockedOut {
  /** Custom roles that would no longer have an effect */
  customRoles: LockedOutRole[];
  /** API keys that would be refused */
  apiKeys: LockedOutKey[];
  /** Members and invitations beyond the seats. They stay, but nobody else can join. */
  members: number;
}

export interface LockedOutKey {
  /** The id of the API key */
  id: string;
  /** The text by which people recognize the key */
  name: string;
}

export interface LockedOutRole {
  /** The key of the custom role */
  key: string;
  /** The name of the role, for people */
  name: string;
  /** Members who hold the role directly or through a team. They keep their other roles. */
  members: number;
}

export interface LogIn {
  /** The address of the account. Capital and small letters are the same. Required, except for a managed account. */
  email?: string;
  /** Instead of `email`: the name of a managed account in its organization. Capital and small letters are the same. */
  userName?: string;
  /** With `userName`: the slug of the organization that manages the account. Default: the organization that the host or X-Tenant-Slug selects. */
  organization?: string;
  /** The password of the account */
  password: string;
  /** Whether the session ends after 60 days without use instead of 7. Default: false. */
  rememberMe?: boolean;
  /** The organization to work in. Default: the default organization of the user, or the only one that is open. If there is neither, each request must name one. */
  organizationId?: string;
  /** The `deviceToken` of POST /auth/mfa/verify. While the device is trusted, no second factor is asked for. */
  deviceToken?: string;
}

export interface LogOutOfSso {
  /** The page to which the identity provider sends the user afterwards, at which it must be registered (`post_logout_redirect_uri`). It must be at `APP_URL`, in `CORS_ORIGINS`, or at a verified domain. */
  returnTo?: string;
  /** The parameter `state` that the page gets */
  state?: string;
}

export interface LogoutToken {
  /** The logout token */
  logout_token: string;
}

export interface Mail {
  /** The id of the mail, and the first part of its Message-ID */
  id: string;
  /** The organization that the mail belongs to; null for mail about a user only */
  organizationId: string | null;
  /** The kind of mail, such as `invitation` or `verify-email` */
  template: string;
  /** The address of the recipient */
  recipient: string;
  /** `sent`: the mail server has accepted the mail. `queued`: it is not sent yet. `failed`: no further attempt is made until it is resent. `dropped`: it is not sent; `failure` says why. */
  status: MailStatus;
  /** Why the last attempt failed, or why the mail is not sent; null for neither */
  failure: MailFailure | null;
  /** The last answer of the mail server, or the last error; the name of the file if mails are written to files; null before the first attempt */
  lastAnswer: string | null;
  /** The number of attempts that have begun */
  attempts: number;
  /** The time of the next attempt; null when none follows, one is under way, or the first one follows at once */
  nextAttemptAt: string | null;
  /** The time at which the link or code in the mail expires; null if it has none */
  linkExpiresAt: string | null;
  /** The kind of what the mail delivers; null if it delivers neither an invitation nor a document */
  subject: MailSubject | null;
  /** The id of the invitation or document that the mail delivers; null for other mails */
  subjectId: string | null;
  /** The time at which the mail was queued */
  createdAt: string;
  /** The time at which the mail server accepted the mail; null before */
  sentAt: string | null;
}

export interface MailPage {
  /** The items of this page */
  data: Mail[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface MailSignIn {
  /** A secret that the page keeps. The code in the mail works with it only. */
  requestToken: string;
  /** Seconds until the link and the code expire */
  expiresIn: number;
}

export interface Maintenance {
  /** true refuses the requests of members; false lets them work again */
  enabled: boolean;
}

export interface ManagedAccount {
  /** The user id of the new member */
  userId: string;
  /** The name with which the member signs in */
  userName: string;
  /** The name that other members see */
  name: string;
  /** The key of the base role of the member */
  role: string;
}

export interface ManualJobRun {
  /** The name of the job */
  job: string;
  /** The period for which it was to run */
  period: string;
  /** `done`, `failed` and `dry_run` (all is undone): it was run. `already_done`: not run, because it is done for the period. `busy`: not run, because another process is running it. `waiting`: not run, because it waits for its next attempt. */
  outcome: JobOutcome;
  /** The duration of the run, in milliseconds; null if it was not run */
  durationMs: number | null;
  /** The result that the job reported; null for a failed run, and if it was not run */
  result: Record<string, unknown> | null;
  /** The error of a failed run; null otherwise */
  error: string | null;
  /** The changes of a dry run, by table; null if the run was none */
  changes: TableChange[] | null;
  /** The rows that a dry run would delete beyond the bounds of the job, so that the job would fail; null if there are none */
  beyond: string | null;
}

export interface MapDirectoryGroup {
  /** The base role that the group gives; null for none. Of several groups the highest role applies. */
  role?: string | null;
  /** The keys of the custom roles that the group gives */
  customRoles?: string[];
  /** The ids of the teams that the group gives */
  teamIds?: string[];
}

export interface Me {
  /** The signed-in user */
  user: User;
  /** The organizations of the user, with the role in each */
  memberships: MembershipRef[];
  /** The organization of the request; null if it names none */
  activeOrganization: OrganizationRef | null;
  /** The base role in the active organization; null without one */
  role: string | null;
  /** Whether the membership in the active organization gives access: see `status` of a member. Otherwise there are no permissions. Null without one */
  status: MemberStatus | null;
  /** The custom roles in the active organization, direct ones and those of teams */
  customRoles: string[];
  /** The permissions in the active organization, by the base role, custom roles and teams; empty without one */
  permissions: string[];
  /** Whether the user has a second factor */
  twoFactorEnabled: boolean;
  /** The impersonating operator; null in a session of the user */
  impersonatedBy: ImpersonationRef | null;
  /** Whether the user is a platform operator */
  platformAdmin: boolean;
}

export interface Member {
  /** The user id of the member */
  userId: string;
  /** The address with which the member signs in; null for a managed account */
  email: string | null;
  /** The name with which a managed account signs in; null for other accounts */
  userName: string | null;
  /** The name that other members see */
  name: string;
  /** The key of the base role of the member */
  role: string;
  /** `active`; `awaiting_consent` while a guardian must consent; `guardian_access_closed` for a guardian while the organization gives guardians no access */
  status: MemberStatus;
  /** The keys of the custom roles that the member has directly, not through a team */
  customRoles: string[];
  /** The teams that the member is in */
  teams: MemberTeam[];
  /** The time at which the user became a member */
  createdAt: string;
  /** The time at which the membership was last changed */
  updatedAt: string;
}

export interface MemberAccessQuestion {
  /** The permission to check, `resource:action` */
  permission?: string;
  /** A feature of the catalog */
  feature?: string;
  /** A meter. Checks whether its limit allows `quantity` more units. */
  meter?: string;
  /** Default: 1 */
  quantity?: number;
  /** The user: the claim `sub` of the access token */
  userId: string;
  /** The session of the user: the claim `sid` of the access token. The answer then considers that it has ended, and what the organization requires of sessions. */
  sessionId?: string;
  /** The IP address of the user. The answer then considers the allow-list of the organization. */
  address?: string;
}

export interface MemberAtOtherDomain {
  /** The user id of the member */
  userId: string;
  /** The address of the member, which is at another domain */
  email: string;
  /** The key of the member's base role */
  role: string;
}

export interface MemberEvent {
  /** The user id of the member */
  userId: string;
  /** The address with which the member signs in; null if the account was deleted */
  email: string | null;
  /** The name that other members see; null if the account was deleted */
  name: string | null;
  /** The key of the base role */
  role: string;
  /** The time at which the user became a member */
  createdAt: string;
}

export interface MemberPage {
  /** The items of this page */
  data: Member[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface MemberRoleEvent {
  /** The user id of the member */
  userId: string;
  /** The address with which the member signs in; null if the account was deleted */
  email: string | null;
  /** The name that other members see; null if the account was deleted */
  name: string | null;
  /** The key of the base role */
  role: string;
  /** The time at which the user became a member */
  createdAt: string;
  /** The key of the base role before the change */
  previousRole: string;
}

export interface MembershipRef {
  /** The organization that the user is a member of */
  organization: OrganizationRef;
  /** The key of the user's base role there */
  role: string;
}

export interface MemberTeam {
  /** The id of the team */
  id: string;
  /** The name of the team */
  name: string;
}

export interface MeterCost {
  /** The key of the meter */
  meter: string;
  /** The name of the meter, for people */
  name: string;
  /** The name of one unit */
  unit: string;
  /** Units that were used since the period began */
  quantity: number;
  /** The cost of these units, in minor units, without tax */
  amount: number;
}

export interface Metered {
  /** The key of the meter */
  meter: string;
  /** The name of the meter, for people */
  name: string;
  /** The name of one unit */
  unit: string;
  /** The prices of its units by interval and currency */
  prices: UsagePrice[];
}

export interface MeterState {
  /** The key of the meter */
  meter: string;
  /** The units used in the current period, or in use now. Held units are not included. */
  used: number;
  /** The limit, including grants. `null`: unlimited. */
  limit: number | null;
  /** The units that are still available: the limit without the used and the held units. `null`: unlimited. */
  remaining: number | null;
  /** The end of the current period. `null`: the meter does not reset. */
  resetsAt: string | null;
}

export interface MeterUsage {
  /** The key of the meter */
  meter: string;
  /** The name of the meter, for people */
  name: string;
  /** `gauge`: counts things that exist. `counter`: counts units in a period. `concurrent`: counts things that run at the same time. */
  kind: MeterKind;
  /** The name of one unit */
  unit: string;
  /** The usage in the range. Counter: the sum of the quantities; with the aggregation `max` the greatest quantity; with `unique` the sum of the periods that overlap the range. Concurrent meter: the peak. Gauge: the units in use now. */
  used: number;
  /** The current period, independent of the range */
  period: UsagePeriod;
  /** Present with `includeDetails` */
  history?: PastPeriod[];
}

export interface MyOrganization {
  /** The id of the organization, which is also its tenant id */
  id: string;
  /** The name that members see */
  name: string;
  /** The unique short name, for addresses */
  slug: string;
  /** The name for other people, such as customers; null if it is `name` */
  displayName: string | null;
  /** A text about the organization; null without one */
  description: string | null;
  /** The contact address; null without one */
  email: string | null;
  /** The contact number; null without one */
  phone: string | null;
  /** The public website; null without one */
  website: string | null;
  /** The postal address; null without one */
  address: Address | null;
  /** IANA time zone */
  timezone: string;
  /** BCP 47 language tag */
  locale: string;
  /** A kind in the organization's own words; null without one */
  organizationType: string | null;
  /** An industry in the organization's own words; null without one */
  industry: string | null;
  /** A size in the organization's own words; null without one */
  sizeCategory: string | null;
  /** The key of the current plan */
  plan: string;
  /** `suspended` and `cancelled`: only owners have access, and only to read. In the other states, members can work. */
  status: OrganizationStatus;
  /** Whether the operator has verified the organization */
  isVerified: boolean;
  /** Whether the operator marked it as a demonstration */
  isDemo: boolean;
  /** Whether the operator has stopped its use for maintenance: members have no access */
  maintenanceMode: boolean;
  /** Increases with every change. The ETag contains it. */
  version: number;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
  /** The time of deletion; null if it is not deleted */
  deletedAt: string | null;
  /** The time until which a deleted organization can be restored; null if it is not deleted */
  eraseAfter: string | null;
  /** Your base role in the organization */
  role: string;
}

export interface MyOrganizationList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The organizations of the signed-in user */
  data: MyOrganization[];
}

export interface NewSsoSetupLink {
  /** The id of the link */
  id: string;
  /** Whom the link is for. The audit log names its requests by it. */
  name: string;
  /** The last characters of its token */
  hint: string;
  /** The time at which it expires */
  expiresAt: string;
  /** The member who made it, or in whose name the operator made it. It works while this member has the permission `security:write`. */
  createdById: string;
  /** The reason of the operator who made it; null for a link of a member */
  operatorReason: string | null;
  /** The time of its last use; null if there was none */
  lastUsedAt: string | null;
  /** The number of its requests */
  useCount: number;
  /** The time at which it was made */
  createdAt: string;
  /** The token of the link, for `Authorization: Bearer`. Only this response contains it. */
  token: string;
  /** The page of the front end, with the token */
  url: string;
}

export interface Operator {
  /** The user id of the operator */
  userId: string;
  /** The address with which the operator signs in */
  email: string;
  /** The name of the operator */
  name: string;
  /** When the user was disabled; null if they are not. A disabled operator cannot act. */
  disabledAt: string | null;
  /** When the user became an operator */
  createdAt: string;
}

export interface OperatorList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** All operators of the platform */
  data: Operator[];
}

export interface Organization {
  /** The id of the organization, which is also its tenant id */
  id: string;
  /** The name that members see */
  name: string;
  /** The unique short name, for addresses */
  slug: string;
  /** The name for other people, such as customers; null if it is `name` */
  displayName: string | null;
  /** A text about the organization; null without one */
  description: string | null;
  /** The contact address; null without one */
  email: string | null;
  /** The contact number; null without one */
  phone: string | null;
  /** The public website; null without one */
  website: string | null;
  /** The postal address; null without one */
  address: Address | null;
  /** IANA time zone */
  timezone: string;
  /** BCP 47 language tag */
  locale: string;
  /** A kind in the organization's own words; null without one */
  organizationType: string | null;
  /** An industry in the organization's own words; null without one */
  industry: string | null;
  /** A size in the organization's own words; null without one */
  sizeCategory: string | null;
  /** The key of the current plan */
  plan: string;
  /** `suspended` and `cancelled`: only owners have access, and only to read. In the other states, members can work. */
  status: OrganizationStatus;
  /** Whether the operator has verified the organization */
  isVerified: boolean;
  /** Whether the operator marked it as a demonstration */
  isDemo: boolean;
  /** Whether the operator has stopped its use for maintenance: members have no access */
  maintenanceMode: boolean;
  /** Increases with every change. The ETag contains it. */
  version: number;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
  /** The time of deletion; null if it is not deleted */
  deletedAt: string | null;
  /** The time until which a deleted organization can be restored; null if it is not deleted */
  eraseAfter: string | null;
}

export interface OrganizationEvent {
  /** The id of the organization */
  id: string;
  /** The name that members see */
  name: string;
  /** The unique short name, for addresses */
  slug: string;
  /** The name for other people, such as customers; null if it is `name` */
  displayName: string | null;
  /** The key of the current plan */
  plan: string;
  /** The state of the organization */
  status: OrganizationStatus;
  /** Whether the operator has stopped its use for maintenance */
  maintenanceMode: boolean;
  /** The time zone */
  timezone: string;
  /** The language */
  locale: string;
  /** Increases with every change */
  version: number;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
  /** The time of deletion; null if it is not deleted */
  deletedAt: string | null;
  /** The time until which a deleted organization can be restored; null if it is not deleted */
  eraseAfter: string | null;
}

export interface OrganizationExport {
  /** The id of the export */
  id: string;
  /** `queued` and `running`: ask again. `ready`: the file can be downloaded until `expiresAt`. `failed`, `canceled` and `expired`: there is no file. */
  status: OrganizationExportStatus;
  /** The rows that were written so far */
  rowsDone: number;
  /** The rows of the organization when the export began; null before that */
  rowsTotal: number | null;
  /** The bytes of the file; null until the export is ready */
  bytes: number | null;
  /** The user who created the export; null if it was not created over HTTP */
  requestedById: string | null;
  /** Whether an operator has created it. Only then does the file have the credentials of the members, and can be restored. */
  byOperator: boolean;
  /** The time of creation */
  createdAt: string;
  /** When the export was ready, or ended without a file; null before that */
  finishedAt: string | null;
  /** When the file is deleted; null if there is none */
  expiresAt: string | null;
}

export interface OrganizationExportPage {
  /** The items of this page */
  data: OrganizationExport[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface OrganizationImport {
  /** The id of the restoration */
  id: string;
  /** `queued` and `running`: ask again. `restored`: see `organizationId`. `failed`: nothing was written; see `failure`. */
  status: OrganizationImportStatus;
  /** The name of the backup, or `latest`; null when the file of an export is restored */
  backup: string | null;
  /** The id of the export; null when a backup is restored */
  exportId: string | null;
  /** The id or the slug of the organization in the archive */
  organization: string;
  /** The slug that the organization gets; null for its own */
  slug: string | null;
  /** Whether the organization gets a new id */
  newId: boolean;
  /** The rows that were written so far */
  rowsDone: number;
  /** The rows of the archive; null until it was checked */
  rowsTotal: number | null;
  /** The id of the restored organization; null until it is restored */
  organizationId: string | null;
  /** Why nothing was restored; null unless it has failed */
  failure: string | null;
  /** The operator who asked for it; null if it was not asked for over HTTP */
  requestedById: string | null;
  /** The time of creation */
  createdAt: string;
  /** When it was restored, or has failed; null before that */
  finishedAt: string | null;
}

export interface OrganizationImportPage {
  /** The items of this page */
  data: OrganizationImport[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface OrganizationRef {
  /** The id of the organization */
  id: string;
  /** The name of the organization */
  name: string;
  /** The unique short name of the organization, for addresses */
  slug: string;
}

export interface Passkey {
  /** The id of the passkey */
  id: string;
  /** A name by which the user knows the passkey, such as that of the device */
  name: string;
  /** The domain at which the passkey works */
  rpId: string;
  /** Whether the authenticator synchronizes the passkey with other devices of the user */
  backedUp: boolean;
  /** The time of the registration */
  createdAt: string;
  /** The time of the last use; null before the first */
  lastUsedAt: string | null;
  /** The time at which a use was last refused because its counter had not grown, so that the key may have been copied; null if none was */
  counterRegressedAt: string | null;
}

export interface PasskeyList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** All passkeys of the user, oldest first */
  data: Passkey[];
}

export interface PasskeyLogIn {
  /** The answer of the passkey, as the `toJSON()` of the browser returns it */
  credential: Record<string, unknown>;
  /** Whether the session ends after 60 days without use instead of 7. Default: false. */
  rememberMe?: boolean;
  /** The organization to work in. Default: the default organization of the user, or the only one that is open. If there is neither, each request must name one. */
  organizationId?: string;
}

export interface PasskeyOptions {
  /** For the browser: `navigator.credentials.create()` or `.get()` with `publicKey`, after `parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()` */
  options: Record<string, unknown>;
}

export interface PastPeriod {
  /** The start of the period */
  periodStart: string;
  /** The end of the period */
  periodEnd: string;
  /** The units that were used in it */
  used: number;
  /** The allowance of the plan when the period was closed. `null`: unlimited, or the period is not closed. */
  allowance: number | null;
  /** `null`: the period is not closed */
  closedAt: string | null;
}

export interface PaymentPage {
  /** Send the browser there. The page expires after a short time. */
  url: string;
}

export interface PendingPurchase {
  /** The key of the plan */
  plan: string;
  /** The period of billing */
  interval: BillingInterval;
  /** The seats; null if the plan includes them */
  seats: number | null;
  /** The quantity of each add-on */
  addOns: Record<string, number>;
  /** ISO 4217 code */
  currency: string;
  /** The approval of the operator, or the payment of the invoice */
  waitsFor: PendingPurchaseWaitsFor;
  /** The invoice to pay; null while the purchase waits for its approval */
  invoiceId: string | null;
  /** The time of the purchase */
  requestedAt: string;
}

export interface PeriodEvent {
  /** The start of the period */
  periodStart: string;
  /** The end of the period */
  periodEnd: string;
  /** The counters of the period */
  meters: ClosedMeter[];
}

export interface Permission {
  /** The permission, `resource:action` */
  key: string;
  /** The operations that the permission allows */
  description: string;
  /** Whether tenantry defines the permission for its own routes. If false, the catalog defines it. */
  builtIn: boolean;
  /** Whether API keys can have the permission */
  grantableToKeys: boolean;
}

export interface PermissionList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** All permissions of the catalog */
  data: Permission[];
}

export interface Plan {
  /** The key with which the plan is bought */
  key: string;
  /** The name of the plan, for people */
  name: string;
  /** A text for the page of prices; null without one */
  description: string | null;
  /** The prices by interval and currency. Empty: the plan is free or is not sold. */
  prices: Price[];
  /** The days of the trial with which a new organization on this plan begins; 0 without one */
  trialDays: number;
  /** The included seats, or the maximum if a price is `perSeat`; null if unlimited */
  seats: number | null;
  /** The keys of the features that the plan includes */
  features: string[];
  /** One limit for each meter of the catalog */
  limits: PlanLimit[];
}

export interface PlanLimit {
  /** The key of the meter */
  meter: string;
  /** The name of the meter, for people */
  name: string;
  /** In units of the meter; 0 if the plan does not include them, null if unlimited */
  limit: number | null;
}

export interface PlanList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** All plans, in the order of the catalog */
  data: Plan[];
  /** Add-ons that are sold with the plans */
  addOns: AddOn[];
  /** Meters that are charged by usage, in addition to the plan */
  usage: Metered[];
}

export interface PlatformInvoice {
  /** The id of the invoice */
  id: string;
  /** The number on the document */
  number: string;
  /** `open`: it must be paid. `paid`: it is. `void`: nothing is owed. `uncollectible`: the money is not expected any longer. */
  status: InvoiceStatus;
  /** ISO 4217 code */
  currency: string;
  /** The total without tax, in minor units */
  subtotal: number;
  /** The tax on the subtotal; null if nothing is taxed */
  tax: InvoiceTax | null;
  /** With tax, in minor units */
  total: number;
  /** The part of the total that the balance of the organization has paid */
  balanceApplied: number;
  /** The sum of its credit notes */
  credited: number;
  /** The amount to pay. 0 unless the invoice is open. */
  amountDue: number;
  /** The charged amounts */
  lines: InvoiceLine[];
  /** The seller at the time of issue; null if the catalog names none */
  seller: Record<string, unknown> | null;
  /** The recipient at the time of issue */
  billedTo: Record<string, unknown>;
  /** The page of the payment provider on which the invoice is shown and paid; null without one */
  url: string | null;
  /** The date of the document */
  issuedAt: string;
  /** The time by which it must be paid */
  dueAt: string;
  /** The time of payment; null if it is not paid */
  paidAt: string | null;
  /** The organization that the invoice is for */
  organizationId: string;
  /** The name of this organization */
  organizationName: string;
  /** The payment provider, or `manual` */
  provider: string;
  /** When the mail server accepted the mail with it; null before, and if nobody could receive it */
  mailedAt: string | null;
}

export interface PlatformInvoicePage {
  /** The items of this page */
  data: PlatformInvoice[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface PlatformUser {
  /** The id of the user */
  id: string;
  /** The address with which the user signs in; null for a managed account */
  email: string | null;
  /** The name with which a managed account signs in; null for other accounts */
  userName: string | null;
  /** The name that other members see */
  name: string;
  /** Whether the user has proved that the address is theirs */
  emailVerified: boolean;
  /** Whether the user has a second factor */
  twoFactorEnabled: boolean;
  /** Whether the user is an operator */
  platformAdmin: boolean;
  /** The organizations of the user, with the role in each */
  memberships: MembershipRef[];
  /** The time of the last sign-in; null for never */
  lastLoginAt: string | null;
  /** When the user was disabled; null for an enabled user */
  disabledAt: string | null;
  /** The time at which the account was created */
  createdAt: string;
}

export interface PlatformUserList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The users that were found */
  data: PlatformUser[];
}

export interface PlatformWebhook {
  /** The id of the webhook */
  id: string;
  /** The organization that the webhook belongs to */
  organizationId: string;
  /** The name of the organization */
  organizationName: string;
  /** The host to which events are sent. The rest of the address can contain secrets. */
  host: string;
  /** Whether events are sent */
  enabled: boolean;
  /** Why the server has disabled the webhook. Null when it is enabled, or a member has disabled it. */
  disabledReason: WebhookDisabledReason | null;
  /** The first failed attempt since the last successful one; null after a success */
  failingSince: string | null;
  /** When its next delivery is due; null if none waits */
  nextDeliveryAt: string | null;
  /** The time of creation */
  createdAt: string;
}

export interface PlatformWebhookPage {
  /** The items of this page */
  data: PlatformWebhook[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface PolicyRefusal {
  /** The error code with which requests would be refused */
  code: string;
  /** The reason, and what to do */
  detail: string;
}

export interface Portal {
  /** A URL with the origin of the front end (APP_URL), to which the browser returns. Default: APP_URL. */
  returnUrl?: string;
}

export interface Price {
  /** The period of billing that the price is for */
  interval: BillingInterval;
  /** ISO 4217 code */
  currency: string;
  /** The price of one period, in minor units, without tax */
  amount: number;
  /** Whether the price is that of one seat */
  perSeat: boolean;
}

export interface Problem {
  /** The page that explains the code */
  type: string;
  /** The meaning of the status, in words */
  title: string;
  /** The HTTP status of the response */
  status: number;
  /** The problem, and how to solve it */
  detail: string;
  /** The path of the request */
  instance: string;
  /** The kind of the problem, for programs */
  code: ProblemCode;
  /** The X-Request-Id of the response */
  requestId: string;
  /** The invalid fields */
  errors?: FieldError[];
}

export interface Profile {
  /** The id of the user */
  id: string;
  /** The name that other members see */
  name: string;
  /** The address with which the user signs in; null for a managed account */
  email: string | null;
  /** The name with which a managed account signs in; null for other accounts */
  userName: string | null;
  /** Whether the user has proved that the address is theirs */
  emailVerified: boolean;
  /** The address that the user has asked to change to and has not verified yet; null without such a change */
  pendingEmail: string | null;
  /** The organization that a login selects; null if none is set */
  defaultOrganizationId: string | null;
  /** The language of mails to the user, as a BCP 47 tag; null for that of the organization */
  locale: string | null;
  /** The time of sign-up */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface Project {
  /** The id of the project */
  id: string;
  /** The title of the project */
  name: string;
  /** A text about the project; null without one */
  description: string | null;
  /** The member who is responsible; null for nobody */
  assigneeId: string | null;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface ProjectPage {
  /** The items of this page */
  data: Project[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface ProlongLease {
  /** The lease expires this many seconds from now. Default: the value of the last heartbeat. */
  ttlSeconds?: number;
}

export interface ProviderVisit {
  /** The page of the provider, to which the front end sends the user. It works for ten minutes. */
  url: string;
}

export interface Provisioning {
  /** `partial_success`: some steps failed and can be run again. `failed`: no step was run. */
  status: ProvisioningStatus;
  /** The user id of the owner who joined first; null while there is none */
  adminUserId: string | null;
  /** The generated password. Present only in the response that created it. */
  adminPassword?: string;
  /** The steps that are done, including those of earlier runs */
  stepsCompleted: string[];
  /** The steps that failed. Empty: none. */
  errors: ProvisioningError[];
}

export interface ProvisioningError {
  /** The step that failed */
  step: ProvisioningStep;
  /** The reason, for programs */
  code: string;
  /** The reason, in words */
  message: string;
}

export interface ProvisionTenant {
  /** Whether to make the user with the address of the admin an owner. Without a user who has verified it, an account is created. Default: true. */
  createAdminUser?: boolean;
  /** The address of the admin. Default: the address of the organization. */
  adminEmail?: string;
  /** The name of a new admin. Default: the name of the organization with `Admin`. */
  adminUsername?: string;
  /** The password of a new admin. Default: a generated one, which is returned once. */
  adminPassword?: string;
  /** Whether to store an empty document of settings. The defaults of the catalog apply in any case. Default: true. */
  initializeDefaults?: boolean;
  /** Whether to mail the admin a welcome. Default: true. */
  sendWelcomeEmail?: boolean;
}

export interface PublicKey {
  /** The type of the key */
  kty: string;
  /** The id of the key */
  kid: string;
  /** The use of the key */
  use: string;
  /** The algorithm of the key */
  alg: string;
  /** The modulus */
  n: string;
  /** The exponent */
  e: string;
}

export interface PurchaseEvent {
  /** The key of the plan that is bought */
  plan: string;
  /** The period of billing */
  interval: BillingInterval;
  /** The seats that are bought; null if the plan includes its seats */
  seats: number | null;
  /** The add-ons that are bought */
  addOns: EventAddOn[];
  /** The currency, as an ISO 4217 code */
  currency: string;
  /** The invoice to pay; null if the operator decides */
  invoiceId: string | null;
}

export interface Queue {
  /** The name of the queue */
  name: string;
  /** The number of jobs that wait */
  waiting: number;
  /** The number of jobs that are being done */
  active: number;
  /** The number of jobs that have failed and are not tried again */
  failed: number;
  /** Seconds for which the oldest job could have begun */
  oldestDueAge: number;
}

export interface RateLimitEntitlement {
  /** The requests that all callers of the organization may make together */
  requests: number;
  /** The seconds in which they may make them */
  seconds: number;
  /** The origin of the value. `plan`: the plan. `subscription`: the seats that were bought. `add_on`: an add-on. `override`: an operator, for this organization. `organization`: a member has disabled it. `not_sold_separately`: no plan sells it, so everybody has it. */
  source: EntitlementSource;
}

export interface Reauthenticate {
  /** The password of the account. Required without a code or a passkey. */
  password?: string;
  /** A code from the authenticator app, or a recovery code, instead of the password */
  code?: string;
  /** The answer of a passkey to POST /auth/passkeys/challenge, as the `toJSON()` of the browser returns it, instead of the password */
  passkey?: Record<string, unknown>;
}

export interface RecordConsent {
  /** The name of the guardian */
  guardianName: string;
  /** The relation of the guardian to the member */
  relation: string;
  /** The version of the form that the guardian signed */
  textVersion: string;
}

export interface RecoveryCodes {
  /** Ten codes. Each works once instead of a code from the authenticator app. They are shown only once. */
  recoveryCodes: string[];
}

export interface RecoveryReason {
  /** Recorded in the audit log, and sent to the owners */
  reason: string;
}

export interface Refresh {
  /** The refresh token of the last sign-in or refresh. It can be used once, and again if the answer was lost. */
  refreshToken: string;
}

export interface RefusedEvent {
  /** The place in the body, as a JSON Pointer. For an attribute of a binary CloudEvent: `/` and the name of the header */
  pointer: string;
  /** The error code of the event */
  code: string;
  /** The fault, and how to correct it */
  message: string;
}

export interface RemoveSecondFactor {
  /** How you have verified who asks. It is in the audit logs of the platform and of the organizations of the user. */
  reason: string;
}

export interface RenamePasskey {
  /** A name by which the user knows the passkey, such as that of the device */
  name: string;
}

export interface ReplayEventEndpoint {
  /** The `sequence` after which the range begins; 0 for the first event that is kept */
  after: number;
  /** The `sequence` of the last event of the range. Default: the last event of the log */
  until?: number;
  /** Whether to send again what was delivered. Default: false */
  includeDelivered?: boolean;
  /** The organization whose log has the range */
  organizationId: string;
}

export interface ReplayWebhook {
  /** The `sequence` after which the range begins; 0 for the first event that is kept */
  after: number;
  /** The `sequence` of the last event of the range. Default: the last event of the log */
  until?: number;
  /** Whether to send again what was delivered. Default: false */
  includeDelivered?: boolean;
}

export interface ReportedRequest {
  /** Your id of the request. Requests with the same id and `occurredAt` count once. */
  id: string;
  /** When the request was answered. At most `usage.lateDays` of the catalog in the past (7 days by default), and five minutes in the future. Send the same time in a repetition. */
  occurredAt: string;
  /** The method of the request, in upper case */
  method: string;
  /** The template of the route, without ids: reports have a row for each */
  endpoint: string;
  /** The HTTP status of the response */
  status: number;
  /** The duration in milliseconds */
  durationMs: number;
  /** The tokens that the request used, for example of a language model. Default: 0. */
  tokens?: number;
  /** The member who made the request, or a former one. Default: the caller of this route. */
  userId?: string;
}

export interface ReportMailBounce {
  /** The enhanced status code of the report (RFC 3463), such as `5.1.1` */
  status: string;
  /** The answer of the server that refused the mail */
  diagnostic?: string;
}

export interface ReportRequests {
  /** 1 to 1000 requests */
  requests: ReportedRequest[];
}

export interface ReportUsage {
  /** 1 to 1000 events */
  events: UsageEvent[];
}

export interface RequestConflict {
  /** The request in the body, as a JSON Pointer */
  pointer: string;
  /** The id of the request */
  id: string;
  /** The error code of the request */
  code: 'request_id_reused';
  /** How it differs from the request that was logged before */
  message: string;
}

export interface RequestConsent {
  /** The address of a guardian, who gets the link */
  guardianEmail: string;
}

export interface RequestedConsent {
  /** The time at which the link expires */
  expiresAt: string;
}

export interface RequestsReceipt {
  /** The number of requests that this call logged */
  accepted: number;
  /** The number of requests that had been logged before */
  repeated: number;
  /** Requests that were not logged because the log has their id and time with another content */
  conflicts: RequestConflict[];
}

export interface RequestSums {
  /** The number of requests */
  total: number;
  /** The number of responses with a status of 400 or more */
  failures: number;
  /** `null`: there were no requests */
  averageDurationMs: number | null;
  /** The tokens that the application reported for the requests */
  tokens: number;
}

export interface Reservation {
  /** The id of the reservation, for its commit */
  id: string;
  /** The key of the meter */
  meter: string;
  /** The units that were set aside */
  quantity: number;
  /** `open`: the units are set aside. `committed`: the used ones are counted. `released` and `expired`: all were returned. */
  status: ReservationStatus;
  /** The units that were counted; null if it is not committed */
  committed: number | null;
  /** The user or object that the units are for; null if none was named */
  subject: string | null;
  /** The time at which an open reservation is returned */
  expiresAt: string;
  /** The time of the reservation */
  createdAt: string;
  /** The time at which it was committed, released or has expired; of an open one, that of the reservation */
  updatedAt: string;
}

export interface ReserveUsage {
  /** The key of a counter that adds up quantities, except for one that tenantry counts itself */
  meter: string;
  /** The units to set aside. A commit can have more if the limit leaves room. */
  quantity: number;
  /** The reservation expires after this many seconds. Default: 600. */
  ttlSeconds?: number;
  /** The user or object that the units are for. Free text. */
  subject?: string;
}

export interface ResetPassword {
  /** The token from the link in the email */
  token: string;
  /** The password from now on */
  newPassword: string;
}

export interface Role {
  /** The key with which the role is given to members and teams */
  key: string;
  /** The name of the role, for people */
  name: string;
  /** A text about the role; null without one */
  description: string | null;
  /** Whether this is a custom role of the organization. If false, it is a base role of the catalog. */
  custom: boolean;
  /** The rank of a base role; null for custom roles. Members can grant only base roles up to their own rank. */
  rank: number | null;
  /** The permissions of a user with the role */
  permissions: string[];
  /** The time of the last change of a custom role; null for a base role */
  updatedAt: string | null;
}

export interface RoleList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The built-in and the custom roles */
  data: Role[];
}

export interface RotateApiKey {
  /** The number of seconds for which the present secret still works, at most until the expiry of the key. Default: one day (86400). 0 ends it immediately. */
  overlapSeconds?: number;
  /** The new expiry time, in the future; null for never. Unchanged when omitted. */
  expiresAt?: string | null;
}

export interface RotateServiceKey {
  /** The number of seconds for which the present secret still works, at most until the expiry of the key. Default: one day (86400). 0 ends it immediately. */
  overlapSeconds?: number;
  /** The new expiry time, in the future; null for never. Unchanged when omitted. */
  expiresAt?: string | null;
}

export interface RotateWebhookSecret {
  /** The number of seconds for which requests are also signed with the present secret. Default: one day (86400). 0 ends it immediately. */
  overlapSeconds?: number;
}

export interface RunJob {
  /** Whether to run the job again if it is done for the period. Default: false */
  force?: boolean;
  /** Whether to undo all changes and record nothing. A job that also acts outside of the database is refused (`no_dry_run`). Default: false */
  dryRun?: boolean;
}

export interface SamlCertificate {
  /** An X.509 certificate with an RSA key of at least 2048 bits, in PEM or base64 */
  pem: string;
}

export interface SamlIdpCertificate {
  /** An X.509 certificate with an RSA key of at least 2048 bits, in PEM or base64 */
  pem: string;
  /** Its SHA-256 */
  fingerprint: string;
  /** The time at which it expires. It counts afterwards, too. */
  expiresAt: string;
}

export interface SamlResponse {
  /** The response, in base64 */
  SAMLResponse: string;
  /** The RelayState of the request */
  RelayState?: string;
}

export interface SamlSettings {
  /** The URL of the identity provider to which users are sent (SingleSignOnService, HTTP-Redirect) */
  signInUrl: string;
  /** The certificates with which the identity provider signs: two while it replaces one. They count until you remove them, whatever their dates are. */
  certificates: SamlIdpCertificate[];
  /** The URL of the metadata of the connection, for the identity provider. It is also its entity ID. */
  metadataUrl: string;
  /** The certificate of the connection, in PEM: the identity provider encrypts assertions with it, and checks signatures of requests */
  certificate: string;
  /** The certificate of the key that will replace that of the connection; null unless a rotation has begun. Register it at the identity provider, then send `keyRotation` `finish`. */
  nextCertificate: string | null;
  /** Whether requests are signed with the key of the connection */
  signRequests: boolean;
  /** Whether a sign-in can begin at the identity provider */
  idpInitiated: boolean;
}

export interface ScheduledChange {
  /** The key of the plan */
  plan: string;
  /** The period of billing */
  interval: BillingInterval;
  /** The seats; null if they do not change or the plan includes them */
  seats: number | null;
  /** The quantity of each add-on */
  addOns: Record<string, number>;
}

export interface SeatsEntitlement {
  /** null for unlimited */
  limit: number | null;
  /** The origin of the value. `plan`: the plan. `subscription`: the seats that were bought. `add_on`: an add-on. `override`: an operator, for this organization. `organization`: a member has disabled it. `not_sold_separately`: no plan sells it, so everybody has it. */
  source: EntitlementSource;
}

export interface SecondFactorRequired {
  /** There are no tokens yet. Continue with POST /auth/mfa/verify. */
  mfaRequired: true;
  /** For POST /auth/mfa/verify. It expires after five minutes. */
  mfaToken: string;
}

export interface Security {
  /** The IP addresses and CIDR ranges from which requests are accepted. Empty: all addresses. */
  ipAllowList: string[];
  /** The email domains that new members must have. Empty: all domains. */
  allowedEmailDomains: string[];
  /** Origins of web pages, outside of the installation, that may call the API for this organization */
  webOrigins: string[];
  /** Whether all members must sign in with a second factor */
  mfaRequired: boolean;
  /** The keys of the roles whose holders must sign in with a second factor */
  mfaRoles: string[];
  /** The ways in which members must sign in. Empty: all ways. */
  signInMethods: SignInMethod[];
  /** Whether members must sign in by single sign-on */
  ssoRequired: boolean;
  /** Whether the changes of the organization are recorded in its audit log. Acts of operators and changes of the security policy are recorded anyway. */
  auditLogsEnabled: boolean;
}

export interface SecurityPreview {
  /** Whether the change would be refused */
  refused: boolean;
  /** The error with which the change would be refused; null if it would not be */
  refusal: PolicyRefusal | null;
  /** The number of members whose email address is at none of the allowed domains. They stay members. */
  memberCount: number;
  /** The first 200 of these members */
  members: MemberAtOtherDomain[];
  /** The number of enabled API keys that would have to be used from a listed address; 0 without an allow-list */
  keyCount: number;
  /** The number of members, without owners, who cannot sign in as the policy requires until they link an account at an enabled connection of single sign-on; 0 while the policy accepts a way that everybody can set up. Does not depend on what somebody has set up in their account. */
  withoutSignInCount: number;
}

export interface ServiceKey {
  /** The id of the key */
  id: string;
  /** The name of the key */
  name: string;
  /** The prefix and the last four characters of the secret, to identify the key */
  hint: string;
  /** `active`: the key works. `expired`: `expiresAt` has passed. */
  status: ServiceKeyStatus;
  /** The scopes of the key */
  scopes: string[];
  /** The time at which the key expires; null for never */
  expiresAt: string | null;
  /** The addresses and ranges from which the key can be used; empty for all */
  allowedIps: string[];
  /** The limit of the key in requests per minute, in all organizations together; null for none */
  rateLimit: number | null;
  /** The time until which the previous secret works; null when it does not work */
  previousExpiresAt: string | null;
  /** The time of the last request with the key, accurate to a few seconds; null if it was not used */
  lastUsedAt: string | null;
  /** The IP address of the last request with the key; null if it was not used */
  lastUsedIp: string | null;
  /** The number of requests made with the key, up to a few seconds ago */
  useCount: number;
  /** The operator who created the key; null for the command line */
  createdById: string | null;
  /** When the key was created */
  createdAt: string;
  /** When the key was last changed or rotated */
  updatedAt: string;
}

export interface ServiceKeyPage {
  /** The items of this page */
  data: ServiceKey[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface ServiceKeySecret {
  /** The id of the key */
  id: string;
  /** The name of the key */
  name: string;
  /** The prefix and the last four characters of the secret, to identify the key */
  hint: string;
  /** `active`: the key works. `expired`: `expiresAt` has passed. */
  status: ServiceKeyStatus;
  /** The scopes of the key */
  scopes: string[];
  /** The time at which the key expires; null for never */
  expiresAt: string | null;
  /** The addresses and ranges from which the key can be used; empty for all */
  allowedIps: string[];
  /** The limit of the key in requests per minute, in all organizations together; null for none */
  rateLimit: number | null;
  /** The time until which the previous secret works; null when it does not work */
  previousExpiresAt: string | null;
  /** The time of the last request with the key, accurate to a few seconds; null if it was not used */
  lastUsedAt: string | null;
  /** The IP address of the last request with the key; null if it was not used */
  lastUsedIp: string | null;
  /** The number of requests made with the key, up to a few seconds ago */
  useCount: number;
  /** The operator who created the key; null for the command line */
  createdById: string | null;
  /** When the key was created */
  createdAt: string;
  /** When the key was last changed or rotated */
  updatedAt: string;
  /** The secret. It is shown only once. Send it as X-API-Key or as a bearer token. */
  key: string;
}

export interface Session {
  /** The id of the session, with which it can be ended */
  id: string;
  /** Whether this is the session of the request */
  current: boolean;
  /** The User-Agent of the last sign-in or refresh; null without one */
  userAgent: string | null;
  /** The IP address of the last sign-in or refresh; null if unknown */
  ipAddress: string | null;
  /** The time of the sign-in */
  createdAt: string;
  /** The time at which a token was last issued for the session */
  lastUsedAt: string;
  /** The time at which the session ends unless its tokens are refreshed before. An organization can end it earlier (`session_timeout_minutes`). */
  expiresAt: string;
  /** The operator who acts as you in this session; null in your own sessions */
  impersonatedBy: ImpersonationRef | null;
}

export interface SessionList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** All sessions of the user that can still be used */
  data: Session[];
}

export interface SetManagedPassword {
  /** The new password. The sessions of the member end. */
  newPassword: string;
}

export interface SettingsEvent {
  /** The document: `settings`, `features`, `custom`, `branding`, `security`, `compliance` or `integrations`. Read its content with its own route. */
  section: string;
  /** The number of changes of the document. The ETag contains it. */
  version: number;
}

export interface SettleBalance {
  /** ISO 4217 code */
  currency: string;
  /** In minor units, at most the balance in the currency, which is the default */
  amount?: number;
  /** `paid_out`: you have paid it back. `written_off`: the organization does not get it back. */
  method: SettlementMethod;
  /** Is shown to the organization */
  reason: string;
}

export interface SetTrial {
  /** The time at which the trial ends */
  endsAt: string;
}

export interface SetUpConnection {
  /** The name to show on a button */
  name: string;
  /** The issuer of OpenID Connect: an https URL with a public address, whose `/.well-known/openid-configuration` describes it. It cannot be changed. */
  issuer: string;
  /** The id of the client that you registered there. It cannot be changed. */
  clientId: string;
  /** The secret of the client. It is stored encrypted and never returned. Without it, the connection makes a key pair and authenticates with `private_key_jwt`. */
  clientSecret?: string;
  /** The scope that is requested. Default: `openid email profile`. */
  scope?: string;
}

export interface SetUpSamlConnection {
  /** The name to show on a button */
  name: string;
  /** The entity ID of the identity provider. It cannot be changed. */
  entityId?: string;
  /** The URL of the identity provider to which users are sent (SingleSignOnService, HTTP-Redirect) */
  signInUrl?: string;
  /** The certificates with which the identity provider signs: two while it replaces one. They count until you remove them, whatever their dates are. */
  certificates?: SamlCertificate[];
  /** The metadata of the identity provider, as XML. It has the place of its entity ID, its URL and its certificates. */
  metadata?: string;
  /** The URL from which the metadata is read, once. An https URL with a public address. */
  metadataUrl?: string;
  /** Whether requests are signed with the key of the connection. Default: false. */
  signRequests?: boolean;
  /** Whether a sign-in can begin at the identity provider. Its response is not used: the page of the front end begins a sign-in that is answered at once. Default: false. */
  idpInitiated?: boolean;
}

export interface SignedUp {
  /** A JWT. Send it as `Authorization: Bearer …`. */
  accessToken: string;
  /** For POST /auth/refresh. It works once. */
  refreshToken: string;
  /** Seconds until the access token expires */
  expiresIn: number;
  /** The new account */
  user: User;
  /** The new organization, which the user owns */
  organization: OrganizationRef;
}

export interface SignedUpByInvitation {
  /** The organization that the user joined */
  organization: InvitedTo;
  /** The key of the base role that the person gets */
  role: string;
  /** The id of the new member */
  userId: string;
  /** The new account is signed in */
  signedIn: true;
  /** The access token of the new session */
  accessToken: string;
  /** The token with which to get the next access token. It can be used once. */
  refreshToken: string;
  /** The seconds for which the access token is valid */
  expiresIn: number;
}

export interface SignInMethods {
  /** The connections of single sign-on of the domain of the address */
  connections: SsoChoice[];
  /** The ways to sign in that the product offers; `sso` only if there is a connection */
  methods: SignInMethod[];
}

export interface SignUp {
  /** The address with which the user will sign in */
  email: string;
  /** A new password for the account. Required if the product offers passwords, and refused otherwise. */
  password?: string;
  /** The name that other members will see */
  name: string;
  /** The new organization, of which the user becomes the owner */
  organization: SignUpOrganization;
}

export interface SignUpOrganization {
  /** The name of the new organization, which members see */
  name: string;
  /** The unique short name of the organization, for addresses. Default: generated from the name. */
  slug?: string;
}

export interface SsoAttempt {
  /** `signed_in`, `linked`, `tested`, or the code of the problem */
  outcome: string;
  /** The address that the identity provider asserted; null if unknown */
  email: string | null;
  /** The reason of a failure; null for a success */
  detail: string | null;
  /** The time of the attempt */
  createdAt: string;
}

export interface SsoChoice {
  /** The id of the connection, for POST /auth/sso/{ssoConnectionId}/start */
  connectionId: string;
  /** The name to show on a button */
  name: string;
  /** Whether the organization of the connection accepts single sign-on alone */
  required: boolean;
}

export interface SsoConnection {
  /** The id of the connection */
  id: string;
  /** The protocol: OpenID Connect or SAML 2.0 */
  protocol: SsoConnectionProtocol;
  /** The name to show on a button */
  name: string;
  /** The issuer of OpenID Connect, or the entity ID of the identity provider */
  issuer: string;
  /** The id of the client, or the entity ID of the connection */
  clientId: string;
  /** How the connection authenticates at the token endpoint of the identity provider; `none` for SAML, which has none */
  clientAuth: SsoConnectionClientAuth;
  /** The public key to register at the identity provider, for `private_key_jwt`; empty for a client secret */
  publicKeys: PublicKey[];
  /** The scope that is requested; null for SAML */
  scope: string | null;
  /** The redirect URI to register at the identity provider; for SAML the URL of the assertion consumer service */
  redirectUri: string;
  /** The settings of SAML; null for OpenID Connect */
  saml: SamlSettings | null;
  /** Whether users sign in with it */
  enabled: boolean;
  /** The time of the last successful test; null if there was none */
  testedAt: string | null;
  /** The claim of ID tokens, or the attribute of assertions, whose values are mapped to roles. Default: `groups`. */
  roleClaim: string;
  /** The roles of new members, by values of the claim. The first match decides. */
  roleMappings: SsoRoleMapping[];
  /** The role of new members without a match. Default: the catalog's default role. */
  defaultRole: string;
  /** The last ten sign-ins, the newest first */
  attempts: SsoAttempt[];
  /** The time at which the connection was created */
  createdAt: string;
  /** The time at which the connection was last changed */
  updatedAt: string;
}

export interface SsoConnectionEvent {
  /** The id of the connection */
  id: string;
  /** The name on the button */
  name: string;
  /** The protocol of the identity provider */
  protocol: SsoConnectionProtocol;
  /** Whether members can sign in with it */
  enabled: boolean;
  /** The time of creation */
  createdAt: string;
}

export interface SsoConnectionList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The connections of the organization, the oldest first */
  data: SsoConnection[];
}

export interface SsoLink {
  /** The connection with which you can sign in */
  connectionId: string;
  /** The name of the connection */
  name: string;
  /** The organization of the connection */
  organization: OrganizationRef;
  /** The time at which it was linked */
  createdAt: string;
  /** The time of the last sign-in with it; null if there was none */
  lastUsedAt: string | null;
}

export interface SsoLinkList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** Your accounts at identity providers of organizations, the first linked one first */
  data: SsoLink[];
}

export interface SsoLogout {
  /** The page of the identity provider, to which the front end sends the user; null if there is none. It contains the ID token: send it to nobody else. */
  url: string | null;
}

export interface SsoRoleMapping {
  /** A value of the claim */
  value: string;
  /** The role of new members whose claim has the value. Not `owner`. */
  role: string;
}

export interface SsoSetup {
  /** The name of the organization */
  organization: string;
  /** The time at which the link expires */
  expiresAt: string;
  /** The connections that were created with this link and are not enabled yet, the oldest first */
  connections: SsoConnection[];
}

export interface SsoSetupLink {
  /** The id of the link */
  id: string;
  /** Whom the link is for. The audit log names its requests by it. */
  name: string;
  /** The last characters of its token */
  hint: string;
  /** The time at which it expires */
  expiresAt: string;
  /** The member who made it, or in whose name the operator made it. It works while this member has the permission `security:write`. */
  createdById: string;
  /** The reason of the operator who made it; null for a link of a member */
  operatorReason: string | null;
  /** The time of its last use; null if there was none */
  lastUsedAt: string | null;
  /** The number of its requests */
  useCount: number;
  /** The time at which it was made */
  createdAt: string;
}

export interface SsoSetupLinkList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** The links that have not expired, the newest first */
  data: SsoSetupLink[];
}

export interface SsoTest {
  /** The `sub` of the ID token */
  subject: string;
  /** The address that the identity provider asserts; null if there is none */
  email: string | null;
  /** The name that the identity provider asserts; null if there is none */
  name: string | null;
  /** The role that a new member with these claims gets */
  role: string;
  /** Whether the organization has proved the domain of the address by DNS. Otherwise, the user is refused. */
  addressProved: boolean;
  /** The names of all claims */
  claims: string[];
}

export interface StateAge {
  /** The month of birth. It is not stored. */
  birthMonth: string;
}

export interface Subscription {
  /** The key of the present plan */
  plan: string;
  /** `trialing`: in a trial. `active`: paid, or free. `past_due`: an invoice is overdue, and the grace period runs. `unpaid`: the grace period is over, and the organization is suspended. `paused`: nothing is charged, and the organization is suspended. `canceled`: ended; the organization has the fallback plan. */
  status: SubscriptionStatus;
  /** The period of billing */
  interval: BillingInterval;
  /** Purchased seats; null if the plan includes its seats */
  seats: number | null;
  /** The quantity of each purchased add-on */
  addOns: Record<string, number>;
  /** Seats taken by members and pending invitations */
  seatsInUse: number;
  /** ISO 4217 code; null if the plan has no price */
  currency: string | null;
  /** The price of a period with its seats and add-ons, in minor units, without tax; 0 if it is free or canceled */
  amount: number;
  /** The party that manages the subscription: the operator, or Stripe */
  provider: SubscriptionProvider;
  /** The end of the trial; null without one */
  trialEndsAt: string | null;
  /** The start of the running period of billing */
  periodStart: string;
  /** The end of the running period; null if the subscription has no periods */
  periodEnd: string | null;
  /** Whether the subscription ends with the running period */
  cancelAtPeriodEnd: boolean;
  /** The time at which it was canceled; null if it was not */
  canceledAt: string | null;
  /** The time since which a payment is late; null if none is */
  pastDueSince: string | null;
  /** The terms that begin with the next period; null without a scheduled change */
  next: ScheduledChange | null;
  /** The purchase that waits for approval or for its payment; null without one */
  pending: PendingPurchase | null;
  /** The biller of the organization: nobody, tenantry by invoice, or the payment provider */
  billing: BillingMode;
  /** The cost of usage so far in the running period. null if tenantry does not charge for usage, for example if the payment provider does. */
  usage: UsageCost | null;
  /** The sum of credit notes that no invoice has used. The next invoices in the currency are paid from it. */
  balances: Balance[];
}

export interface SubscriptionEvent {
  /** The key of the plan */
  plan: string;
  /** The state of the subscription: `trialing`, `active`, `past_due`, `unpaid`, `paused` or `canceled` */
  status: string;
  /** The period of billing */
  interval: BillingInterval;
  /** Purchased seats; null if the plan includes its seats */
  seats: number | null;
  /** The purchased add-ons */
  addOns: EventAddOn[];
  /** The end of the running period; null if the subscription has no periods */
  periodEnd: string | null;
  /** The end of the trial; null without one */
  trialEndsAt: string | null;
  /** Whether the subscription ends with the running period */
  cancelAtPeriodEnd: boolean;
}

export interface SubscriptionPreview {
  /** When the change would begin */
  effectiveAt: string;
  /** The key of the plan after the change */
  plan: string;
  /** The purchased seats after the change; null if the plan includes its seats */
  seats: number | null;
  /** The quantity of each add-on after the change */
  addOns: Record<string, number>;
  /** Add-ons that would end, because the request removes them or because they are not sold with the plan */
  addOnsLost: string[];
  /** ISO 4217 code; null if the plan has no price */
  currency: string | null;
  /** The charges now */
  lines: Charge[];
  /** The sum of the lines, in minor units */
  subtotal: number;
  /** The tax on the subtotal, in minor units */
  tax: number;
  /** Subtotal and tax */
  total: number;
  /** The part of the total that the balance would pay, including the credits */
  balanceApplied: number;
  /** The amount due of the new invoice */
  dueNow: number;
  /** The credit notes on earlier invoices */
  credits: CreditPreview[];
  /** The event that the purchase would wait for: the approval of the operator, the payment of its invoice, or the payment on a checkout page (POST /organizations/{organizationId}/billing/checkout). The amounts are then those of the page. null if it begins at once. */
  waitsFor: SubscriptionPreviewWaitsFor | null;
  /** The cost of usage so far in the running period. null if tenantry does not charge for usage, for example if the payment provider does. */
  usage: UsageCost | null;
  /** Whether the subscription would end with the period, because it is canceled. A change does not withdraw a cancellation. */
  cancelAtPeriodEnd: boolean;
  /** The price of each period after the change, in minor units */
  amountPerPeriod: number;
  /** The keys of features that would no longer be available */
  featuresLost: string[];
  /** The keys of features that would become available */
  featuresGained: string[];
  /** The meters whose use is above the limit after the change */
  overLimits: Excess[];
  /** The roles, keys and members that would be affected */
  lockedOut: LockedOut;
  /** Whether the change would be accepted. It is not if usage is over the new limits, a cancellation is scheduled and the change would begin with the next period, invoices are overdue, or nothing is billed; a purchase on a checkout page also not while an invoice is open. */
  possible: boolean;
}

export interface SuspendTenant {
  /** Stored with the tenant; only operators see it */
  reason?: string;
}

export interface SwitchOrganization {
  /** null selects no organization; each request must then name one */
  organizationId: string | null;
}

export interface TableChange {
  /** The name of the table */
  table: string;
  /** The number of rows that would be inserted */
  inserted: number;
  /** The number of rows that would be updated */
  updated: number;
  /** The number of rows that would be deleted */
  deleted: number;
  /** About how many rows the table has */
  rowsBefore: number;
}

export interface Task {
  /** The id of the task */
  id: string;
  /** The project that the task is part of */
  projectId: string;
  /** The work to do, in one line */
  title: string;
  /** Whether the task is finished */
  done: boolean;
  /** The member who is responsible; null for nobody */
  assigneeId: string | null;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface TaskPage {
  /** The items of this page */
  data: Task[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface Team {
  /** The id of the team */
  id: string;
  /** The name of the team, for people */
  name: string;
  /** A text about the team; null without one */
  description: string | null;
  /** The keys of the custom roles of the team. Its members have these roles. */
  roles: string[];
  /** The number of members in the team */
  memberCount: number;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface TeamEvent {
  /** The id of the team */
  id: string;
  /** The name of the team */
  name: string;
  /** A text about the team; null without one */
  description: string | null;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface TeamMember {
  /** The user id of the member */
  userId: string;
  /** The address with which the member signs in; null for a managed account */
  email: string | null;
  /** The name with which a managed account signs in; null for other accounts */
  userName: string | null;
  /** The name that other members see */
  name: string;
  /** The time at which the user joined the team */
  createdAt: string;
}

export interface TeamMemberPage {
  /** The items of this page */
  data: TeamMember[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface TeamPage {
  /** The items of this page */
  data: Team[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface Tenant {
  /** The id of the tenant, which is also its organization id */
  id: string;
  /** The name that members see */
  name: string;
  /** The unique short name, for addresses */
  slug: string;
  /** The name for other people, such as customers; null if it is `name` */
  displayName: string | null;
  /** A text about the organization; null without one */
  description: string | null;
  /** The contact address; null without one */
  email: string | null;
  /** The contact number; null without one */
  phone: string | null;
  /** The public website; null without one */
  website: string | null;
  /** The default time zone of the organization (IANA) */
  timezone: string;
  /** The default language of the organization, as a BCP 47 tag */
  locale: string;
  /** `suspended` and `cancelled`: only owners have access, and only to read. In the other states, members can work. */
  status: OrganizationStatus;
  /** The key of the present plan */
  plan: string;
  /** Whether an operator has verified the organization */
  isVerified: boolean;
  /** Whether it is a demonstration */
  isDemo: boolean;
  /** Whether an operator has stopped its use for maintenance */
  maintenanceMode: boolean;
  /** The end of the trial; null without one */
  trialEndsAt: string | null;
  /** The day of the month on which monthly counters reset; null: the 1st */
  usageAnchorDay: number | null;
  /** The time of suspension; null if it is not suspended */
  suspendedAt: string | null;
  /** The reason of the suspension, which only operators see; null without one */
  suspendedReason: string | null;
  /** The time of deletion; null if it is not deleted */
  deletedAt: string | null;
  /** The time until which a deleted tenant can be restored; null if it is not deleted */
  eraseAfter: string | null;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface TenantDetails {
  /** The id of the tenant, which is also its organization id */
  id: string;
  /** The name that members see */
  name: string;
  /** The unique short name, for addresses */
  slug: string;
  /** The name for other people, such as customers; null if it is `name` */
  displayName: string | null;
  /** A text about the organization; null without one */
  description: string | null;
  /** The contact address; null without one */
  email: string | null;
  /** The contact number; null without one */
  phone: string | null;
  /** The public website; null without one */
  website: string | null;
  /** The default time zone of the organization (IANA) */
  timezone: string;
  /** The default language of the organization, as a BCP 47 tag */
  locale: string;
  /** `suspended` and `cancelled`: only owners have access, and only to read. In the other states, members can work. */
  status: OrganizationStatus;
  /** The key of the present plan */
  plan: string;
  /** Whether an operator has verified the organization */
  isVerified: boolean;
  /** Whether it is a demonstration */
  isDemo: boolean;
  /** Whether an operator has stopped its use for maintenance */
  maintenanceMode: boolean;
  /** The end of the trial; null without one */
  trialEndsAt: string | null;
  /** The day of the month on which monthly counters reset; null: the 1st */
  usageAnchorDay: number | null;
  /** The time of suspension; null if it is not suspended */
  suspendedAt: string | null;
  /** The reason of the suspension, which only operators see; null without one */
  suspendedReason: string | null;
  /** The time of deletion; null if it is not deleted */
  deletedAt: string | null;
  /** The time until which a deleted tenant can be restored; null if it is not deleted */
  eraseAfter: string | null;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
  /** The number of members */
  memberCount: number;
  /** The members who own the organization */
  owners: TenantOwner[];
  /** The domains of the organization */
  domains: TenantDomain[];
  /** Limits by meter, including overrides; null for unlimited */
  limits: Record<string, unknown>;
  /** Features by key: whether the tenant may use them, including overrides */
  features: Record<string, unknown>;
  /** Keys of limits and features that are overridden */
  overridden: string[];
  /** The biller of the tenant */
  billing: BillingMode;
  /** The provisioning steps that are done */
  provisioned: string[];
}

export interface TenantDomain {
  /** `host`: the domain serves the API and pages. `email`: email addresses of members are at this domain. */
  kind: DomainKind;
  /** The domain name in ASCII */
  domain: string;
  /** `unverified`: not proved. `pending`: proved, but another organization has verified the host. `verified`: proved. `failing`: verified, but the TXT record is missing. */
  status: DomainStatus;
  /** When the TXT record was last looked up, also if the lookup failed. null: not yet. */
  lastCheckedAt: string | null;
}

export interface TenantInfo {
  /** The unique short name of the organization, for addresses */
  slug: string;
  /** The display name */
  name: string;
  /** The default language of the organization, as a BCP 47 tag */
  locale: string;
  /** Logo, colors and addresses for pages before the sign-in */
  branding: Branding;
}

export interface TenantOverrides {
  /** Limits by meter, or `seats`; null for unlimited; "plan" removes the override */
  limits?: Record<string, unknown>;
  /** Features by key: true, false, or "plan" to remove the override */
  features?: Record<string, unknown>;
}

export interface TenantOwner {
  /** The user id of the owner */
  userId: string;
  /** The address with which the owner signs in */
  email: string;
  /** The name that other members see */
  name: string;
}

export interface TenantPage {
  /** The items of this page */
  data: Tenant[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface TenantStats {
  /** The number of tenants, without deleted ones */
  tenants: number;
  /** The number of deleted tenants that can still be restored */
  deleted: number;
  /** The number of accounts */
  users: number;
  /** The number of memberships: a user counts once for each organization */
  memberships: number;
  /** Tenants by status */
  byStatus: Record<string, unknown>;
  /** Tenants by plan */
  byPlan: Record<string, unknown>;
}

export interface TenantUsage {
  /** The id of the tenant */
  tenantId: string;
  /** The unique short name of the tenant */
  slug: string;
  /** The name of the tenant */
  name: string;
  /** The key of its plan */
  plan: string;
  /** The key of the meter */
  meter: string;
  /** The units used in the current period, or in use now */
  used: number;
  /** The limit, including grants. `null`: unlimited. */
  limit: number | null;
  /** The used part of the limit, rounded down. `null`: unlimited. */
  percent: number | null;
  /** The end of the current period. `null`: the meter does not reset. */
  resetsAt: string | null;
}

export interface TenantUsagePage {
  /** The items of this page */
  data: TenantUsage[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
}

export interface TestEventEndpoint {
  /** The organization in whose name the test event is sent */
  organizationId: string;
}

export interface ThresholdEvent {
  /** The key of the meter */
  meter: string;
  /** The start of the period */
  periodStart: string;
  /** The percentage of the allowance that is reached: 80 or 100 */
  percent: number;
  /** The units that are used */
  used: number;
  /** The allowance of the plan */
  limit: number;
}

export interface ToggleFeature {
  /** The key of an available feature */
  feature: string;
  /** false disables the feature for all members */
  enabled: boolean;
}

export interface TokenPair {
  /** A JWT. Send it as `Authorization: Bearer …`. */
  accessToken: string;
  /** For POST /auth/refresh. It works once. */
  refreshToken: string;
  /** Seconds until the access token expires */
  expiresIn: number;
}

export interface TotpEnrollment {
  /** The shared secret in base 32, for manual entry in the authenticator app */
  secret: string;
  /** The URL to show as a QR code */
  url: string;
}

export interface TransferOwnership {
  /** The member who becomes an owner */
  userId: string;
}

export interface TrustedDevice {
  /** The id of the device, with which the trust in it can be ended */
  id: string;
  /** The program and the system */
  client: string;
  /** The time at which the second factor was verified on it */
  secondFactorAt: string;
  /** The time of the last sign-in with it */
  lastUsedAt: string;
  /** The time at which it is asked for the second factor again */
  trustedUntil: string;
}

export interface TrustedDeviceList {
  /** Null: the list has one page */
  nextCursor: string | null;
  /** All devices that are trusted */
  data: TrustedDevice[];
}

export interface UndoEmailChange {
  /** The token from the link in the email */
  token: string;
}

export interface UndoPasskey {
  /** The token from the link in the email */
  token: string;
}

export interface UndoSecondFactor {
  /** The token from the link in the email */
  token: string;
}

export interface UnitPrice {
  /** The period of billing that the price is for */
  interval: BillingInterval;
  /** ISO 4217 code */
  currency: string;
  /** The price of one period, in minor units, without tax */
  amount: number;
}

export interface UpdateApiKey {
  /** A text by which people recognize the key */
  name?: string;
  /** Permissions that you hold yourself, except those that manage access */
  permissions?: string[];
  /** false refuses requests with the key until it is enabled again */
  enabled?: boolean;
  /** The time at which the key expires, in the future; null for never, the default of a new key */
  expiresAt?: string | null;
  /** The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses. */
  allowedIps?: string[];
  /** The key's own limit in requests per minute, in addition to the organization's rate limit; null for none */
  rateLimit?: number | null;
}

export interface UpdateBillingProfile {
  /** The address that receives mails about billing instead of the owners; null removes it */
  billingEmail?: string | null;
  /** The address on invoices; null removes it */
  billingAddress?: BillingAddressInput | null;
  /** The tax number on invoices, which is checked where it decides which tax applies; null removes it */
  taxId?: string | null;
}

export interface UpdateBranding {
  /** The name shown to other people; null for the name of the organization */
  displayName?: string | null;
  /** The address of the logo; null removes it */
  logoUrl?: string | null;
  /** The address of the icon of pages; null removes it */
  faviconUrl?: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  primaryColor?: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  secondaryColor?: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  accentColor?: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  backgroundColor?: string | null;
  /** The CSS rules of pages; null removes them. Rules that load resources or could run code are removed. */
  customCss?: string | null;
  /** The address to which users turn for help; null removes it */
  supportEmail?: string | null;
  /** The page to which users turn for help; null removes it */
  supportUrl?: string | null;
}

export interface UpdateCompliance {
  /** Whether the Children's Online Privacy Protection Act applies. Stored for your product; tenantry does nothing with it. */
  coppa?: boolean;
  /** Whether the Family Educational Rights and Privacy Act applies. While it is true, every read is recorded in the access log. */
  ferpa?: boolean;
  /** Whether the General Data Protection Regulation applies. While it is true, every read is recorded in the access log. */
  gdpr?: boolean;
  /** Days after which closed or expired invitations, decided join requests, and mail that was sent or has failed are erased; null for never */
  dataRetentionDays?: number | null;
}

export interface UpdatedBranding {
  /** The name for other people; null if it is the organization's name */
  displayName: string | null;
  /** The address of the logo; null without one */
  logoUrl: string | null;
  /** The address of the icon of pages; null without one */
  faviconUrl: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  primaryColor: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  secondaryColor: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  accentColor: string | null;
  /** A color of the pages as `#rrggbb`; null for the default of the product */
  backgroundColor: string | null;
  /** The CSS rules that pages apply; null without any */
  customCss: string | null;
  /** The address to which users turn for help; null without one */
  supportEmail: string | null;
  /** The page to which users turn for help; null without one */
  supportUrl: string | null;
  /** The parts that were removed from the custom CSS */
  removedCss: string[];
}

export interface UpdateDirectory {
  /** The name of the directory, unique in the organization */
  name?: string;
  /** The base role of the members whom the directory adds, unless their groups give another one */
  role?: string;
  /** Whether the directory may provision. `false` refuses its requests. */
  enabled?: boolean;
}

export interface UpdateDomain {
  /** Whether users with an email address at the domain can `request` to join, or `join` immediately. `join` requires verification by DNS. While you cannot grant the join role yourself, `join` has the effect of `request`. */
  joinPolicy?: DomainJoinPolicy;
  /** The role of users who join through the domain. Default: the catalog's default role. */
  joinRole?: string;
}

export interface UpdateMember {
  /** The base role. The change takes effect with the next request of the member. */
  role?: string;
  /** The keys of all custom roles of the member. Roles that are not listed are revoked. */
  customRoles?: string[];
}

export interface UpdateOrganization {
  /** The name that members see */
  name?: string;
  /** A new unique short name for addresses. Links with the present one stop working. */
  slug?: string;
  /** A name for other people, such as customers; null for `name` */
  displayName?: string | null;
  /** A text about the organization; null removes it */
  description?: string | null;
  /** The contact address; null removes it */
  email?: string | null;
  /** The contact number; null removes it */
  phone?: string | null;
  /** The public website; null removes it */
  website?: string | null;
  /** The postal address, which replaces the present one as a whole; null removes it */
  address?: AddressInput | null;
  /** IANA time zone */
  timezone?: string;
  /** BCP 47 language tag */
  locale?: string;
  /** A kind in your own words, such as `school`; null removes it */
  organizationType?: string | null;
  /** An industry in your own words; null removes it */
  industry?: string | null;
  /** A size in your own words; null removes it */
  sizeCategory?: string | null;
}

export interface UpdateProfile {
  /** The name that other members see */
  name?: string;
  /** The organization that a login selects, of which the user must be a member; null for none */
  defaultOrganizationId?: string | null;
  /** The language of mails to the user, as a BCP 47 tag; null for that of the organization. It also decides how mails write times and numbers. */
  locale?: string | null;
  /** A new address. The account keeps its present address until the new one is verified. The present address cancels the change. */
  email?: string;
  /** Required with `email` if the product offers passwords. Without passwords, a login in the last ten minutes is needed instead. */
  currentPassword?: string;
}

export interface UpdateProject {
  /** A title for the project */
  name?: string;
  /** A text about the project; null removes it */
  description?: string | null;
  /** The user id of a member of this organization; null for nobody. Another one is refused (`reference_not_found`). */
  assigneeId?: string | null;
}

export interface UpdateRole {
  /** The name of the role, for people */
  name?: string;
  /** A text about the role; null removes it */
  description?: string | null;
  /** Permissions that you hold yourself. GET /permissions lists all permissions. */
  permissions?: string[];
}

export interface UpdateSamlSettings {
  /** The URL of the identity provider to which users are sent (SingleSignOnService, HTTP-Redirect) */
  signInUrl?: string;
  /** The certificates with which the identity provider signs: two while it replaces one. They count until you remove them, whatever their dates are. */
  certificates?: SamlCertificate[];
  /** The metadata of the identity provider, as XML. It has the place of its entity ID, its URL and its certificates. */
  metadata?: string;
  /** The URL from which the metadata is read, once. An https URL with a public address. */
  metadataUrl?: string;
  /** Whether requests are signed with the key of the connection. Default: false. */
  signRequests?: boolean;
  /** Whether a sign-in can begin at the identity provider. Its response is not used: the page of the front end begins a sign-in that is answered at once. Default: false. */
  idpInitiated?: boolean;
  /** Replaces the key of the connection. `begin` makes the next key: the metadata has both certificates, and assertions can be encrypted with either. `finish` ends the present key and signs with the next one; `cancel` discards the next one. */
  keyRotation?: SamlSettingsKeyRotation;
}

export interface UpdateSecurity {
  /** IP addresses and CIDR ranges (IPv4 or IPv6) from which requests are accepted; empty for all. Addresses need the feature `advanced_security`. */
  ipAllowList?: string[];
  /** Email domains that new members must have; empty for all. Stored in lower case and punycode. */
  allowedEmailDomains?: string[];
  /** Origins of web pages, outside of the installation, that may call the API for this organization. Verified custom domains need not be listed. */
  webOrigins?: string[];
  /** Whether all members must use a second factor */
  mfaRequired?: boolean;
  /** The keys of roles, also custom ones, whose holders must use a second factor; empty for none */
  mfaRoles?: string[];
  /** The ways in which members must sign in; empty for all. Ways need the feature `advanced_security`. */
  signInMethods?: SignInMethod[];
  /** Whether members must use single sign-on. `true` needs the feature `sso`. */
  ssoRequired?: boolean;
  /** Whether the changes of the organization are recorded in its audit log. Acts of operators and changes of the security policy are recorded anyway. */
  auditLogsEnabled?: boolean;
}

export interface UpdateServiceKey {
  /** The name of the key, also in audit logs */
  name?: string;
  /** The scopes of the key, each once. `access:check`: Check what members may do. `entitlements:read`: Read the features, limits and entitlements of an organization. `members:read`: Read the members, roles and teams of an organization. `settings:read`: Read the settings, custom settings, branding and compliance of an organization. `settings:write`: Change the settings, custom settings, features and branding of an organization. `tenant:read`: Read the profile of an organization, and what every member may see of it. `usage:read`: Read and export the usage of an organization. `usage:report`: Report, consume, reserve and release usage. */
  scopes?: ServiceScope[];
  /** The time at which the key expires, in the future; null for never, the default of a new key */
  expiresAt?: string | null;
  /** The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses, the default of a new key. */
  allowedIps?: string[];
  /** The limit of the key in requests per minute, in all organizations together; null for none, the default of a new key. The rate limit of each organization applies in addition. */
  rateLimit?: number | null;
}

export interface UpdateSetUpConnection {
  /** The name to show on a button */
  name?: string;
  /** The new secret of the client; null for a new key pair */
  clientSecret?: string | null;
  /** `true` enables the connection, which needs a successful test, and ends the link. */
  enabled?: boolean;
}

export interface UpdateSsoConnection {
  /** The claim of ID tokens, or the attribute of assertions, whose values are mapped to roles. Default: `groups`. */
  roleClaim?: string;
  /** The roles of new members, by values of the claim. The first match decides. */
  roleMappings?: SsoRoleMappingInput[];
  /** The role of new members without a match. Default: the catalog's default role. */
  defaultRole?: string;
  /** The name to show on a button */
  name?: string;
  /** The new secret of the client; null for a new key pair */
  clientSecret?: string | null;
  /** Whether users sign in with it. `true` needs a successful test. `false` ends its sessions. */
  enabled?: boolean;
}

export interface UpdateTask {
  /** The work to do, in one line */
  title?: string;
  /** Whether the task is finished */
  done?: boolean;
  /** The user id of a member of this organization; null for nobody. Another one is refused (`reference_not_found`). */
  assigneeId?: string | null;
}

export interface UpdateTeam {
  /** The name of the team, for people */
  name?: string;
  /** A text about the team; null removes it */
  description?: string | null;
  /** The keys of the custom roles of the team. Its members have these roles. */
  roles?: string[];
}

export interface UpdateTenant {
  /** A name for other people, such as customers; null for `name` */
  displayName?: string | null;
  /** A text about the organization; null for none */
  description?: string | null;
  /** The contact number; null for none */
  phone?: string | null;
  /** The public website; null for none */
  website?: string | null;
  /** IANA time zone */
  timezone?: string;
  /** BCP 47 language tag */
  locale?: string;
  /** The name that members see */
  name?: string;
  /** A new unique short name for addresses. Links with the present one stop working. */
  slug?: string;
  /** The contact address; null removes it */
  email?: string | null;
  /** The key of a plan of the catalog */
  plan?: string;
  /** Whether you have verified the organization */
  isVerified?: boolean;
  /** Whether it is a demonstration */
  isDemo?: boolean;
  /** The biller of the tenant: nobody, tenantry by invoice, or the payment provider. Default, and null: the mode of the installation. */
  billing?: BillingMode | null;
  /** The end of the trial; null for no trial */
  trialEndsAt?: string | null;
  /** The day of the month (UTC) on which monthly counters reset; the last day in shorter months. null: the 1st */
  usageAnchorDay?: number | null;
}

export interface UpdateWebhook {
  /** The address to which events are sent: `https`, with the port 443 or 8443, without credentials. Its host must have public addresses. */
  url?: string;
  /** A text by which people recognize the webhook; null for none */
  description?: string | null;
  /** The types of events that are sent; `member.*` for all events of members, `*` for all. Both stand for the types whose events its author may read at the time of saving */
  eventTypes?: string[];
  /** false: nothing is sent, and events are not kept for the webhook; deliveries that wait continue when it is enabled again. Events from before can be replayed. */
  enabled?: boolean;
  /** Whether events are sent one after another, in the order of their `sequence`. An event that cannot be delivered then holds up later ones until its last attempt, for three days. */
  ordered?: boolean;
}

export interface UsageCheck {
  /** The key of the meter */
  meter: string;
  /** The units used in the current period, or in use now. Held units are not included. */
  used: number;
  /** The limit, including grants. `null`: unlimited. */
  limit: number | null;
  /** The units that are still available: the limit without the used and the held units. `null`: unlimited. */
  remaining: number | null;
  /** The end of the current period. `null`: the meter does not reset. */
  resetsAt: string | null;
  /** Whether the units are available now */
  allowed: boolean;
}

export interface UsageCost {
  /** The time from which on the usage is counted */
  periodStart: string;
  /** When the usage is invoiced */
  periodEnd: string;
  /** ISO 4217 code */
  currency: string;
  /** The cost of the usage so far, in minor units, without tax */
  amount: number;
  /** The cost by meter */
  meters: MeterCost[];
}

export interface UsageEvent {
  /** Your id of the event. Events with the same id count once. */
  id: string;
  /** The key of a counter, except for one that tenantry counts itself, such as requests */
  meter: string;
  /** The number of units, with at most the decimals of the meter. Default: 1. Negative in a correction (`corrects`). */
  quantity?: number;
  /** When the event happened. It counts in the period of this time. At most `usage.lateDays` of the catalog in the past (7 days by default), and five minutes in the future. Default: now. */
  occurredAt?: string;
  /** The user or object of the event. A meter with the aggregation `unique` counts distinct subjects. */
  subject?: string;
  /** The id of the event that this event corrects, entirely or in part */
  corrects?: string;
  /** Any data to store with the event, up to 4 kB */
  metadata?: Record<string, unknown>;
}

export interface UsageGroup {
  /** Present with `groupBy=day` */
  day?: string;
  /** Present with `groupBy=endpoint` */
  method?: string;
  /** Present with `groupBy=endpoint`: the template of the route */
  endpoint?: string;
  /** Present with `groupBy=user` */
  userId?: string;
  /** Present with `groupBy=key`: the id of an API key, or of a service key */
  apiKeyId?: string;
  /** Present with `groupBy=user` and `groupBy=key`. `null`: the member or key no longer exists. */
  name?: string | null;
  /** Units by meter: the sum of the quantities; the peak of concurrent meters and of the aggregation `max`; the number of events with the aggregation `unique`; the change of gauges. Empty with `groupBy=endpoint`. */
  meters: Record<string, number>;
  /** The requests of the group */
  requests: RequestSums;
}

export interface UsagePeriod {
  /** `null`: the meter has no periods */
  start: string | null;
  /** `null`: the meter has no periods */
  end: string | null;
  /** The units used in the current period, or in use now. Held units are not included. */
  used: number;
  /** The units of open reservations, and the units that servers hold ready for requests */
  held: number;
  /** The limit, including grants. `null`: unlimited. */
  limit: number | null;
  /** The units that are still available: the limit without the used and the held units. `null`: unlimited. */
  remaining: number | null;
  /** The end of the current period. `null`: the meter does not reset. */
  resetsAt: string | null;
}

export interface UsagePrice {
  /** The period of billing that the price is for */
  interval: BillingInterval;
  /** ISO 4217 code */
  currency: string;
  /** `per_unit`: each unit; `package`: each started block of `per` units; `graduated`: each unit by its tier; `volume`: all units by the tier of the total */
  model: UsagePriceModel;
  /** The price of `per` units, in minor units, with at most 12 decimals; null if there are tiers */
  amount: number | null;
  /** The number of units that `amount` pays for. A partial block is charged in full. */
  per: number;
  /** The lowest first. Empty unless the model is `graduated` or `volume`. */
  tiers: UsageTier[];
}

export interface UsageReport {
  /** The start of the first day */
  from: string;
  /** The end of the last day */
  to: string;
  /** The use of each meter */
  meters: MeterUsage[];
  /** The requests of the whole time */
  requests: RequestSums;
  /** Present with `groupBy`. Sorted by day, or by the number of requests, greatest first. */
  groups?: UsageGroup[];
}

export interface UsageTier {
  /** The last unit of the tier; null for no end */
  upTo: number | null;
  /** The price of one unit, in minor units */
  amount: number;
  /** Charged once in addition if the tier applies, in minor units */
  flat: number;
}

export interface User {
  /** The id of the user */
  id: string;
  /** The address with which the user signs in; null for a managed account */
  email: string | null;
  /** The name with which a managed account signs in; null for other accounts */
  userName: string | null;
  /** The name that other members see */
  name: string;
  /** Whether the user has proved that the address is theirs */
  emailVerified: boolean;
}

export interface VerifyDomain {
  /** Sends a code to this address at the domain. Only for the kind `email`. */
  mailTo?: string;
  /** The code from the email */
  code?: string;
}

export interface VerifyEmail {
  /** The token from the link in the email */
  token: string;
  /** The password of the account. Required without an access token of the account. */
  password?: string;
}

export interface VerifyMfa {
  /** The `mfaToken` of the answer to the login */
  mfaToken: string;
  /** A code from the authenticator app, or a recovery code. Required without a passkey. */
  code?: string;
  /** The answer of a passkey to POST /auth/passkeys/challenge, as the `toJSON()` of the browser returns it, instead of the code */
  passkey?: Record<string, unknown>;
  /** Whether this device is not asked for the second factor again, for as many days as your organizations allow (`trusted_device_days`). Default: false. */
  trustDevice?: boolean;
}

export interface Webhook {
  /** The id of the webhook */
  id: string;
  /** The address to which events are sent: `https`, with the port 443 or 8443, without credentials. Its host must have public addresses. */
  url: string;
  /** A text by which people recognize the webhook; null for none */
  description: string | null;
  /** The types of events that are sent; `member.*` for all events of members, `*` for all. Both stand for the types whose events its author may read at the time of saving */
  eventTypes: string[];
  /** Whether events are sent */
  enabled: boolean;
  /** Why the server has disabled the webhook. `gone`: it answered 410. `failing`: no delivery succeeded for five days. `not_permitted`: the member `grantedById` may no longer read all events that it sends. Null when it is enabled, or a member has disabled it. */
  disabledReason: WebhookDisabledReason | null;
  /** Whether events are sent one after another, in the order of their `sequence`. An event that cannot be delivered then holds up later ones until its last attempt, for three days. */
  ordered: boolean;
  /** `symmetric` (HMAC-SHA256): you check requests with the secret. `ed25519`: you check them with a public key, which is no secret. */
  signature: WebhookSignature;
  /** The public key with which you check requests; null for a symmetric signature */
  publicKey: string | null;
  /** Until when requests are also signed with the secret before the last rotation; null when they are not */
  previousSecretExpiresAt: string | null;
  /** The first failed attempt since the last successful one; null after a success */
  failingSince: string | null;
  /** The user whose permissions limit what the webhook sends: who saved it last, or who granted the API key that did. Null if none did */
  grantedById: string | null;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
}

export interface WebhookAttempt {
  /** The time at which the request began */
  startedAt: string;
  /** The milliseconds until the answer, or until the failure */
  durationMs: number;
  /** The URL to which it was sent */
  url: string;
  /** The header fields of the request, by name */
  headers: Record<string, unknown>;
  /** `accepted`: 2xx. `refused`: another status. `timeout`: no answer within 15 seconds. `unreachable`: no connection, or it was closed. `address_refused`: the host has no public address. `unreadable`: the request could not be made. */
  result: WebhookResult;
  /** The HTTP status of the answer; null without one */
  status: number | null;
  /** The first 4 KiB of the answer, or why there is none; null if nothing is known */
  answer: string | null;
}

export interface WebhookDelivery {
  /** The id of the delivery */
  id: string;
  /** The id of the event, which requests have as `webhook-id` */
  eventId: string;
  /** The type of the event */
  eventType: string;
  /** The position of the event in the log; null for a test event */
  sequence: number | null;
  /** `pending`: waits for its first or next attempt. `delivered`: the receiver answered 2xx. `failed`: the last attempt has failed */
  status: WebhookDeliveryStatus;
  /** The number of attempts since the creation, or the last replay */
  attempts: number;
  /** The time from which on the next attempt is made; null if none is */
  nextAttemptAt: string | null;
  /** The result of the last attempt; null before the first. `accepted`: 2xx. `refused`: another status. `timeout`: no answer within 15 seconds. `unreachable`: no connection, or it was closed. `address_refused`: the host has no public address. `unreadable`: the request could not be made. */
  lastResult: WebhookResult | null;
  /** The HTTP status of the last answer; null without one */
  lastStatus: number | null;
  /** The time of creation */
  createdAt: string;
  /** The time at which it was delivered or has failed; null while it is pending */
  endedAt: string | null;
}

export interface WebhookDeliveryDetails {
  /** The id of the delivery */
  id: string;
  /** The id of the event, which requests have as `webhook-id` */
  eventId: string;
  /** The type of the event */
  eventType: string;
  /** The position of the event in the log; null for a test event */
  sequence: number | null;
  /** `pending`: waits for its first or next attempt. `delivered`: the receiver answered 2xx. `failed`: the last attempt has failed */
  status: WebhookDeliveryStatus;
  /** The number of attempts since the creation, or the last replay */
  attempts: number;
  /** The time from which on the next attempt is made; null if none is */
  nextAttemptAt: string | null;
  /** The result of the last attempt; null before the first. `accepted`: 2xx. `refused`: another status. `timeout`: no answer within 15 seconds. `unreachable`: no connection, or it was closed. `address_refused`: the host has no public address. `unreadable`: the request could not be made. */
  lastResult: WebhookResult | null;
  /** The HTTP status of the last answer; null without one */
  lastStatus: number | null;
  /** The time of creation */
  createdAt: string;
  /** The time at which it was delivered or has failed; null while it is pending */
  endedAt: string | null;
  /** The body of its requests, as it is sent and signed */
  body: string;
  /** The attempts, latest first: at most 50 */
  log: WebhookAttempt[];
}

export interface WebhookDeliveryPage {
  /** The items of this page */
  data: WebhookDelivery[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface WebhookHealth {
  /** The number of webhooks that are enabled */
  enabled: number;
  /** The number of enabled webhooks whose last attempt has failed */
  failing: number;
  /** The number of webhooks that the server has disabled */
  disabledByServer: number;
  /** The number of deliveries that wait for their first or next attempt */
  pendingDeliveries: number;
  /** Since when the webhook that has waited longest waits for its turn; null if none waits. More than a minute ago: the deliveries are late. */
  oldestDueAt: string | null;
}

export interface WebhookPage {
  /** The items of this page */
  data: Webhook[];
  /** Send it as `cursor` to get the next page. Null on the last page. */
  nextCursor: string | null;
  /** The number of all items that match the filters. Only with `count=true`. */
  total?: number;
}

export interface WebhookReplay {
  /** The number of deliveries that are sent now */
  deliveries: number;
  /** Send it as `after` to replay the rest of the range: one call replays at most 1000 events. Null when all is done */
  nextAfter: number | null;
}

export interface WebhookSecret {
  /** The id of the webhook */
  id: string;
  /** The address to which events are sent: `https`, with the port 443 or 8443, without credentials. Its host must have public addresses. */
  url: string;
  /** A text by which people recognize the webhook; null for none */
  description: string | null;
  /** The types of events that are sent; `member.*` for all events of members, `*` for all. Both stand for the types whose events its author may read at the time of saving */
  eventTypes: string[];
  /** Whether events are sent */
  enabled: boolean;
  /** Why the server has disabled the webhook. `gone`: it answered 410. `failing`: no delivery succeeded for five days. `not_permitted`: the member `grantedById` may no longer read all events that it sends. Null when it is enabled, or a member has disabled it. */
  disabledReason: WebhookDisabledReason | null;
  /** Whether events are sent one after another, in the order of their `sequence`. An event that cannot be delivered then holds up later ones until its last attempt, for three days. */
  ordered: boolean;
  /** `symmetric` (HMAC-SHA256): you check requests with the secret. `ed25519`: you check them with a public key, which is no secret. */
  signature: WebhookSignature;
  /** The public key with which you check requests; null for a symmetric signature */
  publicKey: string | null;
  /** Until when requests are also signed with the secret before the last rotation; null when they are not */
  previousSecretExpiresAt: string | null;
  /** The first failed attempt since the last successful one; null after a success */
  failingSince: string | null;
  /** The user whose permissions limit what the webhook sends: who saved it last, or who granted the API key that did. Null if none did */
  grantedById: string | null;
  /** The time of creation */
  createdAt: string;
  /** The time of the last change */
  updatedAt: string;
  /** The secret with which you check requests. Only this response contains it. Null for `ed25519`: use `publicKey`. */
  secret: string | null;
}

export interface WithdrawConsent {
  /** The name of the guardian */
  guardianName: string;
  /** The relation of the guardian to the member */
  relation: string;
}

export type CloudEventData = {
  /** The number of units, with at most the decimals of the meter. Default, also for null: 1. Negative in a correction (`corrects`). */
  quantity?: number | null;
  /** The id of the event of the same source that this event corrects, entirely or in part; null for none */
  corrects?: string | null;
  /** Any data to store with the event, up to 4 kB; null for none */
  metadata?: Record<string, unknown> | null;
} | null;

/** A usage event as a CloudEvent 1.0, in the JSON format. Other attributes are accepted, and not stored. */
export interface CloudEvent {
  /** The version of CloudEvents */
  specversion: '1.0';
  /** Your id of the event. Events with the same source and id count once. */
  id: string;
  /** The part of your product that reports the event */
  source: string;
  /** The key of a counter, except for one that tenantry counts itself, such as requests */
  type: string;
  /** When the event happened. It counts in the period of this time. At most `usage.lateDays` of the catalog in the past (7 days by default), and five minutes in the future. Default, also for null: the time at which it is recorded. */
  time?: string | null;
  /** The user or object of the event; null for none. A meter with the aggregation `unique` counts distinct subjects. */
  subject?: string | null;
  /** A type of JSON, such as `application/json`, which is the default, also for null */
  datacontenttype?: string | null;
  /** An absolute URI, or null. It is not stored. */
  dataschema?: string | null;
  /** The quantity of the event, and what belongs to it */
  data?: CloudEventData;
  /** The data as JSON in UTF-8, encoded with Base64, instead of `data`; null for none */
  data_base64?: string | null;
}

export interface BillingAddressInput {
  /** Street and number */
  line1: string;
  /** A further line, such as a building or a department */
  line2?: string;
  /** Required where addresses have one */
  city?: string;
  /** Required in some countries, and checked against the pattern of the country */
  postalCode?: string;
  /** The state or province, where the country has them */
  region?: string;
  /** ISO 3166-1 alpha-2 code, or XK for Kosovo */
  country: Country;
}

export interface AddressInput {
  /** Street and number */
  street?: string;
  /** With a country, checked against the pattern of the country */
  postalCode?: string;
  /** The town */
  city?: string;
  /** The state or province, where the country has them */
  region?: string;
  /** ISO 3166-1 alpha-2 code, or XK for Kosovo */
  country?: Country;
}

export interface SsoRoleMappingInput {
  /** A value of the claim */
  value: string;
  /** The role of new members whose claim has the value. Not `owner`. */
  role: string;
}

export type AccessActorKind = 'user' | 'key' | 'service' | 'operator';

export type AccessCheckStep = 'tenant' | 'membership' | 'policy' | 'roles' | 'permission' | 'feature' | 'plan' | 'quota';

export type AccessSourceKind = 'organization' | 'membership' | 'api_key' | 'service_key' | 'directory_token' | 'setup_link' | 'security_policy' | 'role' | 'custom_role' | 'team_role' | 'key_scopes' | 'no_role' | 'no_active_role' | 'plan' | 'subscription' | 'add_on' | 'override' | 'not_sold_separately';

export type AddedMemberStatus = 'added' | 'invited';

export type ApiKeyBelongsTo = 'organization' | 'me';

export type ApiKeyStatus = 'active' | 'disabled' | 'expired';

export type AuditActorKind = 'user' | 'key' | 'service' | 'operator' | 'job' | 'system' | 'anonymous';

export type AuditChangeOperation = 'insert' | 'update' | 'delete';

export type AuditOutcome = 'done' | 'refused';

export type BillingInterval = 'month' | 'year';

export type BillingMode = 'none' | 'invoice' | 'provider';

export type CloseInvoiceStatus = 'paid' | 'void' | 'uncollectible';

export type ConsentAction = 'given' | 'withdrawn';

export type ConsentMethod = 'link' | 'paper';

export type Country = 'AD' | 'AE' | 'AF' | 'AG' | 'AI' | 'AL' | 'AM' | 'AO' | 'AQ' | 'AR' | 'AS' | 'AT' | 'AU' | 'AW' | 'AX' | 'AZ' | 'BA' | 'BB' | 'BD' | 'BE' | 'BF' | 'BG' | 'BH' | 'BI' | 'BJ' | 'BL' | 'BM' | 'BN' | 'BO' | 'BQ' | 'BR' | 'BS' | 'BT' | 'BV' | 'BW' | 'BY' | 'BZ' | 'CA' | 'CC' | 'CD' | 'CF' | 'CG' | 'CH' | 'CI' | 'CK' | 'CL' | 'CM' | 'CN' | 'CO' | 'CR' | 'CU' | 'CV' | 'CW' | 'CX' | 'CY' | 'CZ' | 'DE' | 'DJ' | 'DK' | 'DM' | 'DO' | 'DZ' | 'EC' | 'EE' | 'EG' | 'EH' | 'ER' | 'ES' | 'ET' | 'FI' | 'FJ' | 'FK' | 'FM' | 'FO' | 'FR' | 'GA' | 'GB' | 'GD' | 'GE' | 'GF' | 'GG' | 'GH' | 'GI' | 'GL' | 'GM' | 'GN' | 'GP' | 'GQ' | 'GR' | 'GS' | 'GT' | 'GU' | 'GW' | 'GY' | 'HK' | 'HM' | 'HN' | 'HR' | 'HT' | 'HU' | 'ID' | 'IE' | 'IL' | 'IM' | 'IN' | 'IO' | 'IQ' | 'IR' | 'IS' | 'IT' | 'JE' | 'JM' | 'JO' | 'JP' | 'KE' | 'KG' | 'KH' | 'KI' | 'KM' | 'KN' | 'KP' | 'KR' | 'KW' | 'KY' | 'KZ' | 'LA' | 'LB' | 'LC' | 'LI' | 'LK' | 'LR' | 'LS' | 'LT' | 'LU' | 'LV' | 'LY' | 'MA' | 'MC' | 'MD' | 'ME' | 'MF' | 'MG' | 'MH' | 'MK' | 'ML' | 'MM' | 'MN' | 'MO' | 'MP' | 'MQ' | 'MR' | 'MS' | 'MT' | 'MU' | 'MV' | 'MW' | 'MX' | 'MY' | 'MZ' | 'NA' | 'NC' | 'NE' | 'NF' | 'NG' | 'NI' | 'NL' | 'NO' | 'NP' | 'NR' | 'NU' | 'NZ' | 'OM' | 'PA' | 'PE' | 'PF' | 'PG' | 'PH' | 'PK' | 'PL' | 'PM' | 'PN' | 'PR' | 'PS' | 'PT' | 'PW' | 'PY' | 'QA' | 'RE' | 'RO' | 'RS' | 'RU' | 'RW' | 'SA' | 'SB' | 'SC' | 'SD' | 'SE' | 'SG' | 'SH' | 'SI' | 'SJ' | 'SK' | 'SL' | 'SM' | 'SN' | 'SO' | 'SR' | 'SS' | 'ST' | 'SV' | 'SX' | 'SY' | 'SZ' | 'TC' | 'TD' | 'TF' | 'TG' | 'TH' | 'TJ' | 'TK' | 'TL' | 'TM' | 'TN' | 'TO' | 'TR' | 'TT' | 'TV' | 'TW' | 'TZ' | 'UA' | 'UG' | 'UM' | 'US' | 'UY' | 'UZ' | 'VA' | 'VC' | 'VE' | 'VG' | 'VI' | 'VN' | 'VU' | 'WF' | 'WS' | 'XK' | 'YE' | 'YT' | 'ZA' | 'ZM' | 'ZW';

export type CreatedAtOrder = 'createdAt' | '-createdAt';

export type CreatedAtOrNameOrder = 'createdAt' | '-createdAt' | 'name' | '-name';

export type CreatedAtOrNameOrSlugOrder = 'createdAt' | '-createdAt' | 'name' | '-name' | 'slug' | '-slug';

export type CreditNoteReason = 'change' | 'operator' | 'usage';

export type CreditNoteSettlement = 'balance' | 'refund';

export type CreditNoteStatus = 'issued' | 'void';

export type DirectoryUserState = 'member' | 'inactive' | 'pending';

export type DomainGrade = 'affiliation' | 'ownership';

export type DomainJoinPolicy = 'none' | 'request' | 'join';

export type DomainKind = 'host' | 'email';

export type DomainStatus = 'unverified' | 'pending' | 'verified' | 'failing';

export type EntitlementSource = 'plan' | 'subscription' | 'add_on' | 'override' | 'organization' | 'not_sold_separately';

export type EventSinkName = 'http' | 'storage';

export type ExportedUsage = 'events' | 'days' | 'requests' | 'request-days';

export type FileFormat = 'csv' | 'ndjson';

export type GrantSource = 'bought' | 'given';

export type GuardianLinkPurpose = 'consent' | 'withdrawal';

export type ImpersonationScope = 'read' | 'write';

export type InvitationDelivery = 'mail' | 'link';

export type InvitationEventStatus = 'pending' | 'accepted' | 'declined' | 'revoked';

export type InvitationStatus = 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired' | 'void';

export type InvoiceLineKind = 'plan' | 'add_on' | 'usage' | 'other';

export type InvoiceStatus = 'open' | 'paid' | 'void' | 'uncollectible';

export type IssuedAtOrCreatedAtOrder = 'issuedAt' | '-issuedAt' | 'createdAt' | '-createdAt';

export type IssuedAtOrder = 'issuedAt' | '-issuedAt';

export type JobOutcome = 'done' | 'failed' | 'dry_run' | 'already_done' | 'busy' | 'waiting';

export type JobPeriod = 'minute' | 'hour' | 'day' | 'week' | 'month';

export type JobRunStatus = 'done' | 'failed';

export type JoinableOrganizationJoinPolicy = 'request' | 'join';

export type JoinedStatus = 'joined' | 'pending';

export type JoinRequestStatus = 'pending' | 'approved' | 'declined';

export type LegalHoldKind = 'user' | 'organization';

export type MailFailure = 'unreachable' | 'timeout' | 'login_refused' | 'sender_refused' | 'deferred' | 'recipient_refused' | 'content_refused' | 'storage' | 'unreadable' | 'link_expired' | 'withdrawn' | 'recipient_limit' | 'dropped_by_operator' | 'bounced' | 'address_bounced';

export type MailStatus = 'queued' | 'sent' | 'failed' | 'dropped';

export type MailSubject = 'invitation' | 'invoice' | 'credit_note';

export type MemberStatus = 'active' | 'awaiting_consent' | 'guardian_access_closed';

export type MeterKind = 'gauge' | 'counter' | 'concurrent';

export type OrganizationExportStatus = 'queued' | 'running' | 'ready' | 'failed' | 'canceled' | 'expired';

export type OrganizationImportStatus = 'queued' | 'running' | 'restored' | 'failed';

export type OrganizationStatus = 'pending' | 'trial' | 'active' | 'suspended' | 'cancelled';

export type PendingPurchaseWaitsFor = 'approval' | 'payment';

export type ProvisioningStatus = 'success' | 'partial_success' | 'failed';

export type ProvisioningStep = 'validate' | 'admin_user' | 'default_settings' | 'plan_features' | 'verified' | 'welcome_email';

export type ReservationStatus = 'open' | 'committed' | 'released' | 'expired';

export type SamlSettingsKeyRotation = 'begin' | 'finish' | 'cancel';

export type ServiceKeyStatus = 'active' | 'expired';

export type ServiceScope = 'access:check' | 'entitlements:read' | 'members:read' | 'settings:read' | 'settings:write' | 'tenant:read' | 'usage:read' | 'usage:report';

export type SettledAtOrder = 'settledAt' | '-settledAt';

export type SettlementMethod = 'paid_out' | 'written_off';

export type SignInMethod = 'password' | 'mail' | 'passkey' | 'provider' | 'sso';

export type SsoConnectionClientAuth = 'client_secret' | 'private_key_jwt' | 'none';

export type SsoConnectionProtocol = 'oidc' | 'saml';

export type SubscriptionPreviewWaitsFor = 'approval' | 'payment' | 'checkout';

export type SubscriptionProvider = 'manual' | 'stripe';

export type SubscriptionStatus = 'trialing' | 'active' | 'past_due' | 'unpaid' | 'canceled' | 'paused';

export type TenantUsageOrder = 'percent' | '-percent' | 'used' | '-used';

export type UsageGrouping = 'day' | 'endpoint' | 'user' | 'key';

export type UsagePriceModel = 'per_unit' | 'package' | 'graduated' | 'volume';

export type WebhookDeliveryStatus = 'pending' | 'delivered' | 'failed';

export type WebhookDisabledReason = 'gone' | 'failing' | 'not_permitted';

export type WebhookResult = 'accepted' | 'refused' | 'timeout' | 'unreachable' | 'address_refused' | 'unreadable';

export type WebhookSignature = 'symmetric' | 'ed25519';

/** A stable code for programs */
export type ProblemCode = 'access_denied' | 'account_exists' | 'account_locked' | 'account_login_required' | 'account_needed' | 'account_not_linked' | 'account_proof_needed' | 'add_on_not_sold' | 'address_elsewhere' | 'address_not_allowed' | 'age_not_asked' | 'already_canceled' | 'already_member' | 'already_subscribed' | 'already_under_legal_hold' | 'amount_too_large' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'balance_exceeded' | 'birth_month_in_the_future' | 'body_too_large' | 'breached_password' | 'break_glass_mailed_recently' | 'built_in_role' | 'cancellation_scheduled' | 'change_in_progress' | 'checkout_required' | 'code_mailed_recently' | 'code_needed' | 'collected_elsewhere' | 'consent_not_needed' | 'consent_text_changed' | 'credit_exceeds' | 'css_busy' | 'css_too_complex' | 'currency_fixed' | 'custom_settings_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_name_taken' | 'directory_token_refused' | 'dns_unavailable' | 'document_elsewhere' | 'documents_busy' | 'domain_exists' | 'domain_not_proved' | 'domain_not_verified' | 'duplicate_address' | 'email_domain_not_allowed' | 'email_not_verified' | 'email_taken' | 'erasure_not_found' | 'event_id_reused' | 'event_type_not_permitted' | 'events_missing' | 'expiry_in_the_past' | 'export_file_missing' | 'export_link_invalid' | 'export_not_ready' | 'export_running' | 'feature_disabled' | 'feature_not_in_plan' | 'foreign_address' | 'gauge_too_low' | 'guardian_access_closed' | 'guardian_link_not_found' | 'held_subject_not_found' | 'http_error' | 'idempotency_key_reused' | 'identity_account_refused' | 'identity_client_refused' | 'identity_declined' | 'identity_expired' | 'identity_incomplete' | 'identity_malformed' | 'identity_mixed_up_issuer' | 'identity_not_decryptable' | 'identity_not_valid_yet' | 'identity_provider_unavailable' | 'identity_signature_wrapped' | 'identity_taken' | 'identity_unknown_key' | 'identity_unsigned' | 'identity_wrong_algorithm' | 'identity_wrong_audience' | 'identity_wrong_code' | 'identity_wrong_issuer' | 'identity_wrong_nonce' | 'identity_wrong_recipient' | 'identity_wrong_request' | 'identity_wrong_signature' | 'identity_wrong_subject' | 'identity_xml_comment' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_break_glass_link' | 'invalid_byte_range' | 'invalid_credentials' | 'invalid_cursor' | 'invalid_domain' | 'invalid_events' | 'invalid_factor_undo_token' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_job_period' | 'invalid_logout_token' | 'invalid_mail_sign_in' | 'invalid_mfa_token' | 'invalid_override' | 'invalid_passkey' | 'invalid_passkey_registration' | 'invalid_passkey_undo_token' | 'invalid_range' | 'invalid_refresh_token' | 'invalid_requests' | 'invalid_reset_token' | 'invalid_signature' | 'invalid_tax_id' | 'invalid_tenant' | 'invalid_token' | 'invalid_undo_token' | 'invalid_utf8' | 'invalid_verification_token' | 'invalid_webhook_url' | 'invitation_accepted' | 'invitation_closed' | 'invitation_declined' | 'invitation_expired' | 'invitation_for_other_address' | 'invitation_not_found' | 'invitation_revoked' | 'invitation_void' | 'invoice_closed' | 'invoice_not_creditable' | 'invoices_open' | 'invoices_overdue' | 'join_request_decided' | 'join_request_pending' | 'last_operator' | 'last_owner' | 'last_sign_in_method' | 'last_sso_connection' | 'lease_over' | 'legal_hold_not_found' | 'mail_content_erased' | 'mail_link_expired' | 'mail_not_found' | 'mail_sent' | 'mailbox_proof_needed' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'metrics_token_required' | 'mode_not_available' | 'no_consent' | 'no_dry_run' | 'no_owner' | 'no_seat_left' | 'no_second_factor' | 'no_version' | 'no_way_in' | 'nobody_to_impersonate' | 'not_a_member' | 'not_billed' | 'not_for_sale' | 'not_found' | 'not_offered' | 'not_ready' | 'not_sold' | 'nothing_pending' | 'nothing_to_resume' | 'only_for_email_domains' | 'operator_account' | 'operator_not_eligible' | 'operator_not_found' | 'operator_second_factor_required' | 'organization_cancelled' | 'organization_deleted' | 'organization_export_running' | 'organization_import_not_found' | 'organization_in_maintenance' | 'organization_not_deleted' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'own_address' | 'own_password' | 'own_role' | 'own_second_factor' | 'owner_required' | 'passkey_counter_regressed' | 'passkey_exists' | 'passkey_origin_refused' | 'password_expired' | 'payment_refused' | 'permission_not_for_keys' | 'personal_key' | 'plan_needed' | 'policy_refuses_you' | 'precondition_failed' | 'prepaid_exceeds' | 'price_differs' | 'price_missing' | 'provider_email_needed' | 'provider_refused' | 'provider_sign_up_closed' | 'provider_unavailable' | 'provider_visit_connection_changed' | 'provider_visit_expired' | 'provider_visit_other_page' | 'provider_visit_other_provider' | 'provider_visit_other_purpose' | 'provider_visit_other_session' | 'provider_visit_unknown_state' | 'provider_visit_used' | 'public_email_domain' | 'quota_exceeded' | 'recent_login_required' | 'reference_not_found' | 'refresh_token_reused' | 'registration_closed' | 'remove_yourself' | 'repeated_header' | 'request_running' | 'reservation_closed' | 'reserved_slug' | 'return_address_not_allowed' | 'role_exists' | 'role_in_use' | 'role_not_joinable' | 'role_too_high' | 'rotation_required' | 'saml_settings_refused' | 'seats_included' | 'second_factor_exists' | 'second_factor_needed' | 'second_factor_required' | 'security_setting' | 'service_key_not_found' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sign_in_method_off' | 'slug_taken' | 'sso_address_not_proved' | 'sso_connection_not_tested' | 'sso_issuer_not_allowed' | 'sso_member_above_author' | 'sso_required' | 'sso_role_not_grantable' | 'storage_unavailable' | 'team_name_taken' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_few_seats' | 'too_many_add_ons' | 'too_many_claims' | 'too_many_decimals' | 'too_many_directories' | 'too_many_directory_tokens' | 'too_many_domains' | 'too_many_exports' | 'too_many_imports' | 'too_many_integrations' | 'too_many_passkeys' | 'too_many_requests' | 'too_many_roles' | 'too_many_running_requests' | 'too_many_seats' | 'too_many_setup_links' | 'too_many_sso_connections' | 'too_many_webhooks' | 'trial_end_in_past' | 'two_credentials' | 'unavailable' | 'under_legal_hold' | 'unknown_add_on' | 'unknown_event_type' | 'unknown_feature' | 'unknown_job' | 'unknown_line' | 'unknown_meter' | 'unknown_override' | 'unknown_permission' | 'unknown_plan' | 'unknown_role' | 'unknown_team' | 'unsupported_media_type' | 'usage_over_limits' | 'user_name_taken' | 'user_not_found' | 'user_required' | 'validation_failed' | 'version_conflict' | 'weak_password' | 'webhook_disabled' | 'wrong_code' | 'wrong_meter' | 'wrong_password' | 'wrong_tenant_state';

/** The role lacks the permission or rank in `needed`. Ask for a role that has it. */
export type AccessDeniedProblem = Problem & {
  /** The code of the problem */
  code: 'access_denied';
  /** The permission, rank or condition that the caller lacks */
  needed: string;
};

/** A mailed invitation is accepted with a new account, but a verified account has the address. Sign in, and then accept. */
export type AccountExistsProblem = Problem & {
  /** The code of the problem */
  code: 'account_exists';
};

/** Too many wrong passwords for this account from your network, or wrong codes. Wait for `Retry-After` seconds, or reset the password. */
export type AccountLockedProblem = Problem & {
  /** The code of the problem */
  code: 'account_locked';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The session began with the single sign-on of an organization, and the request is about another one or about the account (single sign-on). Send the password or a code to `POST /auth/reauthenticate`, and repeat the request. */
export type AccountLoginRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'account_login_required';
};

/** An invitation is accepted without a session and without name and password. Sign in, or send name and password. */
export type AccountNeededProblem = Problem & {
  /** The code of the problem */
  code: 'account_needed';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** An account has the address that the identity provider has verified, and its user has not linked it. Sign in another way, and link it (social-sign-in.md). */
export type AccountNotLinkedProblem = Problem & {
  /** The code of the problem */
  code: 'account_not_linked';
};

/** The verification link proves the mailbox, but nothing proves the account. Send the access token or the `password` of the account. */
export type AccountProofNeededProblem = Problem & {
  /** The code of the problem */
  code: 'account_proof_needed';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** The add-on is not sold with this plan, for this interval, or in the currency of the subscription. `GET /billing/plans` lists its plans and prices. */
export type AddOnNotSoldProblem = Problem & {
  /** The code of the problem */
  code: 'add_on_not_sold';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The address for the code is not at the domain. Choose an address at the domain. */
export type AddressElsewhereProblem = Problem & {
  /** The code of the problem */
  code: 'address_elsewhere';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The network address is not on the allow-list of the organization or the key. Ask the administrator of the list. */
export type AddressNotAllowedProblem = Problem & {
  /** The code of the problem */
  code: 'address_not_allowed';
};

/** The catalog names no age, the role is not for minors, or the age was stated before. Nothing. */
export type AgeNotAskedProblem = Problem & {
  /** The code of the problem */
  code: 'age_not_asked';
};

/** The subscription has ended. Choose a plan to start again. */
export type AlreadyCanceledProblem = Problem & {
  /** The code of the problem */
  code: 'already_canceled';
};

/** The user is a member. When inviting, `emails` lists these members and nobody was invited. Change the role instead, or leave these addresses out. */
export type AlreadyMemberProblem = Problem & {
  /** The code of the problem */
  code: 'already_member';
  /** The addresses */
  emails?: string[];
};

/** The organization has a paid subscription. Change it with `PATCH O/subscription`. */
export type AlreadySubscribedProblem = Problem & {
  /** The code of the problem */
  code: 'already_subscribed';
};

/** The user or the organization is under a legal hold (operators only). Release it before you place another one. */
export type AlreadyUnderLegalHoldProblem = Problem & {
  /** The code of the problem */
  code: 'already_under_legal_hold';
};

/** An amount is larger than 9007199254740991 minor units. Choose a smaller quantity. */
export type AmountTooLargeProblem = Problem & {
  /** The code of the problem */
  code: 'amount_too_large';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The API key is disabled. Ask a member with `api_keys:write` to enable it. */
export type ApiKeyDisabledProblem = Problem & {
  /** The code of the problem */
  code: 'api_key_disabled';
};

/** The API key or service key has expired. Create another one; rotate keys before they expire. */
export type ApiKeyExpiredProblem = Problem & {
  /** The code of the problem */
  code: 'api_key_expired';
};

/** The member who granted the API key no longer has the permission that the request requires. Ask a member who has it to rotate the key: `POST …/api-keys/:id/rotate`. */
export type ApiKeyNeedsReviewProblem = Problem & {
  /** The code of the problem */
  code: 'api_key_needs_review';
  /** The permission that is missing */
  permission: string;
};

/** The request has no credential. Send `Authorization: Bearer …`. */
export type AuthenticationRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'authentication_required';
};

/** Your permissions were reduced while the request ran. Nothing was changed. Send the request again; it is judged with the present permissions. */
export type AuthorityChangedProblem = Problem & {
  /** The code of the problem */
  code: 'authority_changed';
};

/** The role is for minors, and no guardian has consented (consent). Call `POST O/consent/request`, or ask an administrator to record the consent. */
export type AwaitingConsentProblem = Problem & {
  /** The code of the problem */
  code: 'awaiting_consent';
};

/** The amount to settle exceeds the balance. Use the amount in `errors`, or less. */
export type BalanceExceededProblem = Problem & {
  /** The code of the problem */
  code: 'balance_exceeded';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The month of birth is in the future. Send the month of birth. */
export type BirthMonthInTheFutureProblem = Problem & {
  /** The code of the problem */
  code: 'birth_month_in_the_future';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The body is larger than 1 MiB. Send less. */
export type BodyTooLargeProblem = Problem & {
  /** The code of the problem */
  code: 'body_too_large';
};

/** The password is in a list of passwords that were stolen elsewhere. Choose another one. */
export type BreachedPasswordProblem = Problem & {
  /** The code of the problem */
  code: 'breached_password';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** A link to regain access was mailed to you less than five minutes ago. Use it, or wait for `Retry-After` seconds. */
export type BreakGlassMailedRecentlyProblem = Problem & {
  /** The code of the problem */
  code: 'break_glass_mailed_recently';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** Roles of the catalog cannot be changed in an organization. Create a custom role. */
export type BuiltInRoleProblem = Problem & {
  /** The code of the problem */
  code: 'built_in_role';
};

/** A change would begin with the next period, but the subscription is canceled and ends before. Resume the subscription first. */
export type CancellationScheduledProblem = Problem & {
  /** The code of the problem */
  code: 'cancellation_scheduled';
};

/** The payment provider is carrying out another change of the subscription, or a checkout page is being created. Read the subscription, and repeat the request if it is still needed. */
export type ChangeInProgressProblem = Problem & {
  /** The code of the problem */
  code: 'change_in_progress';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The organization has no payment method at the provider yet. Call `POST O/billing/checkout` and open its `url`. */
export type CheckoutRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'checkout_required';
};

/** A code was mailed less than a minute ago. Wait for the mail. */
export type CodeMailedRecentlyProblem = Problem & {
  /** The code of the problem */
  code: 'code_mailed_recently';
};

/** The account has a second factor, and the call has no code. Send `code`. */
export type CodeNeededProblem = Problem & {
  /** The code of the problem */
  code: 'code_needed';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** The payment provider collects this subscription, so it cannot be changed manually. Change it at the provider. */
export type CollectedElsewhereProblem = Problem & {
  /** The code of the problem */
  code: 'collected_elsewhere';
};

/** The member does not await the consent of a guardian. Nothing. */
export type ConsentNotNeededProblem = Problem & {
  /** The code of the problem */
  code: 'consent_not_needed';
};

/** The text of the consent is not the one that was shown. Call `POST /consent/preview`, and show the text again. */
export type ConsentTextChangedProblem = Problem & {
  /** The code of the problem */
  code: 'consent_text_changed';
};

/** A credit note credits more of a line than remains. Use the amount in `errors`, or less. */
export type CreditExceedsProblem = Problem & {
  /** The code of the problem */
  code: 'credit_exceeds';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** Other custom CSS of the organization is being checked, or that of too many organizations. Try again in a few seconds. */
export type CssBusyProblem = Problem & {
  /** The code of the problem */
  code: 'css_busy';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The custom CSS could not be checked within 25 seconds. Send less CSS, or try again later. */
export type CssTooComplexProblem = Problem & {
  /** The code of the problem */
  code: 'css_too_complex';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** A paid period keeps its currency. Leave `currency` out, or choose it for the purchase after the subscription has ended. */
export type CurrencyFixedProblem = Problem & {
  /** The code of the problem */
  code: 'currency_fixed';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The document would be larger than 64 KiB. Remove entries with null. */
export type CustomSettingsTooLargeProblem = Problem & {
  /** The code of the problem */
  code: 'custom_settings_too_large';
  /** The size of the document, in bytes */
  bytes: number;
  /** The largest size that is accepted, in bytes */
  maxBytes: number;
};

/** The requests of the organization have held database connections for longer than its plan allows (`limit`, in milliseconds per second). Wait for `Retry-After` seconds, and send fewer or smaller requests. */
export type DatabaseTimeExceededProblem = Problem & {
  /** The code of the problem */
  code: 'database_time_exceeded';
  /** The limit */
  limit: number;
  /** The seconds after which to try again */
  retryAfter: number;
};

/** Something that the request needs, such as the account or a member, was deleted while the request ran. Nothing was changed. Read it again before you repeat the request. */
export type DeletedMeanwhileProblem = Problem & {
  /** The code of the problem */
  code: 'deleted_meanwhile';
};

/** A directory with this name exists. Choose another name. */
export type DirectoryNameTakenProblem = Problem & {
  /** The code of the problem */
  code: 'directory_name_taken';
};

/** The token of a directory calls a route outside of `/scim/v2`. Call it as a user, or with an API key of the organization. */
export type DirectoryTokenRefusedProblem = Problem & {
  /** The code of the problem */
  code: 'directory_token_refused';
};

/** The DNS does not answer. Try again later. */
export type DnsUnavailableProblem = Problem & {
  /** The code of the problem */
  code: 'dns_unavailable';
};

/** The payment provider has issued the invoice; tenantry has no PDF or HTML of it. Open the `url` of the invoice. */
export type DocumentElsewhereProblem = Problem & ({
  /** The code of the problem */
  code: 'document_elsewhere';
  /** The address of the document. `null`: there is none. */
  url: string | null;
});

/** Too many PDF documents are being written. Retry after the time in `Retry-After`. */
export type DocumentsBusyProblem = Problem & {
  /** The code of the problem */
  code: 'documents_busy';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The organization has added this domain before. Verify the existing one. */
export type DomainExistsProblem = Problem & {
  /** The code of the problem */
  code: 'domain_exists';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** The DNS does not return the TXT record yet. Add it, wait, and try again. */
export type DomainNotProvedProblem = Problem & {
  /** The code of the problem */
  code: 'domain_not_proved';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The verification of the domain is not sufficient for this join policy. Call `POST /tenant/domains/:id/verify`. */
export type DomainNotVerifiedProblem = Problem & {
  /** The code of the problem */
  code: 'domain_not_verified';
};

/** One call invites the same address twice. Send each address once. */
export type DuplicateAddressProblem = Problem & {
  /** The code of the problem */
  code: 'duplicate_address';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The organization allows only members with addresses at certain domains. Use such an address. */
export type EmailDomainNotAllowedProblem = Problem & {
  /** The code of the problem */
  code: 'email_domain_not_allowed';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The address of the account is not verified. Call `POST /auth/email/resend` and follow the link. */
export type EmailNotVerifiedProblem = Problem & {
  /** The code of the problem */
  code: 'email_not_verified';
};

/** Another account has verified the address. Sign in to that account. */
export type EmailTakenProblem = Problem & {
  /** The code of the problem */
  code: 'email_taken';
};

/** The erasure does not exist (operators only). `GET /platform/erasures` lists the erasures. */
export type ErasureNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'erasure_not_found';
};

/** The id of a consumption belongs to another event. In the answer to a report of events: the id of an event in `conflicts`. Use a unique id for each event. */
export type EventIdReusedProblem = Problem & {
  /** The code of the problem */
  code: 'event_id_reused';
  /** The id */
  id: string;
};

/** A webhook would send events that the caller may not read, or it sends such events, and the caller changes where they go. Name other types in `eventTypes`, or ask a member who has the permissions that the answer lists (webhooks.md). */
export type EventTypeNotPermittedProblem = Problem & {
  /** The code of the problem */
  code: 'event_type_not_permitted';
  /** The permissions that you need and do not have */
  permissions: string[];
};

/** The log of events has not all events after the position `after`: they are older than 30 days, occurred while nobody read the log, or the position is from another log. Read the resources themselves, and then the events with `after=0` (webhooks.md). */
export type EventsMissingProblem = Problem & {
  /** The code of the problem */
  code: 'events_missing';
};

/** The expiry of the key or grant is in the past. Choose a later time. */
export type ExpiryInThePastProblem = Problem & {
  /** The code of the problem */
  code: 'expiry_in_the_past';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** This server cannot read the file of the export. The operator sets `STORAGE_URL` to a storage that all replicas share (backup.md). */
export type ExportFileMissingProblem = Problem & {
  /** The code of the problem */
  code: 'export_file_missing';
};

/** The link to the file of an export is invalid or has expired, its maker may not export the organization any longer, or the file was deleted. Make a new link: `POST O/exports/:exportId/link`. */
export type ExportLinkInvalidProblem = Problem & {
  /** The code of the problem */
  code: 'export_link_invalid';
};

/** The export has no file: it is not ready, has failed, was canceled, or its file has expired. Read its status: `GET O/exports/:exportId`. */
export type ExportNotReadyProblem = Problem & {
  /** The code of the problem */
  code: 'export_not_ready';
};

/** Another export of your data runs. Wait until it is answered. */
export type ExportRunningProblem = Problem & {
  /** The code of the problem */
  code: 'export_running';
};

/** The organization has switched the feature off. Switch it on with `PATCH /tenant/features`. */
export type FeatureDisabledProblem = Problem & {
  /** The code of the problem */
  code: 'feature_disabled';
  /** The key of the feature */
  feature: string;
};

/** The plan does not include the feature. Change the plan. `GET /tenant/features` lists the features of the plan. */
export type FeatureNotInPlanProblem = Problem & {
  /** The code of the problem */
  code: 'feature_not_in_plan';
  /** The key of the feature */
  feature: string;
  /** The key of the plan */
  plan: string;
  /** The plans that include the feature */
  available?: string[];
};

/** The redirect URL does not start with `APP_URL`. Use a URL of your front end. */
export type ForeignAddressProblem = Problem & {
  /** The code of the problem */
  code: 'foreign_address';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** More units of a gauge would be released than are in use. Release less. `GET /tenant/limits` shows the usage. */
export type GaugeTooLowProblem = Problem & {
  /** The code of the problem */
  code: 'gauge_too_low';
  /** The key of the meter */
  meter: string;
};

/** The organization gives guardians no access (`allow_parent_access`). Ask its administrators. */
export type GuardianAccessClosedProblem = Problem & {
  /** The code of the problem */
  code: 'guardian_access_closed';
};

/** The link of a guardian does not exist, was used or replaced, or has expired. Ask for a new link. */
export type GuardianLinkNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'guardian_link_not_found';
};

/** The user or the organization that is to be held does not exist (operators only). Check the id. */
export type HeldSubjectNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'held_subject_not_found';
};

/** The framework refused the request with a status that has no code of its own. See the status. */
export type HttpErrorProblem = Problem & {
  /** The code of the problem */
  code: 'http_error';
};

/** Another body or query was sent with this `Idempotency-Key`. Send a new key for each operation (idempotency.md). */
export type IdempotencyKeyReusedProblem = Problem & {
  /** The code of the problem */
  code: 'idempotency_key_reused';
};

/** This account cannot sign in with this provider. Sign in another way. */
export type IdentityAccountRefusedProblem = Problem & {
  /** The code of the problem */
  code: 'identity_account_refused';
};

/** The provider does not accept the client, for example because its secret is wrong. Begin again. */
export type IdentityClientRefusedProblem = Problem & {
  /** The code of the problem */
  code: 'identity_client_refused';
};

/** The provider refused to sign the user in, or the user cancelled. Begin again. */
export type IdentityDeclinedProblem = Problem & {
  /** The code of the problem */
  code: 'identity_declined';
};

/** The ID token or the SAML assertion has expired (`exp`, `NotOnOrAfter`). Begin again. */
export type IdentityExpiredProblem = Problem & {
  /** The code of the problem */
  code: 'identity_expired';
};

/** The answer of the provider lacks a required part. Begin again. */
export type IdentityIncompleteProblem = Problem & {
  /** The code of the problem */
  code: 'identity_incomplete';
};

/** The answer of the provider cannot be parsed, or contains parts that are not allowed. Begin again. */
export type IdentityMalformedProblem = Problem & {
  /** The code of the problem */
  code: 'identity_malformed';
};

/** The authorization response comes from another issuer than the one that was visited (`iss`, RFC 9207). Begin again. */
export type IdentityMixedUpIssuerProblem = Problem & {
  /** The code of the problem */
  code: 'identity_mixed_up_issuer';
};

/** The SAML assertion is not encrypted for the certificate of the connection. Begin again. */
export type IdentityNotDecryptableProblem = Problem & {
  /** The code of the problem */
  code: 'identity_not_decryptable';
};

/** The ID token or the SAML assertion is not valid yet (`nbf`, `NotBefore`). Begin again. */
export type IdentityNotValidYetProblem = Problem & {
  /** The code of the problem */
  code: 'identity_not_valid_yet';
};

/** The identity provider does not answer, or not as OpenID Connect demands. Try again, or sign in another way. The log of the server contains the reason. */
export type IdentityProviderUnavailableProblem = Problem & {
  /** The code of the problem */
  code: 'identity_provider_unavailable';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The SAML response looks like an attack by signature wrapping (XSW): it has two assertions, two responses, a repeated ID, or a signature in another place. Begin again. */
export type IdentitySignatureWrappedProblem = Problem & {
  /** The code of the problem */
  code: 'identity_signature_wrapped';
};

/** The account at the identity provider is linked to another account. Sign in to the other account, and unlink it there. */
export type IdentityTakenProblem = Problem & {
  /** The code of the problem */
  code: 'identity_taken';
};

/** The ID token or the SAML assertion is signed with a key or a certificate that does not belong to the provider. Begin again. */
export type IdentityUnknownKeyProblem = Problem & {
  /** The code of the problem */
  code: 'identity_unknown_key';
};

/** The ID token or the SAML assertion has no signature. Begin again. */
export type IdentityUnsignedProblem = Problem & {
  /** The code of the problem */
  code: 'identity_unsigned';
};

/** The ID token or the SAML response uses an algorithm that is not accepted, such as SHA-1, HMAC, or one that the provider does not announce. Begin again. */
export type IdentityWrongAlgorithmProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_algorithm';
};

/** The ID token or the SAML assertion was issued for another audience (`aud`, `azp`, `Audience`). Begin again. */
export type IdentityWrongAudienceProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_audience';
};

/** The provider does not accept the authorization code. Begin again. */
export type IdentityWrongCodeProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_code';
};

/** The ID token or the SAML assertion was issued by another issuer than that of the connection (`iss`, `Issuer`). Begin again. */
export type IdentityWrongIssuerProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_issuer';
};

/** The ID token belongs to another sign-in (`nonce`). Begin again. */
export type IdentityWrongNonceProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_nonce';
};

/** The SAML response was sent to another address (`Recipient`, `Destination`). Begin again. */
export type IdentityWrongRecipientProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_recipient';
};

/** The SAML response answers another request, or none (`InResponseTo`). Begin again. */
export type IdentityWrongRequestProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_request';
};

/** The signature of the ID token or of the SAML assertion does not match. Begin again. */
export type IdentityWrongSignatureProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_signature';
};

/** The parts of the answer name different users, or no user who can be recognized again. Begin again. */
export type IdentityWrongSubjectProblem = Problem & {
  /** The code of the problem */
  code: 'identity_wrong_subject';
};

/** The SAML response contains a comment or a CDATA section. Begin again. */
export type IdentityXmlCommentProblem = Problem & {
  /** The code of the problem */
  code: 'identity_xml_comment';
};

/** An operator who acts as the user cannot do this. Only the user can. */
export type ImpersonationForbiddenProblem = Problem & {
  /** The code of the problem */
  code: 'impersonation_forbidden';
};

/** The impersonation only reads. Start one with the scope `write`. */
export type ImpersonationReadOnlyProblem = Problem & {
  /** The code of the problem */
  code: 'impersonation_read_only';
};

/** The state of the subscription does not allow the change. Read the subscription. billing.md lists the allowed transitions. */
export type ImpossibleTransitionProblem = Problem & {
  /** The code of the problem */
  code: 'impossible_transition';
  /** The present state */
  from: SubscriptionStatus;
  /** The state that was asked for */
  to: SubscriptionStatus;
};

/** Numbers of the body exceed the range or the precision of a double (`1e400`, `9007199254740993`), so they would be stored as other numbers. `errors` lists their places. Send fewer digits, a smaller exponent, or a text. */
export type InexactNumberProblem = Problem & {
  /** The code of the problem */
  code: 'inexact_number';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** An error of the server. The log has the cause under the `requestId`. Report it with the `requestId`. */
export type InternalErrorProblem = Problem & {
  /** The code of the problem */
  code: 'internal_error';
};

/** The API key or service key does not exist, was revoked, or its member has left. Check the key, or create another one. */
export type InvalidApiKeyProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_api_key';
};

/** The link to regain access was used, replaced or sent to another owner, or has expired. Call `POST /tenant/security/break-glass`. */
export type InvalidBreakGlassLinkProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_break_glass_link';
};

/** The file has no byte of the range in `Range`. Compare the range with the size of the file in `Content-Range`, or download the whole file. */
export type InvalidByteRangeProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_byte_range';
};

/** The address or the password is wrong. Try again, or reset the password. */
export type InvalidCredentialsProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_credentials';
};

/** The cursor does not belong to this list, order, filters and organization. Start again without `cursor`. */
export type InvalidCursorProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_cursor';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The domain is not a domain name, or is an IP address, a public suffix, or a domain of the platform. Send a name such as `learn.example.com`. */
export type InvalidDomainProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_domain';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** Events are invalid, so none was counted. `errors` points to each, with one of these codes: `unknown_meter`, `wrong_meter`, `not_positive`, `not_negative` (of a correction), `subject_required`, `too_late`, `in_the_future`, `correction_unknown`, `correction_too_much`, `correction_whole_only`, `correction_too_late`, `too_many_decimals`. For a CloudEvent also: `unsupported_specversion`, `attribute_required`, `attribute_too_long`, `invalid_attribute`, `invalid_attribute_name`, `unsupported_datacontenttype`, `invalid_data`, `unknown_field`, `invalid_event`. Correct or remove these events (usage.md), and send the batch again. */
export type InvalidEventsProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_events';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The link that undoes a new second factor was used or has expired, or the second factor or the address of the account has changed since it was mailed. Open the link in the newest mail about a second factor. Without one, ask an operator. */
export type InvalidFactorUndoTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_factor_undo_token';
};

/** The request has two `Host` or `X-Forwarded-Host` headers, or one of `Host`, `X-Forwarded-Host` from a trusted proxy and the request target is not one host. Send one `Host` header with the name that you connect to. */
export type InvalidHostProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_host';
};

/** `Idempotency-Key` is empty, has more than 255 characters, or characters that are not printable ASCII. Send a new UUID for each operation (idempotency.md). */
export type InvalidIdempotencyKeyProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_idempotency_key';
};

/** The period is not valid for the job, or has not begun (`tenantry job:run --period`). `detail` shows the format. */
export type InvalidJobPeriodProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_job_period';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** An identity provider reported a sign-out with a token that is not signed by it, has expired, or names no user (single sign-on). Let the provider send `sub`, and compare the issuer and the client id. */
export type InvalidLogoutTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_logout_token';
};

/** The link or code of a sign-in by mail is wrong, was used, or has expired, or five codes were tried with the request. Ask for another mail: `POST /auth/mail/start`. */
export type InvalidMailSignInProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_mail_sign_in';
};

/** The login waited more than five minutes for its second factor, was completed, or ended with a change of the password, the second factor or the sessions. Sign in again. */
export type InvalidMfaTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_mfa_token';
};

/** The value of an override is invalid. `detail` describes valid values. */
export type InvalidOverrideProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_override';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The answer of the authenticator is not accepted: its passkey is unknown or of another user, its challenge was used or has expired, it is for another page or session, or the device has not verified its user. Ask for a new challenge (`POST /auth/passkeys/challenge`). */
export type InvalidPasskeyProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_passkey';
};

/** The answer of the authenticator to a registration is not accepted. Ask for new options (`POST /auth/passkeys/options`). */
export type InvalidPasskeyRegistrationProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_passkey_registration';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The link was used, has expired, or the address has changed since. Sign in, and remove the passkey. */
export type InvalidPasskeyUndoTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_passkey_undo_token';
};

/** `from` is not before `to`, or is more than 400 days before it; or `to` is after the year 9999. Choose another range. */
export type InvalidRangeProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_range';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The refresh token is unknown, or its session has ended. Sign in again. */
export type InvalidRefreshTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_refresh_token';
};

/** Reported requests are invalid, so none was logged. `errors` points to each, with `too_late`, `in_the_future` or `unknown_member`. Correct or remove these requests (usage.md), and send the batch again. */
export type InvalidRequestsProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_requests';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The password reset link, or another one of the account, was used, or it has expired. Call `POST /auth/password/forgot`. */
export type InvalidResetTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_reset_token';
};

/** A webhook event is not signed with the secret of this endpoint, or is too old. Check `STRIPE_WEBHOOK_SECRET` and the clock of the server. */
export type InvalidSignatureProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_signature';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The tax id decides which tax applies, and does not have the form of the country of the billing address. Write it with its prefix and all digits, send it together with the address, or remove it. */
export type InvalidTaxIdProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_tax_id';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** A header or path names an organization by something that is not a valid id or slug. Send a UUID or a slug. */
export type InvalidTenantProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_tenant';
};

/** The access token was not issued by this installation. Sign in again. */
export type InvalidTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_token';
};

/** The link that undoes a change of address was used or has expired. Call `POST /auth/password/forgot`. */
export type InvalidUndoTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_undo_token';
};

/** The body is not valid UTF-8. Encode the body as UTF-8. */
export type InvalidUtf8Problem = Problem & {
  /** The code of the problem */
  code: 'invalid_utf8';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The verification link, or another one of the account, was used, or it has expired. Call `POST /auth/email/resend`. */
export type InvalidVerificationTokenProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_verification_token';
};

/** The URL of a webhook is not `https`, has credentials, a fragment or another port than 443 and 8443, or its host is not one of the public internet. Send the public address of the receiver (webhooks.md). */
export type InvalidWebhookUrlProblem = Problem & {
  /** The code of the problem */
  code: 'invalid_webhook_url';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The invitation was accepted by another account, or you are no longer a member. Sign in. */
export type InvitationAcceptedProblem = Problem & {
  /** The code of the problem */
  code: 'invitation_accepted';
};

/** The invitation was used or renewed at the same time. Open it again, or ask for a new one. */
export type InvitationClosedProblem = Problem & {
  /** The code of the problem */
  code: 'invitation_closed';
};

/** The invitation was declined. Ask for a new invitation. */
export type InvitationDeclinedProblem = Problem & {
  /** The code of the problem */
  code: 'invitation_declined';
};

/** The invitation has expired. Ask for a new invitation. */
export type InvitationExpiredProblem = Problem & {
  /** The code of the problem */
  code: 'invitation_expired';
};

/** The invitation is for another address. Sign in with that address, or ask for a new invitation. */
export type InvitationForOtherAddressProblem = Problem & {
  /** The code of the problem */
  code: 'invitation_for_other_address';
};

/** The link does not belong to an invitation. Check the link, or ask for a new invitation. */
export type InvitationNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'invitation_not_found';
};

/** The invitation was revoked or replaced. Ask for a new invitation. */
export type InvitationRevokedProblem = Problem & {
  /** The code of the problem */
  code: 'invitation_revoked';
};

/** The member who sent the invitation has left, is disabled, or can no longer invite in its role (access.md). Ask for a new invitation. */
export type InvitationVoidProblem = Problem & {
  /** The code of the problem */
  code: 'invitation_void';
};

/** The invoice was paid or closed (`invoiceStatus`). No action is needed. */
export type InvoiceClosedProblem = Problem & {
  /** The code of the problem */
  code: 'invoice_closed';
  /** The status of the invoice */
  invoiceStatus: string;
};

/** The invoice is void or uncollectible, belongs to a purchase that waits for its payment, or is credited in full. No action is needed, or decline the purchase. */
export type InvoiceNotCreditableProblem = Problem & {
  /** The code of the problem */
  code: 'invoice_not_creditable';
  /** The status of the invoice */
  invoiceStatus: string;
};

/** Nothing more can be bought while invoices are open: at a checkout, and where purchases wait for their payment; `invoices` lists them. Pay them, or ask the operator to void them. */
export type InvoicesOpenProblem = Problem & {
  /** The code of the problem */
  code: 'invoices_open';
  /** The numbers of the invoices */
  invoices: string[];
};

/** Nothing more can be bought while invoices are overdue; `invoices` lists them. Pay them first. */
export type InvoicesOverdueProblem = Problem & {
  /** The code of the problem */
  code: 'invoices_overdue';
  /** The numbers of the invoices */
  invoices: string[];
};

/** The join request was answered. No action is needed. */
export type JoinRequestDecidedProblem = Problem & {
  /** The code of the problem */
  code: 'join_request_decided';
};

/** The user has a pending join request. Wait for the answer. */
export type JoinRequestPendingProblem = Problem & {
  /** The code of the problem */
  code: 'join_request_pending';
};

/** No operator who is not disabled would remain. Make another user an operator first. */
export type LastOperatorProblem = Problem & {
  /** The code of the problem */
  code: 'last_operator';
};

/** An organization would have no owner; `organizations` lists them when an account is deleted. Make another member an owner first. */
export type LastOwnerProblem = Problem & {
  /** The code of the problem */
  code: 'last_owner';
  /** The organizations */
  organizations?: {
    /** The id */
    id: string;
    /** The name */
    name: string;
    /** The slug */
    slug: string;
  }[];
};

/** An identity or a passkey is removed, and the account has no other way to sign in that the product offers. Add another one first. `POST /auth/password/forgot` sets a password. */
export type LastSignInMethodProblem = Problem & {
  /** The code of the problem */
  code: 'last_sign_in_method';
};

/** The only enabled connection is to be disabled or deleted, and the members can sign in with single sign-on alone. Enable another connection, or change `ssoRequired` and `signInMethods` first: `PATCH /tenant/security`. */
export type LastSsoConnectionProblem = Problem & {
  /** The code of the problem */
  code: 'last_sso_connection';
};

/** The lease was released, or its heartbeats stopped. Acquire another lease. */
export type LeaseOverProblem = Problem & {
  /** The code of the problem */
  code: 'lease_over';
};

/** The legal hold does not exist, or was released (operators only). `GET /platform/legal-holds` lists the holds. */
export type LegalHoldNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'legal_hold_not_found';
};

/** A mail that was sent or dropped is to be sent again, but its content was erased. Repeat the action that the mail announced. */
export type MailContentErasedProblem = Problem & {
  /** The code of the problem */
  code: 'mail_content_erased';
};

/** A mail whose link or code has expired is to be sent again. Ask for a new link: resend the invitation, or repeat the request that caused the mail. */
export type MailLinkExpiredProblem = Problem & {
  /** The code of the problem */
  code: 'mail_link_expired';
};

/** There is no such mail; mails are deleted after 30 days. `GET /platform/mails` lists the mails. */
export type MailNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'mail_not_found';
};

/** A mail that the mail server has accepted is to be dropped. Nothing: it is delivered. */
export type MailSentProblem = Problem & {
  /** The code of the problem */
  code: 'mail_sent';
};

/** An operator confirms a second factor without the token that was mailed, or it has expired or was used. Send it as `mailedToken`. `POST /auth/mfa/totp` mails another one. */
export type MailboxProofNeededProblem = Problem & {
  /** The code of the problem */
  code: 'mailbox_proof_needed';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** The body is not a JSON object, repeats a key, is nested deeper than 32 levels, has a forbidden key, or has text with NUL or half a surrogate pair; an id in the path is not a UUID; an invitation has both forms or neither; a new operator is named by `email` and `userId`, or by neither. Read `detail` and `errors`, and correct the request. */
export type MalformedRequestProblem = Problem & {
  /** The code of the problem */
  code: 'malformed_request';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The path or the query is not percent-encoded UTF-8: `%FF`, `%C0%A0`, or a `%` without two hexadecimal digits. Encode text as UTF-8 and then with percent signs, as `encodeURIComponent` does. */
export type MalformedTextProblem = Problem & {
  /** The code of the problem */
  code: 'malformed_text';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** An account that its organization manages has no address, is not an owner, and works nowhere else (accounts.md). Use an account with an address. */
export type ManagedAccountProblem = Problem & {
  /** The code of the problem */
  code: 'managed_account';
};

/** The path has no route for this method. Use one of the methods that the header field `Allow` lists. */
export type MethodNotAllowedProblem = Problem & {
  /** The code of the problem */
  code: 'method_not_allowed';
};

/** `GET /metrics` without `METRICS_TOKEN`, or with a wrong one. Send it as the bearer token. */
export type MetricsTokenRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'metrics_token_required';
};

/** The installation has no payment provider. Use the billing mode `none` or `invoice`. */
export type ModeNotAvailableProblem = Problem & {
  /** The code of the problem */
  code: 'mode_not_available';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** No guardian has consented to the membership. Remove the member instead: `DELETE O/members/:userId`. */
export type NoConsentProblem = Problem & {
  /** The code of the problem */
  code: 'no_consent';
};

/** The job also acts outside of the database, so that a dry run could not be undone (`tenantry job:run --dry-run`, `POST /tenants/jobs/:job/run`). Run it without the dry run. */
export type NoDryRunProblem = Problem & {
  /** The code of the problem */
  code: 'no_dry_run';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The organization has no owner who is not disabled, in whose name an operator could make a set-up link. Provision one first: `POST /tenants/:id/provision`. */
export type NoOwnerProblem = Problem & {
  /** The code of the problem */
  code: 'no_owner';
};

/** All seats are occupied. Remove a member or an invitation, buy seats, or change the plan. */
export type NoSeatLeftProblem = Problem & {
  /** The code of the problem */
  code: 'no_seat_left';
  /** The number of seats */
  seats: number;
};

/** The user has no second factor. Call `POST /auth/mfa/totp`. */
export type NoSecondFactorProblem = Problem & {
  /** The code of the problem */
  code: 'no_second_factor';
};

/** The request has `If-Match`, and its path has no `GET` of one resource with an `ETag` (versions.md). Send it without `If-Match`. */
export type NoVersionProblem = Problem & {
  /** The code of the problem */
  code: 'no_version';
};

/** With the new security policy, nobody could get into the organization: the product offers none of its `signInMethods`, they exclude the single sign-on that is required, or no connection is enabled. Accept a way that the product offers, or enable a connection first. */
export type NoWayInProblem = Problem & {
  /** The code of the problem */
  code: 'no_way_in';
};

/** The user is not a member, is disabled, or is an operator. Name another member. */
export type NobodyToImpersonateProblem = Problem & {
  /** The code of the problem */
  code: 'nobody_to_impersonate';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The user in the body is not a member. Name a member. */
export type NotAMemberProblem = Problem & {
  /** The code of the problem */
  code: 'not_a_member';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The billing mode of the organization is `none`: nothing can be bought. Ask the operator to assign a plan. */
export type NotBilledProblem = Problem & {
  /** The code of the problem */
  code: 'not_billed';
};

/** The plan has no price. Ask the operator. */
export type NotForSaleProblem = Problem & {
  /** The code of the problem */
  code: 'not_for_sale';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The route does not exist, or the organization has no such resource. Resources of others are answered in the same way. Check the path, the id and the organization. */
export type NotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'not_found';
};

/** The payment provider has no such page. Pay the invoice as described on it. */
export type NotOfferedProblem = Problem & {
  /** The code of the problem */
  code: 'not_offered';
};

/** `GET /health/ready`: the process is shutting down, or something that requests need does not work. `checks` names it (reliability.md). Send it no requests. */
export type NotReadyProblem = Problem & {
  /** The code of the problem */
  code: 'not_ready';
  /** The result of each check, by its name */
  checks: Record<string, string>;
};

/** The plan has no price for this interval and currency. Choose one of its prices. */
export type NotSoldProblem = Problem & {
  /** The code of the problem */
  code: 'not_sold';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** No purchase waits for the approval. No action is needed. */
export type NothingPendingProblem = Problem & {
  /** The code of the problem */
  code: 'nothing_pending';
};

/** The subscription is not paused and has no scheduled change. No action is needed. */
export type NothingToResumeProblem = Problem & {
  /** The code of the problem */
  code: 'nothing_to_resume';
};

/** Codes and join policies exist only for email domains. Use the TXT record. */
export type OnlyForEmailDomainsProblem = Problem & {
  /** The code of the problem */
  code: 'only_for_email_domains';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The account to delete belongs to an operator. Ask another operator to remove the operator right first. */
export type OperatorAccountProblem = Problem & {
  /** The code of the problem */
  code: 'operator_account';
};

/** The user is unknown or disabled, or has not verified the address. Name another user, or let them verify the address. */
export type OperatorNotEligibleProblem = Problem & {
  /** The code of the problem */
  code: 'operator_not_eligible';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The user is not an operator. `GET /platform/admins` lists the operators. */
export type OperatorNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'operator_not_found';
};

/** The installation requires a second factor of operators, or an operator changes their address, and the session has none. Set one up: `POST /auth/mfa/totp`, or sign in again with your second factor. */
export type OperatorSecondFactorRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'operator_second_factor_required';
};

/** The subscription was canceled. Owners can read. Choose a plan, or ask the operator. */
export type OrganizationCancelledProblem = Problem & {
  /** The code of the problem */
  code: 'organization_cancelled';
};

/** The organization was deleted and is not erased yet. An owner can restore it with `POST …/restore`. */
export type OrganizationDeletedProblem = Problem & {
  /** The code of the problem */
  code: 'organization_deleted';
};

/** The organization is being exported. Wait until the export has ended, or cancel it: `POST O/exports/:exportId/cancel`. */
export type OrganizationExportRunningProblem = Problem & {
  /** The code of the problem */
  code: 'organization_export_running';
};

/** There is no restoration with this id. `GET /platform/organization-imports` lists them. */
export type OrganizationImportNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'organization_import_not_found';
};

/** The organization is in maintenance mode. Try again later. */
export type OrganizationInMaintenanceProblem = Problem & {
  /** The code of the problem */
  code: 'organization_in_maintenance';
};

/** The organization is not deleted. There is nothing to restore. */
export type OrganizationNotDeletedProblem = Problem & {
  /** The code of the problem */
  code: 'organization_not_deleted';
};

/** The organization does not exist, or the caller is not a member. Check the id. `GET /organizations` lists your organizations. */
export type OrganizationNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'organization_not_found';
};

/** The organization is suspended. Owners can read. Ask the operator, or pay open invoices. */
export type OrganizationSuspendedProblem = Problem & {
  /** The code of the problem */
  code: 'organization_suspended';
};

/** A page of another origin calls the API, and only other organizations list its origin. Or it asks for a session in a cookie (`X-Session-Cookie`), which pages of the origin of the API alone can have. Ask an administrator of the organization to add the origin to `webOrigins` (`PATCH /tenant/security`), or keep the refresh token yourself. */
export type OriginNotAllowedProblem = Problem & {
  /** The code of the problem */
  code: 'origin_not_allowed';
};

/** An earlier request with the same `Idempotency-Key` has changed something, and the server ended before it answered. Read what has changed. Send what is missing with a new key. */
export type OutcomeUnknownProblem = Problem & {
  /** The code of the problem */
  code: 'outcome_unknown';
};

/** The replica has more work than it can do, and you have many running requests (reliability.md). Try again after `Retry-After`, with fewer requests at a time. */
export type OverloadedProblem = Problem & {
  /** The code of the problem */
  code: 'overloaded';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The address of the guardian is that of the member. Send the address of a guardian. */
export type OwnAddressProblem = Problem & {
  /** The code of the problem */
  code: 'own_address';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** A member sets their own password as that of a managed account. Change it with `POST /auth/password/change`. */
export type OwnPasswordProblem = Problem & {
  /** The code of the problem */
  code: 'own_password';
};

/** Only owners can change their own role. Ask another admin or owner. */
export type OwnRoleProblem = Problem & {
  /** The code of the problem */
  code: 'own_role';
};

/** Somebody removes their own second factor as that of another account. Remove it with a code: `DELETE /auth/mfa/totp`. */
export type OwnSecondFactorProblem = Problem & {
  /** The code of the problem */
  code: 'own_second_factor';
};

/** A member who is not an owner creates an allow-list or takes addresses off it. Ask an owner. */
export type OwnerRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'owner_required';
};

/** The counter of the passkey has not grown since its last use, so its private key may have been copied. Sign in with another means, and remove the passkey. */
export type PasskeyCounterRegressedProblem = Problem & {
  /** The code of the problem */
  code: 'passkey_counter_regressed';
};

/** This passkey is registered already. Use it. */
export type PasskeyExistsProblem = Problem & {
  /** The code of the problem */
  code: 'passkey_exists';
};

/** Passkeys do not work on pages of this origin: they do on those of `APP_URL` and `CORS_ORIGINS`, and on verified custom domains of organizations. Use such a page. */
export type PasskeyOriginRefusedProblem = Problem & {
  /** The code of the problem */
  code: 'passkey_origin_refused';
};

/** The password is older than the organization allows. Call `POST /auth/password/change`. */
export type PasswordExpiredProblem = Problem & {
  /** The code of the problem */
  code: 'password_expired';
};

/** The bank refused the payment; `reason` contains the reason, if known. Nothing was changed. Choose another payment method with `POST O/billing/portal`. */
export type PaymentRefusedProblem = Problem & {
  /** The code of the problem */
  code: 'payment_refused';
  /** The reason */
  reason?: string;
};

/** The permission manages access; API keys cannot have it. Leave it out. */
export type PermissionNotForKeysProblem = Problem & {
  /** The code of the problem */
  code: 'permission_not_for_keys';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The API key is the personal key of another member. Ask its owner, or disable or revoke it. */
export type PersonalKeyProblem = Problem & {
  /** The code of the problem */
  code: 'personal_key';
};

/** The trial has ended, and its plan cannot be bought. Choose a plan with `PATCH /organizations/:id/subscription`. */
export type PlanNeededProblem = Problem & {
  /** The code of the problem */
  code: 'plan_needed';
};

/** The security policy or setting would refuse your own next request; `reason` is the code of that refusal. Meet the condition first, or add your address, then repeat the request. */
export type PolicyRefusesYouProblem = Problem & {
  /** The code of the problem */
  code: 'policy_refuses_you';
  /** The reason */
  reason: string;
};

/** The subscription has changed since you read it. Read it again, and send the change with the new ETag in `If-Match`. */
export type PreconditionFailedProblem = Problem & {
  /** The code of the problem */
  code: 'precondition_failed';
};

/** The credit from manual payments (`worth`) exceeds the price of one period (`amount`). Buy something that costs at least as much, or wait until the period ends (`until`). */
export type PrepaidExceedsProblem = Problem & ({
  /** The code of the problem */
  code: 'prepaid_exceeds';
  /** The amount, in minor units of the currency */
  amount: number;
  /** The currency, as an ISO 4217 code; `null` without a price */
  currency: string | null;
  /** The end of the paid period */
  until: string;
  /** The value of the rest of the paid period, in minor units of the currency */
  worth: number;
});

/** The payment provider has another amount than the catalog for the price of the plan or an add-on. Run `npx tenantry billing:sync --dry-run`, and create the new price in Stripe with the lookup key of the old one. */
export type PriceDiffersProblem = Problem & {
  /** The code of the problem */
  code: 'price_differs';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The payment provider has no price for the plan, an add-on or its usage. Run `npx tenantry billing:sync`. */
export type PriceMissingProblem = Problem & {
  /** The code of the problem */
  code: 'price_missing';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The identity provider names no email address, which a new account needs. Allow the provider to share it, or sign up with a password. */
export type ProviderEmailNeededProblem = Problem & {
  /** The code of the problem */
  code: 'provider_email_needed';
};

/** The payment provider refused the change. Nothing was changed. The log of the server contains the reason. */
export type ProviderRefusedProblem = Problem & {
  /** The code of the problem */
  code: 'provider_refused';
};

/** No account is linked to this account at the identity provider, and it makes no new ones. Sign in another way, and link it. */
export type ProviderSignUpClosedProblem = Problem & {
  /** The code of the problem */
  code: 'provider_sign_up_closed';
};

/** The payment provider does not answer. Read the subscription, and try again. */
export type ProviderUnavailableProblem = Problem & {
  /** The code of the problem */
  code: 'provider_unavailable';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The connection was changed, disabled or deleted after the visit began. Begin again. */
export type ProviderVisitConnectionChangedProblem = Problem & {
  /** The code of the problem */
  code: 'provider_visit_connection_changed';
};

/** The visit to the identity provider began more than ten minutes ago. Begin again. */
export type ProviderVisitExpiredProblem = Problem & {
  /** The code of the problem */
  code: 'provider_visit_expired';
};

/** Another page began the visit: the `verifier` does not match. Complete it on the page that began it, or begin again. */
export type ProviderVisitOtherPageProblem = Problem & {
  /** The code of the problem */
  code: 'provider_visit_other_page';
};

/** It was a visit to another identity provider, or with the connection of another organization. Complete it with the connection with which it began, or begin again. */
export type ProviderVisitOtherProviderProblem = Problem & {
  /** The code of the problem */
  code: 'provider_visit_other_provider';
};

/** A sign-in, a link or a test was completed as another one of them. Begin again. */
export type ProviderVisitOtherPurposeProblem = Problem & {
  /** The code of the problem */
  code: 'provider_visit_other_purpose';
};

/** Another session or set-up link began the visit. Begin again. */
export type ProviderVisitOtherSessionProblem = Problem & {
  /** The code of the problem */
  code: 'provider_visit_other_session';
};

/** No visit to an identity provider ever had this `state`. Begin again. */
export type ProviderVisitUnknownStateProblem = Problem & {
  /** The code of the problem */
  code: 'provider_visit_unknown_state';
};

/** The visit to the identity provider has had its return: this one is replayed. Begin again. */
export type ProviderVisitUsedProblem = Problem & {
  /** The code of the problem */
  code: 'provider_visit_used';
};

/** Everyone can get an address at this domain. Use a domain of your own. */
export type PublicEmailDomainProblem = Problem & {
  /** The code of the problem */
  code: 'public_email_domain';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The limit of a meter is reached. Wait until `resetsAt`, or buy more: `upgrade` names a plan, `addOn` an add-on. */
export type QuotaExceededProblem = Problem & ({
  /** The code of the problem */
  code: 'quota_exceeded';
  /** The add-on that raises the limit. `null`: none does. */
  addOn: {
    /** The add-on that raises the limit. `null`: none does. */
    addOn: string;
    /** The limit after the purchase. */
    limit: number;
    /** The additional quantity to buy. */
    quantity: number;
  } | null;
  /** Units of open reservations, and those that servers hold ready for requests. */
  held: number;
  /** The limit */
  limit: number;
  /** The key of the meter */
  meter: string;
  /** The units that are still available */
  remaining: number;
  /** The units that the request needs */
  requested: number;
  /** RFC 3339; null when the meter does not reset. */
  resetsAt: string | null;
  /** The plan that raises the limit. `null`: none does. */
  upgrade: {
    /** null: unlimited */
    limit: number | null;
    /** The key of the plan */
    plan: string;
  } | null;
  /** The units that are used */
  used: number;
});

/** The change, or every request to an organization with `session_max_age_hours`, needs a login in the last `maxAge` seconds, and the last one of this session is older (recent login). Send the password, a code or a passkey to `POST /auth/reauthenticate`, and repeat the request. A new access token does not help. */
export type RecentLoginRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'recent_login_required';
  /** The longest time since the login, in seconds */
  maxAge: number;
};

/** A field names something that the organization does not have, for example an assignee who is not a member. `errors` points to it. Name something that exists. */
export type ReferenceNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'reference_not_found';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The refresh token was used before. The session was ended, because the token may be stolen. Sign in again. */
export type RefreshTokenReusedProblem = Problem & {
  /** The code of the problem */
  code: 'refresh_token_reused';
};

/** The role is for minors, and the organization does not let minors register themselves (`allow_student_registration`). Ask its administrators for an invitation. */
export type RegistrationClosedProblem = Problem & {
  /** The code of the problem */
  code: 'registration_closed';
};

/** Members cannot remove themselves. Call `POST …/leave`. */
export type RemoveYourselfProblem = Problem & {
  /** The code of the problem */
  code: 'remove_yourself';
};

/** The request has `Authorization`, `X-API-Key`, `X-Tenant-ID`, `X-Tenant-Slug` or `Content-Type` more than once. Send the header once. Check whether a proxy adds it. */
export type RepeatedHeaderProblem = Problem & {
  /** The code of the problem */
  code: 'repeated_header';
};

/** A request with the same `Idempotency-Key` is still running. Send yours again after `retryAfter` seconds to get its answer (idempotency.md). */
export type RequestRunningProblem = Problem & {
  /** The code of the problem */
  code: 'request_running';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The reservation was released, or committed with another quantity. Create another reservation. */
export type ReservationClosedProblem = Problem & {
  /** The code of the problem */
  code: 'reservation_closed';
};

/** The slug is reserved by the platform. Choose another slug. */
export type ReservedSlugProblem = Problem & {
  /** The code of the problem */
  code: 'reserved_slug';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The page to return to after a sign-out is not one of this installation. Send a page at `APP_URL`, in `CORS_ORIGINS`, or at a verified domain. */
export type ReturnAddressNotAllowedProblem = Problem & {
  /** The code of the problem */
  code: 'return_address_not_allowed';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** A role with this key exists. Choose another key. */
export type RoleExistsProblem = Problem & {
  /** The code of the problem */
  code: 'role_exists';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** Members or teams have the role. Name another role as `replacement`. */
export type RoleInUseProblem = Problem & {
  /** The code of the problem */
  code: 'role_in_use';
  /** The number of members */
  members: number;
  /** The number of teams */
  teams: number;
};

/** Users cannot join as owners. Choose another role. */
export type RoleNotJoinableProblem = Problem & {
  /** The code of the problem */
  code: 'role_not_joinable';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The call grants, revokes or edits a role, invitation, API key or permission beyond those of the caller. Ask a member who has it. */
export type RoleTooHighProblem = Problem & {
  /** The code of the problem */
  code: 'role_too_high';
  /** The permissions of the role that exceed yours */
  beyond: string[];
};

/** A change would widen an API key whose secret another member has received. Rotate the key first: `POST …/api-keys/:id/rotate`. Then you can widen it. */
export type RotationRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'rotation_required';
};

/** The metadata, a certificate or a URL of a connection by SAML cannot be used. `detail` says why. Correct it (single-sign-on.md). */
export type SamlSettingsRefusedProblem = Problem & {
  /** The code of the problem */
  code: 'saml_settings_refused';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The plan includes its seats. Leave `seats` out. */
export type SeatsIncludedProblem = Problem & {
  /** The code of the problem */
  code: 'seats_included';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The user has a second factor. Remove it first. */
export type SecondFactorExistsProblem = Problem & {
  /** The code of the problem */
  code: 'second_factor_exists';
};

/** An organization of the user requires a second factor. Keep it, or leave the organization. */
export type SecondFactorNeededProblem = Problem & {
  /** The code of the problem */
  code: 'second_factor_needed';
};

/** The organization requires a second factor, and the session has none. Call `POST /auth/mfa/totp`, or sign in again. */
export type SecondFactorRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'second_factor_required';
};

/** The settings or features in `settings` decide about security. Sign in as a user with `security:write`. API keys cannot have it. */
export type SecuritySettingProblem = Problem & {
  /** The code of the problem */
  code: 'security_setting';
  /** The keys of the settings */
  settings: string[];
};

/** The service key does not exist, or was revoked (operators only). `GET /platform/service-keys` lists the keys. */
export type ServiceKeyNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'service_key_not_found';
};

/** The route has no scope of service keys. Call it as a user, or with an API key of the organization. */
export type ServiceKeyRefusedProblem = Problem & {
  /** The code of the problem */
  code: 'service_key_refused';
};

/** The session was ended or has expired, or the user is disabled. Sign in again. */
export type SessionEndedProblem = Problem & {
  /** The code of the problem */
  code: 'session_ended';
};

/** The session was idle for longer than one of your organizations allows. Sign in again. */
export type SessionTimedOutProblem = Problem & {
  /** The code of the problem */
  code: 'session_timed_out';
};

/** The organization accepts only sessions that began in one of the ways in `methods` (`signInMethods` of `/tenant/security`). Sign in again in one of these ways. */
export type SignInMethodNotAllowedProblem = Problem & {
  /** The code of the problem */
  code: 'sign_in_method_not_allowed';
  /** The ways to sign in that are offered: `password`, `mail`, `passkey`, `provider` (an account at an identity provider), `sso` (single sign-on) */
  methods: string[];
};

/** The product does not offer this way to sign in (`signIn` in the catalog). `methods` has those that it offers. Use one of them. */
export type SignInMethodOffProblem = Problem & {
  /** The code of the problem */
  code: 'sign_in_method_off';
  /** The ways to sign in that are offered: `password`, `mail`, `passkey`, `provider` (an account at an identity provider), `sso` (single sign-on) */
  methods: string[];
};

/** Another organization has the slug. Choose another one. A new organization without a slug gets one from its name. */
export type SlugTakenProblem = Problem & {
  /** The code of the problem */
  code: 'slug_taken';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** The identity provider of the organization names no address at a domain that the organization has verified by DNS. Verify the domain, or link the account of a member (single-sign-on.md). */
export type SsoAddressNotProvedProblem = Problem & {
  /** The code of the problem */
  code: 'sso_address_not_proved';
};

/** Nobody has signed in with the connection yet. Test it: `POST /tenant/sso-connections/:id/test`. */
export type SsoConnectionNotTestedProblem = Problem & {
  /** The code of the problem */
  code: 'sso_connection_not_tested';
};

/** The issuer of the connection is no https URL with a public address. Send the issuer as its discovery document names it. */
export type SsoIssuerNotAllowedProblem = Problem & {
  /** The code of the problem */
  code: 'sso_issuer_not_allowed';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The first sign-in of a member who has permissions that the author of the connection lacks, such as an owner with the connection of an administrator, or, with a connection of a set-up link, permissions that its default role lacks. Sign in another way and link the account, or let a member with these permissions set the roles of the connection. */
export type SsoMemberAboveAuthorProblem = Problem & {
  /** The code of the problem */
  code: 'sso_member_above_author';
};

/** The organization requires single sign-on. Sign in with single sign-on. */
export type SsoRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'sso_required';
};

/** The member who set the roles of the connection can no longer grant that of the new member. An administrator of the organization sets the roles of the connection again. */
export type SsoRoleNotGrantableProblem = Problem & {
  /** The code of the problem */
  code: 'sso_role_not_grantable';
};

/** The storage of exports or backups does not answer within ten seconds, or refuses the access. Try again later. The operator checks `STORAGE_URL`, `BACKUP_URL` and their credentials with `npx tenantry doctor`. */
export type StorageUnavailableProblem = Problem & {
  /** The code of the problem */
  code: 'storage_unavailable';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** A team with this name exists. Choose another name. */
export type TeamNameTakenProblem = Problem & {
  /** The code of the problem */
  code: 'team_name_taken';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** Path, headers, host and API key name different organizations, or a header or the host differs from the access token. Name only one. `POST /auth/switch-organization` changes the one in the token. */
export type TenantMismatchProblem = Problem & {
  /** The code of the problem */
  code: 'tenant_mismatch';
};

/** The route needs an organization, and the request names none. Name it in the path, with `X-Tenant-ID` or `X-Tenant-Slug`, by host, or with `POST /auth/switch-organization`. */
export type TenantRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'tenant_required';
};

/** The access token has expired (15 minutes). Call `POST /auth/refresh`. */
export type TokenExpiredProblem = Problem & {
  /** The code of the problem */
  code: 'token_expired';
};

/** More seats are in use, by members and invitations. Remove members or invitations, or keep the seats. */
export type TooFewSeatsProblem = Problem & {
  /** The code of the problem */
  code: 'too_few_seats';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The quantity exceeds the `max` of the add-on. Choose at most `max`. */
export type TooManyAddOnsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_add_ons';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** 100 accounts have signed up with the address and have not verified it. Reset the password of one of them: `POST /auth/password/forgot`. */
export type TooManyClaimsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_claims';
};

/** A quantity has more decimals than its meter, or is too large to be counted exactly. Send at most the `decimals` that `GET /tenant/limits` lists for the meter. */
export type TooManyDecimalsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_decimals';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The organization has 20 directories. Delete one that is no longer used. */
export type TooManyDirectoriesProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_directories';
};

/** The directory has two tokens that are valid. Revoke one first: `DELETE …/directories/:directoryId/tokens/:tokenId`. */
export type TooManyDirectoryTokensProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_directory_tokens';
};

/** The organization has the maximum number of domains. Delete one. */
export type TooManyDomainsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_domains';
};

/** The organization was exported five times within an hour. Use the file of an earlier export, or try again later. */
export type TooManyExportsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_exports';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** A hundred restorations of organizations wait or run. Try again when some of them have ended: `GET /platform/organization-imports`. */
export type TooManyImportsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_imports';
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The organization has the maximum number of integrations. Remove one with null. */
export type TooManyIntegrationsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_integrations';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The user has the maximum of passkeys (`limit`). Remove one. */
export type TooManyPasskeysProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_passkeys';
  /** The limit */
  limit: number;
};

/** A rate limit is exceeded; `RateLimit-Policy` names it. Wait for `Retry-After` seconds. */
export type TooManyRequestsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_requests';
  /** The name of the rate limit, as in the header RateLimit-Policy */
  policy: string;
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The organization has the maximum number of custom roles. Delete one. */
export type TooManyRolesProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_roles';
};

/** The organization has as many running requests as its plan allows (`limit`) on one replica. Send the next one when another one is answered. */
export type TooManyRunningRequestsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_running_requests';
  /** The limit */
  limit: number;
  /** The seconds after which to try again */
  retryAfter: number;
};

/** The plan has fewer seats. Choose fewer seats, or a larger plan. */
export type TooManySeatsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_seats';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The organization has ten set-up links that still work. Revoke one first: `DELETE /tenant/sso-setup-links/:ssoSetupLinkId`. */
export type TooManySetupLinksProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_setup_links';
};

/** The organization has 20 connections of single sign-on. Delete one first. */
export type TooManySsoConnectionsProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_sso_connections';
};

/** There are as many webhooks as there can be, of the organization or of the platform. Delete one that is no longer used. */
export type TooManyWebhooksProblem = Problem & {
  /** The code of the problem */
  code: 'too_many_webhooks';
};

/** The end of the trial is in the past. Choose a later time. */
export type TrialEndInPastProblem = Problem & {
  /** The code of the problem */
  code: 'trial_end_in_past';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The request has an API key and another credential. Send either `X-API-Key` or `Authorization`. */
export type TwoCredentialsProblem = Problem & {
  /** The code of the problem */
  code: 'two_credentials';
};

/** The database is not reachable, does not answer, is read-only, lost the connection, or has no free one or no disk space; or it stopped the request because of a timeout of a statement, transaction or lock, a deadlock or a conflict of serializable transactions; or a migration changed a prepared statement of the transaction; or the signing keys cannot be read. Nothing was changed, unless the connection was lost while the change was committed. Try again after `Retry-After`. */
export type UnavailableProblem = Problem & {
  /** The code of the problem */
  code: 'unavailable';
};

/** The data of the user or the organization is under a legal hold, and cannot be deleted or erased. Ask an operator to release the hold. */
export type UnderLegalHoldProblem = Problem & {
  /** The code of the problem */
  code: 'under_legal_hold';
};

/** The catalog has no such add-on. `GET /billing/plans` lists them. */
export type UnknownAddOnProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_add_on';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** `eventTypes` names an event that does not exist. Choose from the section `webhooks` of openapi.json. */
export type UnknownEventTypeProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_event_type';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The catalog has no such feature. `GET /tenant/features` lists them. */
export type UnknownFeatureProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_feature';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The scheduled job does not exist (`tenantry job:run`, `POST /tenants/jobs/:job/run`). `detail` lists the jobs. */
export type UnknownJobProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_job';
};

/** A credit note names a line that the invoice does not have. Use the `id` of a line of the invoice. */
export type UnknownLineProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_line';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The catalog has no such meter. `GET /tenant/limits` lists them. */
export type UnknownMeterProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_meter';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The catalog has no such meter or feature. Name one of the catalog. */
export type UnknownOverrideProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_override';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The catalog has no such permission. `GET /permissions` lists them. */
export type UnknownPermissionProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_permission';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The catalog has no such plan. `detail` lists the plans. */
export type UnknownPlanProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_plan';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The role does not exist. `GET …/roles` lists the roles. */
export type UnknownRoleProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_role';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** A group of a directory is mapped to a team that the organization does not have. `GET …/teams` lists the teams. */
export type UnknownTeamProblem = Problem & {
  /** The code of the problem */
  code: 'unknown_team';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The body is not JSON, or `Content-Type` names another charset than UTF-8. Send it as `application/json`, in UTF-8. A request without a body needs no `Content-Type`. */
export type UnsupportedMediaTypeProblem = Problem & {
  /** The code of the problem */
  code: 'unsupported_media_type';
};

/** More is in use than the new plan and add-ons allow; `over` lists it. Reduce usage, choose a larger plan, or keep the add-ons. */
export type UsageOverLimitsProblem = Problem & {
  /** The code of the problem */
  code: 'usage_over_limits';
  /** The limits that the present usage exceeds */
  over: {
    /** The limit */
    limit: number;
    /** The key of the meter */
    meter: string;
    /** The units that are used */
    used: number;
  }[];
  /** The key of the plan */
  plan: string;
};

/** Another managed account of the organization has the user name. Choose another one. */
export type UserNameTakenProblem = Problem & {
  /** The code of the problem */
  code: 'user_name_taken';
};

/** The user does not exist (operators only). Find the user with `GET /platform/users?email=…`. */
export type UserNotFoundProblem = Problem & {
  /** The code of the problem */
  code: 'user_not_found';
};

/** The route requires a signed-in user; a key is not enough. Sign in. */
export type UserRequiredProblem = Problem & {
  /** The code of the problem */
  code: 'user_required';
};

/** Fields of the body or query are wrong or unknown. Correct the fields in `errors`. */
export type ValidationFailedProblem = Problem & {
  /** The code of the problem */
  code: 'validation_failed';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The resource has changed since you read it, or `If-Match` has no ETag of it. Read it again, and send the change with the new ETag in `If-Match`. */
export type VersionConflictProblem = Problem & {
  /** The code of the problem */
  code: 'version_conflict';
};

/** The password is too easy to guess. Choose a longer phrase. */
export type WeakPasswordProblem = Problem & {
  /** The code of the problem */
  code: 'weak_password';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** The webhook is disabled: nothing is sent to it. Enable it with `PATCH O/webhooks/:webhookId`, then test or replay (webhooks.md). */
export type WebhookDisabledProblem = Problem & {
  /** The code of the problem */
  code: 'webhook_disabled';
};

/** The code of the second factor is wrong or was used. For a domain, the status is 422. Try the next code. */
export type WrongCodeProblem = Problem & {
  /** The code of the problem */
  code: 'wrong_code';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The meter does not support the operation, because of its kind or because tenantry counts it itself. `detail` names the alternative. */
export type WrongMeterProblem = Problem & {
  /** The code of the problem */
  code: 'wrong_meter';
  /** The fields that are wrong */
  errors?: FieldError[];
};

/** The current password is wrong. Try again, or reset the password. */
export type WrongPasswordProblem = Problem & {
  /** The code of the problem */
  code: 'wrong_password';
  /** The fields that are wrong */
  errors: FieldError[];
};

/** The state of the tenant does not allow the action. `detail` names the state. */
export type WrongTenantStateProblem = Problem & {
  /** The code of the problem */
  code: 'wrong_tenant_state';
};

export type RequestProblems = InvalidHostProblem | MalformedTextProblem | RepeatedHeaderProblem | TwoCredentialsProblem;

export type BodyProblems = InexactNumberProblem | InvalidUtf8Problem | MalformedRequestProblem;

export type CredentialProblems = AuthenticationRequiredProblem | InvalidApiKeyProblem | InvalidTokenProblem | TokenExpiredProblem;

export type SessionProblems = SessionEndedProblem | SessionTimedOutProblem;

export type ApiKeyProblems = ApiKeyDisabledProblem | ApiKeyExpiredProblem;

export type TenantProblems = InvalidTenantProblem | TenantMismatchProblem;

export type ImpersonationProblems = ImpersonationForbiddenProblem | ImpersonationReadOnlyProblem;

export type ClosedOrganizationProblems = OrganizationCancelledProblem | OrganizationDeletedProblem | OrganizationInMaintenanceProblem | OrganizationSuspendedProblem;

export type MembershipProblems = AccessDeniedProblem | AccountLoginRequiredProblem | AddressNotAllowedProblem | OriginNotAllowedProblem | PasswordExpiredProblem | SecondFactorRequiredProblem | SignInMethodNotAllowedProblem | SsoRequiredProblem;

export type LoadProblems = DatabaseTimeExceededProblem | TooManyRunningRequestsProblem;

export type IdempotencyProblems = OutcomeUnknownProblem | RequestRunningProblem;

/** The error documents by their code. */
export interface Problems {
  access_denied: AccessDeniedProblem;
  account_exists: AccountExistsProblem;
  account_locked: AccountLockedProblem;
  account_login_required: AccountLoginRequiredProblem;
  account_needed: AccountNeededProblem;
  account_not_linked: AccountNotLinkedProblem;
  account_proof_needed: AccountProofNeededProblem;
  add_on_not_sold: AddOnNotSoldProblem;
  address_elsewhere: AddressElsewhereProblem;
  address_not_allowed: AddressNotAllowedProblem;
  age_not_asked: AgeNotAskedProblem;
  already_canceled: AlreadyCanceledProblem;
  already_member: AlreadyMemberProblem;
  already_subscribed: AlreadySubscribedProblem;
  already_under_legal_hold: AlreadyUnderLegalHoldProblem;
  amount_too_large: AmountTooLargeProblem;
  api_key_disabled: ApiKeyDisabledProblem;
  api_key_expired: ApiKeyExpiredProblem;
  api_key_needs_review: ApiKeyNeedsReviewProblem;
  authentication_required: AuthenticationRequiredProblem;
  authority_changed: AuthorityChangedProblem;
  awaiting_consent: AwaitingConsentProblem;
  balance_exceeded: BalanceExceededProblem;
  birth_month_in_the_future: BirthMonthInTheFutureProblem;
  body_too_large: BodyTooLargeProblem;
  breached_password: BreachedPasswordProblem;
  break_glass_mailed_recently: BreakGlassMailedRecentlyProblem;
  built_in_role: BuiltInRoleProblem;
  cancellation_scheduled: CancellationScheduledProblem;
  change_in_progress: ChangeInProgressProblem;
  checkout_required: CheckoutRequiredProblem;
  code_mailed_recently: CodeMailedRecentlyProblem;
  code_needed: CodeNeededProblem;
  collected_elsewhere: CollectedElsewhereProblem;
  consent_not_needed: ConsentNotNeededProblem;
  consent_text_changed: ConsentTextChangedProblem;
  credit_exceeds: CreditExceedsProblem;
  css_busy: CssBusyProblem;
  css_too_complex: CssTooComplexProblem;
  currency_fixed: CurrencyFixedProblem;
  custom_settings_too_large: CustomSettingsTooLargeProblem;
  database_time_exceeded: DatabaseTimeExceededProblem;
  deleted_meanwhile: DeletedMeanwhileProblem;
  directory_name_taken: DirectoryNameTakenProblem;
  directory_token_refused: DirectoryTokenRefusedProblem;
  dns_unavailable: DnsUnavailableProblem;
  document_elsewhere: DocumentElsewhereProblem;
  documents_busy: DocumentsBusyProblem;
  domain_exists: DomainExistsProblem;
  domain_not_proved: DomainNotProvedProblem;
  domain_not_verified: DomainNotVerifiedProblem;
  duplicate_address: DuplicateAddressProblem;
  email_domain_not_allowed: EmailDomainNotAllowedProblem;
  email_not_verified: EmailNotVerifiedProblem;
  email_taken: EmailTakenProblem;
  erasure_not_found: ErasureNotFoundProblem;
  event_id_reused: EventIdReusedProblem;
  event_type_not_permitted: EventTypeNotPermittedProblem;
  events_missing: EventsMissingProblem;
  expiry_in_the_past: ExpiryInThePastProblem;
  export_file_missing: ExportFileMissingProblem;
  export_link_invalid: ExportLinkInvalidProblem;
  export_not_ready: ExportNotReadyProblem;
  export_running: ExportRunningProblem;
  feature_disabled: FeatureDisabledProblem;
  feature_not_in_plan: FeatureNotInPlanProblem;
  foreign_address: ForeignAddressProblem;
  gauge_too_low: GaugeTooLowProblem;
  guardian_access_closed: GuardianAccessClosedProblem;
  guardian_link_not_found: GuardianLinkNotFoundProblem;
  held_subject_not_found: HeldSubjectNotFoundProblem;
  http_error: HttpErrorProblem;
  idempotency_key_reused: IdempotencyKeyReusedProblem;
  identity_account_refused: IdentityAccountRefusedProblem;
  identity_client_refused: IdentityClientRefusedProblem;
  identity_declined: IdentityDeclinedProblem;
  identity_expired: IdentityExpiredProblem;
  identity_incomplete: IdentityIncompleteProblem;
  identity_malformed: IdentityMalformedProblem;
  identity_mixed_up_issuer: IdentityMixedUpIssuerProblem;
  identity_not_decryptable: IdentityNotDecryptableProblem;
  identity_not_valid_yet: IdentityNotValidYetProblem;
  identity_provider_unavailable: IdentityProviderUnavailableProblem;
  identity_signature_wrapped: IdentitySignatureWrappedProblem;
  identity_taken: IdentityTakenProblem;
  identity_unknown_key: IdentityUnknownKeyProblem;
  identity_unsigned: IdentityUnsignedProblem;
  identity_wrong_algorithm: IdentityWrongAlgorithmProblem;
  identity_wrong_audience: IdentityWrongAudienceProblem;
  identity_wrong_code: IdentityWrongCodeProblem;
  identity_wrong_issuer: IdentityWrongIssuerProblem;
  identity_wrong_nonce: IdentityWrongNonceProblem;
  identity_wrong_recipient: IdentityWrongRecipientProblem;
  identity_wrong_request: IdentityWrongRequestProblem;
  identity_wrong_signature: IdentityWrongSignatureProblem;
  identity_wrong_subject: IdentityWrongSubjectProblem;
  identity_xml_comment: IdentityXmlCommentProblem;
  impersonation_forbidden: ImpersonationForbiddenProblem;
  impersonation_read_only: ImpersonationReadOnlyProblem;
  impossible_transition: ImpossibleTransitionProblem;
  inexact_number: InexactNumberProblem;
  internal_error: InternalErrorProblem;
  invalid_api_key: InvalidApiKeyProblem;
  invalid_break_glass_link: InvalidBreakGlassLinkProblem;
  invalid_byte_range: InvalidByteRangeProblem;
  invalid_credentials: InvalidCredentialsProblem;
  invalid_cursor: InvalidCursorProblem;
  invalid_domain: InvalidDomainProblem;
  invalid_events: InvalidEventsProblem;
  invalid_factor_undo_token: InvalidFactorUndoTokenProblem;
  invalid_host: InvalidHostProblem;
  invalid_idempotency_key: InvalidIdempotencyKeyProblem;
  invalid_job_period: InvalidJobPeriodProblem;
  invalid_logout_token: InvalidLogoutTokenProblem;
  invalid_mail_sign_in: InvalidMailSignInProblem;
  invalid_mfa_token: InvalidMfaTokenProblem;
  invalid_override: InvalidOverrideProblem;
  invalid_passkey: InvalidPasskeyProblem;
  invalid_passkey_registration: InvalidPasskeyRegistrationProblem;
  invalid_passkey_undo_token: InvalidPasskeyUndoTokenProblem;
  invalid_range: InvalidRangeProblem;
  invalid_refresh_token: InvalidRefreshTokenProblem;
  invalid_requests: InvalidRequestsProblem;
  invalid_reset_token: InvalidResetTokenProblem;
  invalid_signature: InvalidSignatureProblem;
  invalid_tax_id: InvalidTaxIdProblem;
  invalid_tenant: InvalidTenantProblem;
  invalid_token: InvalidTokenProblem;
  invalid_undo_token: InvalidUndoTokenProblem;
  invalid_utf8: InvalidUtf8Problem;
  invalid_verification_token: InvalidVerificationTokenProblem;
  invalid_webhook_url: InvalidWebhookUrlProblem;
  invitation_accepted: InvitationAcceptedProblem;
  invitation_closed: InvitationClosedProblem;
  invitation_declined: InvitationDeclinedProblem;
  invitation_expired: InvitationExpiredProblem;
  invitation_for_other_address: InvitationForOtherAddressProblem;
  invitation_not_found: InvitationNotFoundProblem;
  invitation_revoked: InvitationRevokedProblem;
  invitation_void: InvitationVoidProblem;
  invoice_closed: InvoiceClosedProblem;
  invoice_not_creditable: InvoiceNotCreditableProblem;
  invoices_open: InvoicesOpenProblem;
  invoices_overdue: InvoicesOverdueProblem;
  join_request_decided: JoinRequestDecidedProblem;
  join_request_pending: JoinRequestPendingProblem;
  last_operator: LastOperatorProblem;
  last_owner: LastOwnerProblem;
  last_sign_in_method: LastSignInMethodProblem;
  last_sso_connection: LastSsoConnectionProblem;
  lease_over: LeaseOverProblem;
  legal_hold_not_found: LegalHoldNotFoundProblem;
  mail_content_erased: MailContentErasedProblem;
  mail_link_expired: MailLinkExpiredProblem;
  mail_not_found: MailNotFoundProblem;
  mail_sent: MailSentProblem;
  mailbox_proof_needed: MailboxProofNeededProblem;
  malformed_request: MalformedRequestProblem;
  malformed_text: MalformedTextProblem;
  managed_account: ManagedAccountProblem;
  method_not_allowed: MethodNotAllowedProblem;
  metrics_token_required: MetricsTokenRequiredProblem;
  mode_not_available: ModeNotAvailableProblem;
  no_consent: NoConsentProblem;
  no_dry_run: NoDryRunProblem;
  no_owner: NoOwnerProblem;
  no_seat_left: NoSeatLeftProblem;
  no_second_factor: NoSecondFactorProblem;
  no_version: NoVersionProblem;
  no_way_in: NoWayInProblem;
  nobody_to_impersonate: NobodyToImpersonateProblem;
  not_a_member: NotAMemberProblem;
  not_billed: NotBilledProblem;
  not_for_sale: NotForSaleProblem;
  not_found: NotFoundProblem;
  not_offered: NotOfferedProblem;
  not_ready: NotReadyProblem;
  not_sold: NotSoldProblem;
  nothing_pending: NothingPendingProblem;
  nothing_to_resume: NothingToResumeProblem;
  only_for_email_domains: OnlyForEmailDomainsProblem;
  operator_account: OperatorAccountProblem;
  operator_not_eligible: OperatorNotEligibleProblem;
  operator_not_found: OperatorNotFoundProblem;
  operator_second_factor_required: OperatorSecondFactorRequiredProblem;
  organization_cancelled: OrganizationCancelledProblem;
  organization_deleted: OrganizationDeletedProblem;
  organization_export_running: OrganizationExportRunningProblem;
  organization_import_not_found: OrganizationImportNotFoundProblem;
  organization_in_maintenance: OrganizationInMaintenanceProblem;
  organization_not_deleted: OrganizationNotDeletedProblem;
  organization_not_found: OrganizationNotFoundProblem;
  organization_suspended: OrganizationSuspendedProblem;
  origin_not_allowed: OriginNotAllowedProblem;
  outcome_unknown: OutcomeUnknownProblem;
  overloaded: OverloadedProblem;
  own_address: OwnAddressProblem;
  own_password: OwnPasswordProblem;
  own_role: OwnRoleProblem;
  own_second_factor: OwnSecondFactorProblem;
  owner_required: OwnerRequiredProblem;
  passkey_counter_regressed: PasskeyCounterRegressedProblem;
  passkey_exists: PasskeyExistsProblem;
  passkey_origin_refused: PasskeyOriginRefusedProblem;
  password_expired: PasswordExpiredProblem;
  payment_refused: PaymentRefusedProblem;
  permission_not_for_keys: PermissionNotForKeysProblem;
  personal_key: PersonalKeyProblem;
  plan_needed: PlanNeededProblem;
  policy_refuses_you: PolicyRefusesYouProblem;
  precondition_failed: PreconditionFailedProblem;
  prepaid_exceeds: PrepaidExceedsProblem;
  price_differs: PriceDiffersProblem;
  price_missing: PriceMissingProblem;
  provider_email_needed: ProviderEmailNeededProblem;
  provider_refused: ProviderRefusedProblem;
  provider_sign_up_closed: ProviderSignUpClosedProblem;
  provider_unavailable: ProviderUnavailableProblem;
  provider_visit_connection_changed: ProviderVisitConnectionChangedProblem;
  provider_visit_expired: ProviderVisitExpiredProblem;
  provider_visit_other_page: ProviderVisitOtherPageProblem;
  provider_visit_other_provider: ProviderVisitOtherProviderProblem;
  provider_visit_other_purpose: ProviderVisitOtherPurposeProblem;
  provider_visit_other_session: ProviderVisitOtherSessionProblem;
  provider_visit_unknown_state: ProviderVisitUnknownStateProblem;
  provider_visit_used: ProviderVisitUsedProblem;
  public_email_domain: PublicEmailDomainProblem;
  quota_exceeded: QuotaExceededProblem;
  recent_login_required: RecentLoginRequiredProblem;
  reference_not_found: ReferenceNotFoundProblem;
  refresh_token_reused: RefreshTokenReusedProblem;
  registration_closed: RegistrationClosedProblem;
  remove_yourself: RemoveYourselfProblem;
  repeated_header: RepeatedHeaderProblem;
  request_running: RequestRunningProblem;
  reservation_closed: ReservationClosedProblem;
  reserved_slug: ReservedSlugProblem;
  return_address_not_allowed: ReturnAddressNotAllowedProblem;
  role_exists: RoleExistsProblem;
  role_in_use: RoleInUseProblem;
  role_not_joinable: RoleNotJoinableProblem;
  role_too_high: RoleTooHighProblem;
  rotation_required: RotationRequiredProblem;
  saml_settings_refused: SamlSettingsRefusedProblem;
  seats_included: SeatsIncludedProblem;
  second_factor_exists: SecondFactorExistsProblem;
  second_factor_needed: SecondFactorNeededProblem;
  second_factor_required: SecondFactorRequiredProblem;
  security_setting: SecuritySettingProblem;
  service_key_not_found: ServiceKeyNotFoundProblem;
  service_key_refused: ServiceKeyRefusedProblem;
  session_ended: SessionEndedProblem;
  session_timed_out: SessionTimedOutProblem;
  sign_in_method_not_allowed: SignInMethodNotAllowedProblem;
  sign_in_method_off: SignInMethodOffProblem;
  slug_taken: SlugTakenProblem;
  sso_address_not_proved: SsoAddressNotProvedProblem;
  sso_connection_not_tested: SsoConnectionNotTestedProblem;
  sso_issuer_not_allowed: SsoIssuerNotAllowedProblem;
  sso_member_above_author: SsoMemberAboveAuthorProblem;
  sso_required: SsoRequiredProblem;
  sso_role_not_grantable: SsoRoleNotGrantableProblem;
  storage_unavailable: StorageUnavailableProblem;
  team_name_taken: TeamNameTakenProblem;
  tenant_mismatch: TenantMismatchProblem;
  tenant_required: TenantRequiredProblem;
  token_expired: TokenExpiredProblem;
  too_few_seats: TooFewSeatsProblem;
  too_many_add_ons: TooManyAddOnsProblem;
  too_many_claims: TooManyClaimsProblem;
  too_many_decimals: TooManyDecimalsProblem;
  too_many_directories: TooManyDirectoriesProblem;
  too_many_directory_tokens: TooManyDirectoryTokensProblem;
  too_many_domains: TooManyDomainsProblem;
  too_many_exports: TooManyExportsProblem;
  too_many_imports: TooManyImportsProblem;
  too_many_integrations: TooManyIntegrationsProblem;
  too_many_passkeys: TooManyPasskeysProblem;
  too_many_requests: TooManyRequestsProblem;
  too_many_roles: TooManyRolesProblem;
  too_many_running_requests: TooManyRunningRequestsProblem;
  too_many_seats: TooManySeatsProblem;
  too_many_setup_links: TooManySetupLinksProblem;
  too_many_sso_connections: TooManySsoConnectionsProblem;
  too_many_webhooks: TooManyWebhooksProblem;
  trial_end_in_past: TrialEndInPastProblem;
  two_credentials: TwoCredentialsProblem;
  unavailable: UnavailableProblem;
  under_legal_hold: UnderLegalHoldProblem;
  unknown_add_on: UnknownAddOnProblem;
  unknown_event_type: UnknownEventTypeProblem;
  unknown_feature: UnknownFeatureProblem;
  unknown_job: UnknownJobProblem;
  unknown_line: UnknownLineProblem;
  unknown_meter: UnknownMeterProblem;
  unknown_override: UnknownOverrideProblem;
  unknown_permission: UnknownPermissionProblem;
  unknown_plan: UnknownPlanProblem;
  unknown_role: UnknownRoleProblem;
  unknown_team: UnknownTeamProblem;
  unsupported_media_type: UnsupportedMediaTypeProblem;
  usage_over_limits: UsageOverLimitsProblem;
  user_name_taken: UserNameTakenProblem;
  user_not_found: UserNotFoundProblem;
  user_required: UserRequiredProblem;
  validation_failed: ValidationFailedProblem;
  version_conflict: VersionConflictProblem;
  weak_password: WeakPasswordProblem;
  webhook_disabled: WebhookDisabledProblem;
  wrong_code: WrongCodeProblem;
  wrong_meter: WrongMeterProblem;
  wrong_password: WrongPasswordProblem;
  wrong_tenant_state: WrongTenantStateProblem;
}

/** The operations: what a call has, the data of the answers by their status, and the codes of the errors. */
export interface Operations {
  /** Sign up */
  signUp: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: SignUp;
    };
    answers: {
      201: SignedUp;
    };
    code: 'account_login_required' | 'amount_too_large' | 'authority_changed' | 'body_too_large' | 'breached_password' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_taken' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'reserved_slug' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'slug_taken' | 'too_many_claims' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'weak_password';
  };
  /** Sign in */
  logIn: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body: LogIn;
    };
    answers: {
      200: TokenPair | SecondFactorRequired;
    };
    code: 'account_locked' | 'account_login_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_credentials' | 'invalid_host' | 'invalid_tenant' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Refresh the tokens */
  refresh: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body: Refresh;
    };
    answers: {
      200: TokenPair;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_refresh_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'refresh_token_reused' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Sign out */
  logOut: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Retrieve the current user */
  getMe: {
    call: {
      header?: {
        /** The id of the organization whose role and permissions the answer has. If the session has an organization, it must be the same */
        'X-Tenant-ID'?: string;
      };
    };
    answers: {
      200: Me;
    };
    code: 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'version_conflict';
  };
  /** Switch the current organization */
  switchOrganization: {
    call: {
      body: SwitchOrganization;
    };
    answers: {
      200: AccessToken;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Authenticate again */
  reauthenticate: {
    call: {
      body?: Reauthenticate;
    };
    answers: {
      204: undefined;
    };
    code: 'account_locked' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_passkey' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_second_factor' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'passkey_counter_regressed' | 'passkey_origin_refused' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_code' | 'wrong_password';
  };
  /** Verify an email address */
  verifyEmail: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: VerifyEmail;
    };
    answers: {
      204: undefined;
    };
    code: 'account_locked' | 'account_login_required' | 'account_proof_needed' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_taken' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'invalid_verification_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'wrong_password';
  };
  /** Undo a change of the email address */
  undoEmailChange: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: UndoEmailChange;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_taken' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_undo_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Resend the verification email */
  resendVerification: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Change the password */
  changePassword: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ChangePassword;
    };
    answers: {
      200: TokenPair;
    };
    code: 'account_locked' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'breached_password' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'weak_password' | 'wrong_password';
  };
  /** Request a password reset */
  forgotPassword: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ForgotPassword;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Reset the password */
  resetPassword: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ResetPassword;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authority_changed' | 'body_too_large' | 'breached_password' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_taken' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_reset_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'weak_password';
  };
  /** Start a sign-in by mail */
  beginMailSignIn: {
    call: {
      body: BeginMailSignIn;
    };
    answers: {
      200: MailSignIn;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Complete a sign-in by mail */
  completeMailSignIn: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body?: CompleteMailSignIn;
    };
    answers: {
      200: TokenPair | SecondFactorRequired;
    };
    code: 'account_locked' | 'account_login_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_taken' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_mail_sign_in' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Complete a login with a second factor */
  verifyMfa: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body: VerifyMfa;
    };
    answers: {
      200: CompletedLogin;
    };
    code: 'account_locked' | 'account_login_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_mfa_token' | 'invalid_passkey' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'origin_not_allowed' | 'overloaded' | 'passkey_counter_regressed' | 'passkey_origin_refused' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'wrong_code';
  };
  /** Start the enrollment of an authenticator app */
  enrolTotp: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: TotpEnrollment;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_exists' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Remove the second factor */
  removeTotp: {
    call: {
      body: Code;
    };
    answers: {
      204: undefined;
    };
    code: 'account_locked' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_second_factor' | 'no_version' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'second_factor_needed' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_code';
  };
  /** Confirm the enrollment of an authenticator app */
  confirmTotp: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ConfirmTotp;
    };
    answers: {
      200: RecoveryCodes;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'mailbox_proof_needed' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'no_second_factor' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_exists' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_code';
  };
  /** Undo a new second factor */
  undoTotp: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: UndoSecondFactor;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_factor_undo_token' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Replace the recovery codes */
  renewRecoveryCodes: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: Code;
    };
    answers: {
      200: RecoveryCodes;
    };
    code: 'account_locked' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_second_factor' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_code';
  };
  /** Start the registration of a passkey */
  getPasskeyOptions: {
    call: Record<never, never>;
    answers: {
      200: PasskeyOptions;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_not_verified' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'operator_second_factor_required' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'passkey_origin_refused' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_passkeys' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** List your passkeys */
  listPasskeys: {
    call: Record<never, never>;
    answers: {
      200: PasskeyList;
    };
    code: 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Add a passkey */
  addPasskey: {
    call: {
      body: AddPasskey;
    };
    answers: {
      201: Passkey;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_not_verified' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_passkey_registration' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'operator_second_factor_required' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'passkey_exists' | 'passkey_origin_refused' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_passkeys' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Rename a passkey */
  renamePasskey: {
    call: {
      path: {
        /** The id of the passkey */
        passkeyId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: RenamePasskey;
    };
    answers: {
      200: Passkey;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Remove a passkey */
  removePasskey: {
    call: {
      path: {
        /** The id of the passkey */
        passkeyId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_sign_in_method' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'second_factor_needed' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Ask for a passkey */
  challengePasskey: {
    call: Record<never, never>;
    answers: {
      200: PasskeyOptions;
    };
    code: 'account_login_required' | 'authentication_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'overloaded' | 'passkey_origin_refused' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'version_conflict';
  };
  /** Sign in with a passkey */
  logInWithPasskey: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body: PasskeyLogIn;
    };
    answers: {
      200: TokenPair;
    };
    code: 'account_login_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_passkey' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'passkey_counter_regressed' | 'passkey_origin_refused' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Undo a new passkey */
  undoPasskey: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: UndoPasskey;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_passkey_undo_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** List your sessions */
  listSessions: {
    call: Record<never, never>;
    answers: {
      200: SessionList;
    };
    code: 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** End all other sessions */
  revokeOtherSessions: {
    call: Record<never, never>;
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** End a session */
  revokeSession: {
    call: {
      path: {
        /** The id of the resource */
        id: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** List your trusted devices */
  listTrustedDevices: {
    call: Record<never, never>;
    answers: {
      200: TrustedDeviceList;
    };
    code: 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** End the trust in all devices */
  forgetTrustedDevices: {
    call: Record<never, never>;
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** End the trust in a device */
  forgetTrustedDevice: {
    call: {
      path: {
        /** The id of the device */
        deviceId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** List the identity providers */
  listAuthProviders: {
    call: Record<never, never>;
    answers: {
      200: AuthProviderList;
    };
    code: 'database_time_exceeded' | 'http_error' | 'internal_error' | 'invalid_host' | 'malformed_text' | 'method_not_allowed' | 'overloaded' | 'repeated_header' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Start a sign-in with an identity provider */
  beginProviderSignIn: {
    call: {
      path: {
        /** The provider */
        provider: string;
      };
      body: BeginProviderSignIn;
    };
    answers: {
      200: ProviderVisit;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'identity_provider_unavailable' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Complete a sign-in with an identity provider */
  completeProviderSignIn: {
    call: {
      path: {
        /** The provider */
        provider: string;
      };
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body: CompleteProviderVisit;
    };
    answers: {
      200: TokenPair | SecondFactorRequired;
    };
    code: 'account_login_required' | 'account_not_linked' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_taken' | 'http_error' | 'identity_account_refused' | 'identity_client_refused' | 'identity_declined' | 'identity_expired' | 'identity_incomplete' | 'identity_malformed' | 'identity_mixed_up_issuer' | 'identity_not_decryptable' | 'identity_not_valid_yet' | 'identity_provider_unavailable' | 'identity_signature_wrapped' | 'identity_unknown_key' | 'identity_unsigned' | 'identity_wrong_algorithm' | 'identity_wrong_audience' | 'identity_wrong_code' | 'identity_wrong_issuer' | 'identity_wrong_nonce' | 'identity_wrong_recipient' | 'identity_wrong_request' | 'identity_wrong_signature' | 'identity_wrong_subject' | 'identity_xml_comment' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'provider_email_needed' | 'provider_sign_up_closed' | 'provider_visit_connection_changed' | 'provider_visit_expired' | 'provider_visit_other_page' | 'provider_visit_other_provider' | 'provider_visit_other_purpose' | 'provider_visit_other_session' | 'provider_visit_unknown_state' | 'provider_visit_used' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_claims' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Start linking an account at an identity provider */
  beginProviderLink: {
    call: {
      path: {
        /** The provider */
        provider: string;
      };
      body: BeginProviderLink;
    };
    answers: {
      200: ProviderVisit;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'identity_provider_unavailable' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Link an account at an identity provider */
  completeProviderLink: {
    call: {
      path: {
        /** The provider */
        provider: string;
      };
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body: CompleteProviderVisit;
    };
    answers: {
      201: Identity;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'identity_account_refused' | 'identity_client_refused' | 'identity_declined' | 'identity_expired' | 'identity_incomplete' | 'identity_malformed' | 'identity_mixed_up_issuer' | 'identity_not_decryptable' | 'identity_not_valid_yet' | 'identity_provider_unavailable' | 'identity_signature_wrapped' | 'identity_taken' | 'identity_unknown_key' | 'identity_unsigned' | 'identity_wrong_algorithm' | 'identity_wrong_audience' | 'identity_wrong_code' | 'identity_wrong_issuer' | 'identity_wrong_nonce' | 'identity_wrong_recipient' | 'identity_wrong_request' | 'identity_wrong_signature' | 'identity_wrong_subject' | 'identity_xml_comment' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'provider_visit_connection_changed' | 'provider_visit_expired' | 'provider_visit_other_page' | 'provider_visit_other_provider' | 'provider_visit_other_purpose' | 'provider_visit_other_session' | 'provider_visit_unknown_state' | 'provider_visit_used' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List your identities */
  listIdentities: {
    call: Record<never, never>;
    answers: {
      200: IdentityList;
    };
    code: 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Unlink an identity */
  unlinkIdentity: {
    call: {
      path: {
        /** The id of the identity */
        identityId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_sign_in_method' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** List the public keys of access tokens */
  getJwks: {
    call: Record<never, never>;
    answers: {
      200: {
        keys?: Record<string, unknown>[];
      };
    };
    code: 'database_time_exceeded' | 'http_error' | 'internal_error' | 'invalid_host' | 'malformed_text' | 'method_not_allowed' | 'overloaded' | 'repeated_header' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Retrieve your account */
  getProfile: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Profile;
      304: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Update your account */
  updateProfile: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateProfile;
    };
    answers: {
      200: Profile;
    };
    code: 'account_locked' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'operator_second_factor_required' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_password';
  };
  /** Delete your account */
  deleteAccount: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body?: DeleteAccount;
    };
    answers: {
      204: undefined;
    };
    code: 'account_locked' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'code_needed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_owner' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'operator_account' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'under_legal_hold' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_code' | 'wrong_password';
  };
  /** Export your data */
  exportPerson: {
    call: Record<never, never>;
    answers: {
      200: Response;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'export_running' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** List your organizations */
  listMyOrganizations: {
    call: Record<never, never>;
    answers: {
      200: MyOrganizationList;
    };
    code: 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Create an organization */
  createOrganization: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateOrganization;
    };
    answers: {
      201: MyOrganization;
    };
    code: 'account_login_required' | 'amount_too_large' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'reserved_slug' | 'session_ended' | 'session_timed_out' | 'slug_taken' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve the current organization */
  getCurrentOrganization: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Organization;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Retrieve an organization */
  getOrganization: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Organization;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the profile of an organization */
  updateOrganization: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateOrganization;
    };
    answers: {
      200: Organization;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'reserved_slug' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'slug_taken' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Delete an organization */
  deleteOrganization: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Restore a deleted organization */
  restoreOrganization: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: Organization;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_in_maintenance' | 'organization_not_deleted' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Leave an organization */
  leaveOrganization: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_owner' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Transfer the ownership of an organization */
  transferOwnership: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: TransferOwnership;
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'not_a_member' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Download the file of an export */
  downloadExport: {
    call: {
      path: {
        /** The id of the export */
        exportId: string;
      };
      query: {
        /** The signed content of the link */
        link: string;
      };
      header?: {
        /** The ETag of the earlier answer. With another one, the whole file is returned. */
        'if-range'?: string;
        /** One range of bytes (RFC 9110, section 14) */
        range?: string;
      };
    };
    answers: {
      200: Response;
      206: Response;
    };
    code: 'database_time_exceeded' | 'export_file_missing' | 'export_link_invalid' | 'http_error' | 'internal_error' | 'invalid_byte_range' | 'invalid_host' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'overloaded' | 'repeated_header' | 'storage_unavailable' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed' | 'version_conflict';
  };
  /** List exports of an organization */
  listOrganizationExports: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only exports with this status */
        status?: OrganizationExportStatus;
      };
    };
    answers: {
      200: OrganizationExportPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Export an organization */
  createOrganizationExport: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      201: OrganizationExport;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_export_running' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_exports' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Retrieve an export of an organization */
  getOrganizationExport: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the export */
        exportId: string;
      };
    };
    answers: {
      200: OrganizationExport;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Cancel an export of an organization */
  cancelOrganizationExport: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the export */
        exportId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'storage_unavailable' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Create a link to the file of an export */
  createOrganizationExportLink: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the export */
        exportId: string;
      };
    };
    answers: {
      200: ExportLink;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'export_not_ready' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** List the members of an organization */
  listMembers: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Return only members with this base role */
        role?: string;
        /** Only members whose name, user name or email address contains this text. Capital and small letters are the same. Letters are compared one by one: `strasse` does not find `Straße`, nor `σ` a final `ς`. */
        search?: string;
      };
    };
    answers: {
      200: MemberPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Add a member by email address */
  addMember: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: AddMember;
    };
    answers: {
      201: AddedMember;
      202: AddedMember;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'already_member' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'duplicate_address' | 'email_domain_not_allowed' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_seat_left' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a member */
  getMember: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Member;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the roles of a member */
  updateMember: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateMember;
    };
    answers: {
      200: Member;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_owner' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'own_role' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Remove a member */
  removeMember: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_owner' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'remove_yourself' | 'repeated_header' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Create a managed account */
  createManagedAccount: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateManagedAccount;
    };
    answers: {
      201: ManagedAccount;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'breached_password' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'email_domain_not_allowed' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'no_seat_left' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sign_in_method_off' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_name_taken' | 'user_required' | 'validation_failed' | 'weak_password';
  };
  /** Set the password of a managed account */
  setManagedPassword: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: SetManagedPassword;
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'breached_password' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'own_password' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sign_in_method_off' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'weak_password';
  };
  /** Remove the second factor of a managed account */
  removeManagedSecondFactor: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'own_second_factor' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Retrieve the state of your consent */
  getOwnConsent: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
    };
    answers: {
      200: ConsentState;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Request the consent of a guardian */
  requestConsent: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: RequestConsent;
    };
    answers: {
      200: RequestedConsent;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'consent_not_needed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'own_address' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** State your age */
  stateAge: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: StateAge;
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'age_not_asked' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'birth_month_in_the_future' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List the consents for a member */
  listConsents: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
    };
    answers: {
      200: ConsentList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Record a consent on paper */
  recordConsent: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: RecordConsent;
    };
    answers: {
      201: Consent;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'consent_not_needed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Request the consent of a guardian of a member */
  requestConsentFor: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: RequestConsent;
    };
    answers: {
      200: RequestedConsent;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'consent_not_needed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'own_address' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Record a withdrawal of consent */
  withdrawConsent: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: WithdrawConsent;
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_owner' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_consent' | 'not_a_member' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'remove_yourself' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Preview a consent */
  previewConsent: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: GuardianToken;
    };
    answers: {
      200: ConsentPreview;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'guardian_link_not_found' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Give a consent */
  giveConsent: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: GiveConsent;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'body_too_large' | 'consent_text_changed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'guardian_link_not_found' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Withdraw a consent */
  withdrawConsentByLink: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: GuardianToken;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'guardian_link_not_found' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_utf8' | 'last_owner' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** List the invitations of an organization */
  listInvitations: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only invitations with this status */
        status?: InvitationStatus;
      };
    };
    answers: {
      200: InvitationPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Create invitations */
  createInvitations: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: CreateInvitations;
    };
    answers: {
      201: CreatedInvitations;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'already_member' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'duplicate_address' | 'email_domain_not_allowed' | 'email_not_verified' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_seat_left' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve an invitation */
  getInvitation: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the invitation */
        invitationId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Invitation;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Revoke an invitation */
  revokeInvitation: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the invitation */
        invitationId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'invitation_accepted' | 'invitation_closed' | 'invitation_declined' | 'invitation_expired' | 'invitation_revoked' | 'invitation_void' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Resend an invitation */
  resendInvitation: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the invitation */
        invitationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: Invitation;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'invitation_accepted' | 'invitation_closed' | 'invitation_declined' | 'invitation_expired' | 'invitation_revoked' | 'invitation_void' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_seat_left' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required';
  };
  /** Preview an invitation */
  previewInvitation: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: InvitationToken;
    };
    answers: {
      200: InvitationPreview;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_utf8' | 'invitation_accepted' | 'invitation_closed' | 'invitation_declined' | 'invitation_expired' | 'invitation_not_found' | 'invitation_revoked' | 'invitation_void' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Accept an invitation */
  acceptInvitation: {
    call: {
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: AcceptInvitation;
    };
    answers: {
      200: JoinedByInvitation;
      201: SignedUpByInvitation | JoinedByInvitation;
    };
    code: 'account_exists' | 'account_login_required' | 'account_needed' | 'already_member' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'breached_password' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_domain_not_allowed' | 'email_not_verified' | 'email_taken' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'invitation_accepted' | 'invitation_closed' | 'invitation_declined' | 'invitation_expired' | 'invitation_for_other_address' | 'invitation_not_found' | 'invitation_revoked' | 'invitation_void' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_seat_left' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'registration_closed' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'token_expired' | 'too_many_claims' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'weak_password';
  };
  /** Decline an invitation */
  declineInvitation: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: InvitationToken;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_utf8' | 'invitation_accepted' | 'invitation_closed' | 'invitation_declined' | 'invitation_expired' | 'invitation_not_found' | 'invitation_revoked' | 'invitation_void' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** List the organizations that you can join */
  listJoinableOrganizations: {
    call: Record<never, never>;
    answers: {
      200: JoinableOrganizationList;
    };
    code: 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List the join requests of an organization */
  listJoinRequests: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only requests with this status */
        status?: JoinRequestStatus;
      };
    };
    answers: {
      200: JoinRequestPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Join an organization, or request to join it */
  askToJoin: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: AskToJoin;
    };
    answers: {
      201: Joined;
    };
    code: 'account_login_required' | 'already_member' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_domain_not_allowed' | 'email_not_verified' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'invitation_void' | 'join_request_pending' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'no_seat_left' | 'not_found' | 'organization_not_found' | 'outcome_unknown' | 'overloaded' | 'registration_closed' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Approve a join request */
  approveJoinRequest: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the join request */
        joinRequestId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: ApproveJoinRequest;
    };
    answers: {
      200: JoinRequest;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'email_domain_not_allowed' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'join_request_decided' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_seat_left' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Decline a join request */
  declineJoinRequest: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the join request */
        joinRequestId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: JoinRequest;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'join_request_decided' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** List all permissions */
  listPermissions: {
    call: Record<never, never>;
    answers: {
      200: PermissionList;
    };
    code: 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List the roles of an organization */
  listRoles: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
    };
    answers: {
      200: RoleList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Create a custom role */
  createRole: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateRole;
    };
    answers: {
      201: Role;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_exists' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_roles' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_permission' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a role */
  getRole: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The key */
        key: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Role;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update a custom role */
  updateRole: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The key */
        key: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateRole;
    };
    answers: {
      200: Role;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'built_in_role' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_permission' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a custom role */
  deleteRole: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The key */
        key: string;
      };
      query?: {
        /** The key of the custom role that members and teams get instead */
        replacement?: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'built_in_role' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_in_use' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Check whether you have access */
  checkAccess: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: CheckAccess;
    };
    answers: {
      200: AccessCheck;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_deleted' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_feature' | 'unknown_meter' | 'unknown_permission' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Check what members may do */
  checkMemberAccess: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CheckMemberAccess;
    };
    answers: {
      200: AccessCheckList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_deleted' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_feature' | 'unknown_meter' | 'unknown_permission' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Explain the access of a member */
  explainMemberAccess: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the user */
        userId: string;
      };
      query: {
        /** The permission to check, `resource:action` */
        permission: string;
      };
    };
    answers: {
      200: AccessCheck;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_permission' | 'validation_failed' | 'version_conflict';
  };
  /** List the teams of an organization */
  listTeams: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrNameOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only teams whose name contains this text. Capital and small letters are the same. Letters are compared one by one: `strasse` does not find `Straße`, nor `σ` a final `ς`. */
        search?: string;
      };
    };
    answers: {
      200: TeamPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Create a team */
  createTeam: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateTeam;
    };
    answers: {
      201: Team;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'team_name_taken' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a team */
  getTeam: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the team */
        teamId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Team;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update a team */
  updateTeam: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the team */
        teamId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateTeam;
    };
    answers: {
      200: Team;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'team_name_taken' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a team */
  deleteTeam: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the team */
        teamId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** List the members of a team */
  listTeamMembers: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the team */
        teamId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: TeamMemberPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Add a member to a team */
  addTeamMember: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the team */
        teamId: string;
        /** The id of the user */
        userId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_a_member' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Remove a member from a team */
  removeTeamMember: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the team */
        teamId: string;
        /** The id of the user */
        userId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** List API keys */
  listApiKeys: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrNameOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only keys in this state */
        status?: ApiKeyStatus;
        /** Whether to return only keys with withheld permissions, or only keys without */
        needsReview?: boolean;
        /** Return only keys that this member granted */
        grantedById?: string;
      };
    };
    answers: {
      200: ApiKeyPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Create an API key */
  createApiKey: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateApiKey;
    };
    answers: {
      201: ApiKeySecret;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'expiry_in_the_past' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'permission_not_for_keys' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_permission' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve an API key */
  getApiKey: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the api key */
        apiKeyId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: ApiKey;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Update an API key */
  updateApiKey: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the api key */
        apiKeyId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateApiKey;
    };
    answers: {
      200: ApiKey;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'expiry_in_the_past' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'permission_not_for_keys' | 'personal_key' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'rotation_required' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_permission' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Revoke an API key */
  revokeApiKey: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the api key */
        apiKeyId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Rotate the secret of an API key */
  rotateApiKey: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the api key */
        apiKeyId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: RotateApiKey;
    };
    answers: {
      200: ApiKeySecret;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'expiry_in_the_past' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'personal_key' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Discover how an address signs in */
  discoverSignIn: {
    call: {
      body: DiscoverSignIn;
    };
    answers: {
      200: SignInMethods;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Start single sign-on */
  beginSso: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      body: BeginSso;
    };
    answers: {
      200: ProviderVisit;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'identity_provider_unavailable' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Complete single sign-on */
  completeSso: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body: CompleteProviderVisit;
    };
    answers: {
      200: TokenPair | SecondFactorRequired;
    };
    code: 'account_login_required' | 'already_member' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_domain_not_allowed' | 'email_taken' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'identity_account_refused' | 'identity_client_refused' | 'identity_declined' | 'identity_expired' | 'identity_incomplete' | 'identity_malformed' | 'identity_mixed_up_issuer' | 'identity_not_decryptable' | 'identity_not_valid_yet' | 'identity_provider_unavailable' | 'identity_signature_wrapped' | 'identity_unknown_key' | 'identity_unsigned' | 'identity_wrong_algorithm' | 'identity_wrong_audience' | 'identity_wrong_code' | 'identity_wrong_issuer' | 'identity_wrong_nonce' | 'identity_wrong_recipient' | 'identity_wrong_request' | 'identity_wrong_signature' | 'identity_wrong_subject' | 'identity_xml_comment' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_utf8' | 'invitation_void' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_seat_left' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'provider_visit_connection_changed' | 'provider_visit_expired' | 'provider_visit_other_page' | 'provider_visit_other_provider' | 'provider_visit_other_purpose' | 'provider_visit_other_session' | 'provider_visit_unknown_state' | 'provider_visit_used' | 'registration_closed' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'sso_address_not_proved' | 'sso_member_above_author' | 'sso_role_not_grantable' | 'too_many_claims' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** List your links to single sign-on */
  listSsoLinks: {
    call: Record<never, never>;
    answers: {
      200: SsoLinkList;
    };
    code: 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Start linking your account to single sign-on */
  beginSsoLink: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      body: BeginProviderLink;
    };
    answers: {
      200: ProviderVisit;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'identity_account_refused' | 'identity_provider_unavailable' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Unlink your account from single sign-on */
  unlinkSso: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_sign_in_method' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Link your account to single sign-on */
  completeSsoLink: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
      };
      body: CompleteProviderVisit;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'identity_account_refused' | 'identity_client_refused' | 'identity_declined' | 'identity_expired' | 'identity_incomplete' | 'identity_malformed' | 'identity_mixed_up_issuer' | 'identity_not_decryptable' | 'identity_not_valid_yet' | 'identity_provider_unavailable' | 'identity_signature_wrapped' | 'identity_taken' | 'identity_unknown_key' | 'identity_unsigned' | 'identity_wrong_algorithm' | 'identity_wrong_audience' | 'identity_wrong_code' | 'identity_wrong_issuer' | 'identity_wrong_nonce' | 'identity_wrong_recipient' | 'identity_wrong_request' | 'identity_wrong_signature' | 'identity_wrong_subject' | 'identity_xml_comment' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'provider_visit_connection_changed' | 'provider_visit_expired' | 'provider_visit_other_page' | 'provider_visit_other_provider' | 'provider_visit_other_purpose' | 'provider_visit_other_session' | 'provider_visit_unknown_state' | 'provider_visit_used' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** End the sessions of a user who signed out */
  endSsoSessions: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      body: LogoutToken;
    };
    answers: {
      204: undefined;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'identity_provider_unavailable' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_logout_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Sign out, also of the identity provider */
  logOutOfSso: {
    call: {
      body?: LogOutOfSso;
    };
    answers: {
      200: SsoLogout;
    };
    code: 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'identity_provider_unavailable' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'repeated_header' | 'return_address_not_allowed' | 'session_ended' | 'session_timed_out' | 'tenant_mismatch' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** List the connections of single sign-on */
  listSsoConnections: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: SsoConnectionList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Create a connection of single sign-on */
  createSsoConnection: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateSsoConnection;
    };
    answers: {
      201: SsoConnection;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_issuer_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_sso_connections' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a connection of single sign-on */
  getSsoConnection: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: SsoConnection;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update a connection of single sign-on */
  updateSsoConnection: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateSsoConnection;
    };
    answers: {
      200: SsoConnection;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_sso_connection' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_connection_not_tested' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a connection of single sign-on */
  deleteSsoConnection: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_sso_connection' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Start a test of a connection */
  beginSsoTest: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
      body: BeginSsoTest;
    };
    answers: {
      200: ProviderVisit;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'identity_provider_unavailable' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Complete a test of a connection */
  completeSsoTest: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
      body: CompleteProviderVisit;
    };
    answers: {
      200: SsoTest;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'identity_account_refused' | 'identity_client_refused' | 'identity_declined' | 'identity_expired' | 'identity_incomplete' | 'identity_malformed' | 'identity_mixed_up_issuer' | 'identity_not_decryptable' | 'identity_not_valid_yet' | 'identity_provider_unavailable' | 'identity_signature_wrapped' | 'identity_unknown_key' | 'identity_unsigned' | 'identity_wrong_algorithm' | 'identity_wrong_audience' | 'identity_wrong_code' | 'identity_wrong_issuer' | 'identity_wrong_nonce' | 'identity_wrong_recipient' | 'identity_wrong_request' | 'identity_wrong_signature' | 'identity_wrong_subject' | 'identity_xml_comment' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'provider_visit_connection_changed' | 'provider_visit_expired' | 'provider_visit_other_page' | 'provider_visit_other_provider' | 'provider_visit_other_purpose' | 'provider_visit_other_session' | 'provider_visit_unknown_state' | 'provider_visit_used' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List the set-up links of single sign-on */
  listSsoSetupLinks: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: SsoSetupLinkList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Create a set-up link of single sign-on */
  createSsoSetupLink: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateSsoSetupLink;
    };
    answers: {
      201: NewSsoSetupLink;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_setup_links' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Revoke a set-up link of single sign-on */
  revokeSsoSetupLink: {
    call: {
      path: {
        /** The id of the sso setup link */
        ssoSetupLinkId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Retrieve the set-up of single sign-on */
  getSsoSetup: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: SsoSetup;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Set up a connection of single sign-on */
  setUpSsoConnection: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: SetUpConnection;
    };
    answers: {
      201: SsoConnection;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_issuer_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_sso_connections' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Set up a connection by SAML 2.0 */
  setUpSamlConnection: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: SetUpSamlConnection;
    };
    answers: {
      201: SsoConnection;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'saml_settings_refused' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_sso_connections' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Update the SAML settings of a connection of the set-up */
  updateSetUpSamlConnection: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
      body?: UpdateSamlSettings;
    };
    answers: {
      200: SsoConnection;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_too_high' | 'saml_settings_refused' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Retrieve a connection of the set-up */
  getSetUpSsoConnection: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: SsoConnection;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update a connection of the set-up */
  updateSetUpSsoConnection: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
      body?: UpdateSetUpConnection;
    };
    answers: {
      200: SsoConnection;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_sso_connection' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_connection_not_tested' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Start a test of a connection of the set-up */
  beginSetUpSsoTest: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
      body: BeginSsoTest;
    };
    answers: {
      200: ProviderVisit;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'identity_provider_unavailable' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Complete a test of a connection of the set-up */
  completeSetUpSsoTest: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** Whether the refresh token and the token of the device are kept in cookies that no script can read. The answer, and the body of later requests, then have `cookie` in their place. For pages of the same origin as the API only */
        'X-Session-Cookie'?: boolean;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
      body: CompleteProviderVisit;
    };
    answers: {
      200: SsoTest;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'identity_account_refused' | 'identity_client_refused' | 'identity_declined' | 'identity_expired' | 'identity_incomplete' | 'identity_malformed' | 'identity_mixed_up_issuer' | 'identity_not_decryptable' | 'identity_not_valid_yet' | 'identity_provider_unavailable' | 'identity_signature_wrapped' | 'identity_unknown_key' | 'identity_unsigned' | 'identity_wrong_algorithm' | 'identity_wrong_audience' | 'identity_wrong_code' | 'identity_wrong_issuer' | 'identity_wrong_nonce' | 'identity_wrong_recipient' | 'identity_wrong_request' | 'identity_wrong_signature' | 'identity_wrong_subject' | 'identity_xml_comment' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'provider_visit_connection_changed' | 'provider_visit_expired' | 'provider_visit_other_page' | 'provider_visit_other_provider' | 'provider_visit_other_purpose' | 'provider_visit_other_session' | 'provider_visit_unknown_state' | 'provider_visit_used' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Retrieve the metadata of a connection */
  getSamlMetadata: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'database_time_exceeded' | 'http_error' | 'internal_error' | 'invalid_host' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'overloaded' | 'repeated_header' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Receive a SAML response */
  receiveSamlResponse: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      body: SamlResponse;
    };
    answers: {
      303: undefined;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Create a connection by SAML 2.0 */
  createSamlConnection: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateSamlConnection;
    };
    answers: {
      201: SsoConnection;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'saml_settings_refused' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_sso_connections' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Update the SAML settings of a connection */
  updateSamlConnection: {
    call: {
      path: {
        /** The id of the sso connection */
        ssoConnectionId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateSamlSettings;
    };
    answers: {
      200: SsoConnection;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'saml_settings_refused' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List the domains of an organization */
  listDomains: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: DomainList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Add a domain */
  createDomain: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateDomain;
    };
    answers: {
      201: Domain;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'domain_exists' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_domain' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'public_email_domain' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_domains' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a domain */
  getDomain: {
    call: {
      path: {
        /** The id of the domain */
        domainId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Domain;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the join policy of a domain */
  updateDomain: {
    call: {
      path: {
        /** The id of the domain */
        domainId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateDomain;
    };
    answers: {
      200: Domain;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'domain_not_verified' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'only_for_email_domains' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_not_joinable' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a domain */
  deleteDomain: {
    call: {
      path: {
        /** The id of the domain */
        domainId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Verify a domain */
  verifyDomain: {
    call: {
      path: {
        /** The id of the domain */
        domainId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: VerifyDomain;
    };
    answers: {
      200: Domain;
    };
    code: 'access_denied' | 'account_login_required' | 'address_elsewhere' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'code_mailed_recently' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'dns_unavailable' | 'domain_not_proved' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'only_for_email_domains' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'wrong_code';
  };
  /** List directories */
  listDirectories: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrNameOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: DirectoryPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Create a directory */
  createDirectory: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateDirectory;
    };
    answers: {
      201: Directory;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_name_taken' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_directories' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a directory */
  getDirectory: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Directory;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update a directory */
  updateDirectory: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateDirectory;
    };
    answers: {
      200: Directory;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_name_taken' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a directory */
  deleteDirectory: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Create a token of a directory */
  createDirectoryToken: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: CreateDirectoryToken;
    };
    answers: {
      201: DirectoryTokenSecret;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'expiry_in_the_past' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_directory_tokens' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Revoke a token of a directory */
  revokeDirectoryToken: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
        /** The id of the token */
        tokenId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** List the users of a directory */
  listDirectoryUsers: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Return only users in this state */
        state?: DirectoryUserState;
      };
    };
    answers: {
      200: DirectoryUserPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Try again to provision a user of a directory */
  retryDirectoryUser: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
        /** The id of the directory user */
        directoryUserId: string;
      };
    };
    answers: {
      200: DirectoryUser;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'email_domain_not_allowed' | 'email_taken' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'last_owner' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_seat_left' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** List the groups of a directory */
  listDirectoryGroups: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: DirectoryGroupPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Map a group of a directory */
  mapDirectoryGroup: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the directory */
        directoryId: string;
        /** The id of the group */
        groupId: string;
      };
      body?: MapDirectoryGroup;
    };
    answers: {
      200: DirectoryGroup;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'role_too_high' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unknown_team' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List the limits of the current organization */
  getLimits: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: LimitList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'version_conflict';
  };
  /** Retrieve the settings */
  getSettings: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Record<string, boolean | number | string>;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the settings */
  updateSettings: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the document has another one */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: Record<string, boolean | number | string | null>;
    };
    answers: {
      200: Record<string, boolean | number | string>;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'policy_refuses_you' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'security_setting' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Retrieve the JSON Schema of the settings */
  getSettingsSchema: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Record<string, unknown>;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** List features */
  listFeatures: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: FeatureList;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Enable or disable a feature */
  toggleFeature: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the document has another one */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ToggleFeature;
    };
    answers: {
      200: FeatureList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'security_setting' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_feature' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Retrieve the entitlements of the organization */
  getEntitlements: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Entitlements;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Retrieve the custom settings */
  getCustomSettings: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Record<string, unknown>;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the custom settings */
  updateCustomSettings: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the document has another one */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: Record<string, unknown>;
    };
    answers: {
      200: Record<string, unknown>;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'custom_settings_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Retrieve the integrations */
  getIntegrations: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Record<string, {
        enabled: boolean;
        config: Record<string, unknown>;
        secrets: Record<string, {
          set: boolean;
          updatedAt: string;
        }>;
      }>;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the integrations */
  updateIntegrations: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the document has another one */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: Record<string, {
        enabled?: boolean;
        config?: Record<string, unknown>;
        secrets?: Record<string, string | null>;
      } | null>;
    };
    answers: {
      200: Record<string, {
        enabled: boolean;
        config: Record<string, unknown>;
        secrets: Record<string, {
          set: boolean;
          updatedAt: string;
        }>;
      }>;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'custom_settings_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_integrations' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Retrieve the branding */
  getBranding: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Branding;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the branding */
  updateBranding: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the document has another one */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateBranding;
    };
    answers: {
      200: UpdatedBranding;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'css_busy' | 'css_too_complex' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Retrieve the security policy */
  getSecurity: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Security;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the security policy */
  updateSecurity: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the document has another one */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateSecurity;
    };
    answers: {
      200: Security;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_way_in' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'owner_required' | 'password_expired' | 'policy_refuses_you' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Preview a security policy change */
  previewSecurity: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateSecurity;
    };
    answers: {
      200: SecurityPreview;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_way_in' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'owner_required' | 'password_expired' | 'policy_refuses_you' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_role' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Request a link to regain access */
  requestBreakGlass: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'break_glass_mailed_recently' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'email_not_verified' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Regain access with a mailed link */
  useBreakGlass: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: BreakGlass;
    };
    answers: {
      200: Security;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_break_glass_link' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Retrieve the compliance settings */
  getCompliance: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Compliance;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update the compliance settings */
  updateCompliance: {
    call: {
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the document has another one */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateCompliance;
    };
    answers: {
      200: Compliance;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Retrieve the public information of an organization */
  getTenantInfo: {
    call: {
      header?: {
        /** The slug of the organization, if the host does not select it */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: TenantInfo;
    };
    code: 'database_time_exceeded' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'internal_error' | 'invalid_host' | 'invalid_tenant' | 'malformed_text' | 'method_not_allowed' | 'organization_not_found' | 'overloaded' | 'repeated_header' | 'tenant_mismatch' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'version_conflict';
  };
  /** Retrieve the current tenant */
  getCurrentTenant: {
    call: {
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: CurrentTenant;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Record usage events */
  reportUsage: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
      body: ReportUsage;
    };
    answers: {
      200: EventsReceipt;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_events' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Consume units of a meter */
  consumeUsage: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ConsumeUsage;
    };
    answers: {
      200: Consumed;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'event_id_reused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'wrong_meter';
  };
  /** Release units of a gauge */
  releaseUsage: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ConsumeUsage;
    };
    answers: {
      200: MeterState;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'event_id_reused' | 'feature_disabled' | 'feature_not_in_plan' | 'gauge_too_low' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'wrong_meter';
  };
  /** Check whether units are available */
  checkUsage: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CheckUsage;
    };
    answers: {
      200: UsageCheck;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Open a lease */
  acquireLease: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: AcquireLease;
    };
    answers: {
      201: Lease;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'wrong_meter';
  };
  /** Extend a lease */
  prolongLease: {
    call: {
      path: {
        /** The id of the lease */
        leaseId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: ProlongLease;
    };
    answers: {
      200: Lease;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'lease_over' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Release a lease */
  releaseLease: {
    call: {
      path: {
        /** The id of the lease */
        leaseId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type';
  };
  /** Reserve units */
  reserveUsage: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ReserveUsage;
    };
    answers: {
      201: Reservation;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'wrong_meter';
  };
  /** Retrieve a reservation */
  getReservation: {
    call: {
      path: {
        /** The id of the reservation */
        reservationId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: Reservation;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Release a reservation */
  releaseReservation: {
    call: {
      path: {
        /** The id of the reservation */
        reservationId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'reservation_closed' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'version_conflict';
  };
  /** Commit a reservation */
  commitReservation: {
    call: {
      path: {
        /** The id of the reservation */
        reservationId: string;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CommitReservation;
    };
    answers: {
      200: Reservation;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'event_id_reused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'reservation_closed' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** List the grants of an organization */
  listGrants: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only grants of this meter */
        meter?: string;
      };
    };
    answers: {
      200: GrantPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Create a grant */
  createGrant: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateGrant;
    };
    answers: {
      201: Grant;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'expiry_in_the_past' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_decimals' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'wrong_meter';
  };
  /** Revoke a grant */
  revokeGrant: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the grant */
        grantId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Log requests of the product */
  reportRequests: {
    call: {
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
      body: ReportRequests;
    };
    answers: {
      200: RequestsReceipt;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_requests' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Retrieve the usage of an organization */
  getUsage: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The first day (UTC), or a time on that day. Default: the first day of the current month. */
        from?: string;
        /** The last day (UTC), which is included, or a time, which is not. At most 400 days after `from`. Default: the end of the current month. */
        to?: string;
        /** Filters by meters: `meter=a,b`, or `meter=a&meter=b`. Default: all meters. */
        meter?: string[];
        /** Adds `groups` to the report */
        groupBy?: UsageGrouping;
        /** Adds `history` to each counter: its periods in the range */
        includeDetails?: boolean;
      };
    };
    answers: {
      200: UsageReport;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_range' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'validation_failed' | 'version_conflict';
  };
  /** Export usage data */
  exportUsage: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query: {
        /** The first day (UTC), or a time on that day. Default: the first day of the current month. */
        from?: string;
        /** The last day (UTC), which is included, or a time, which is not. At most 400 days after `from`. Default: the end of the current month. */
        to?: string;
        /** The data: usage events (`events`), their daily sums (`days`), the request log (`requests`), or its daily sums (`request-days`) */
        what: ExportedUsage;
        /** `csv`: a table. `ndjson`: one JSON object per line */
        format: FileFormat;
        /** Whether a CSV file begins with a byte order mark, without which Excel does not read it as UTF-8. Default: false. */
        bom?: boolean;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_range' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** List plans, add-ons and prices */
  listPlans: {
    call: Record<never, never>;
    answers: {
      200: PlanList;
    };
    code: 'database_time_exceeded' | 'http_error' | 'internal_error' | 'invalid_host' | 'malformed_text' | 'method_not_allowed' | 'overloaded' | 'repeated_header' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Retrieve the subscription */
  getSubscription: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Subscription;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Change the subscription */
  changeSubscription: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the subscription has another one */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: ChangeSubscription;
    };
    answers: {
      200: Subscription;
    };
    code: 'access_denied' | 'account_login_required' | 'add_on_not_sold' | 'address_not_allowed' | 'amount_too_large' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'cancellation_scheduled' | 'change_in_progress' | 'checkout_required' | 'collected_elsewhere' | 'currency_fixed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'invoices_open' | 'invoices_overdue' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_billed' | 'not_for_sale' | 'not_found' | 'not_sold' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'payment_refused' | 'precondition_failed' | 'price_differs' | 'price_missing' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'seats_included' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_few_seats' | 'too_many_add_ons' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_seats' | 'two_credentials' | 'unavailable' | 'unknown_add_on' | 'unknown_meter' | 'unknown_plan' | 'unsupported_media_type' | 'usage_over_limits' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Preview a subscription change */
  previewSubscription: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: ChangeSubscription;
    };
    answers: {
      200: SubscriptionPreview;
    };
    code: 'access_denied' | 'account_login_required' | 'add_on_not_sold' | 'address_not_allowed' | 'amount_too_large' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'currency_fixed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_for_sale' | 'not_found' | 'not_offered' | 'not_sold' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'seats_included' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_few_seats' | 'too_many_add_ons' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_seats' | 'two_credentials' | 'unavailable' | 'unknown_add_on' | 'unknown_meter' | 'unknown_plan' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Cancel the subscription */
  cancelSubscription: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: CancelSubscription;
    };
    answers: {
      200: Subscription;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'already_canceled' | 'amount_too_large' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'change_in_progress' | 'collected_elsewhere' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'payment_refused' | 'precondition_failed' | 'price_differs' | 'price_missing' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Resume the subscription */
  resumeSubscription: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: Subscription;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'amount_too_large' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'change_in_progress' | 'collected_elsewhere' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'invoices_overdue' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'nothing_to_resume' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'payment_refused' | 'plan_needed' | 'precondition_failed' | 'price_differs' | 'price_missing' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'user_required';
  };
  /** List the invoices */
  listInvoices: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only invoices with this status */
        status?: InvoiceStatus;
      };
    };
    answers: {
      200: InvoicePage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve an invoice */
  getInvoice: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the invoice */
        invoiceId: string;
      };
    };
    answers: {
      200: Invoice;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Retrieve the billing profile */
  getBillingProfile: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: BillingProfile;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Update the billing profile */
  updateBillingProfile: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the organization has another one */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateBillingProfile;
    };
    answers: {
      200: BillingProfile;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tax_id' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Download an invoice as PDF */
  downloadInvoicePdf: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the invoice */
        invoiceId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'document_elsewhere' | 'documents_busy' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** View an invoice as HTML */
  viewInvoice: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the invoice */
        invoiceId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'document_elsewhere' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List the credit notes */
  listCreditNotes: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: IssuedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only credit notes of this invoice */
        invoiceId?: string;
      };
    };
    answers: {
      200: CreditNotePage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** List settlements of the balance */
  listBalanceSettlements: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: SettledAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: BalanceSettlementPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a credit note */
  getCreditNote: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the credit note */
        creditNoteId: string;
      };
    };
    answers: {
      200: CreditNote;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Download a credit note as PDF */
  downloadCreditNotePdf: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the credit note */
        creditNoteId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'document_elsewhere' | 'documents_busy' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** View a credit note as HTML */
  viewCreditNote: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the credit note */
        creditNoteId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'document_elsewhere' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Create a checkout session */
  createCheckout: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: Checkout;
    };
    answers: {
      200: PaymentPage;
    };
    code: 'access_denied' | 'account_login_required' | 'add_on_not_sold' | 'address_not_allowed' | 'already_subscribed' | 'amount_too_large' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'change_in_progress' | 'currency_fixed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'foreign_address' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'invoices_open' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_for_sale' | 'not_found' | 'not_offered' | 'not_sold' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'payment_refused' | 'prepaid_exceeds' | 'price_differs' | 'price_missing' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'seats_included' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_few_seats' | 'too_many_add_ons' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_seats' | 'two_credentials' | 'unavailable' | 'unknown_add_on' | 'unknown_meter' | 'unknown_plan' | 'unsupported_media_type' | 'usage_over_limits' | 'user_required' | 'validation_failed';
  };
  /** Create a portal session */
  createPortalSession: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: Portal;
    };
    answers: {
      200: PaymentPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'foreign_address' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'not_offered' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'payment_refused' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Receive a webhook event from Stripe */
  receiveStripeEvent: {
    call: {
      header: {
        /** The time and the signature of the event */
        'Stripe-Signature': string;
      };
      body?: Record<string, unknown>;
    };
    answers: {
      200: undefined;
    };
    code: 'account_login_required' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_host' | 'invalid_signature' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** List access log entries */
  listAccessLogs: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The id of the user, operator, API key or service key */
        actorId?: string;
        /** The id of a record that was read; of a member, the user id */
        recordId?: string;
        /** Only entries at or after this time */
        from?: string;
        /** Only entries before this time */
        to?: string;
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
      };
    };
    answers: {
      200: AccessLogEntryPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Export access log entries */
  exportAccessLogs: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query: {
        /** The id of the user, operator, API key or service key */
        actorId?: string;
        /** The id of a record that was read; of a member, the user id */
        recordId?: string;
        /** Only entries at or after this time */
        from?: string;
        /** Only entries before this time */
        to?: string;
        /** `csv`: a table. `ndjson`: one JSON object per line */
        format: FileFormat;
        /** Whether a CSV file begins with a byte order mark, without which Excel does not read it as UTF-8. Default: false. */
        bom?: boolean;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** List audit events */
  listAuditLogs: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The operationId of a route, `job <name>`, `cli <command>`, `sql` for a change by a statement in the database, or `several` for many refusals with the same code */
        action?: string;
        /** The id of the user, operator, API key or service key, or the name of the job */
        actorId?: string;
        /** The id of the first record that was changed, as in `target` */
        targetId?: string;
        /** Only events with this outcome */
        outcome?: AuditOutcome;
        /** The `X-Request-Id` of the request */
        requestId?: string;
        /** Only events at or after this time */
        from?: string;
        /** Only events before this time */
        to?: string;
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
      };
    };
    answers: {
      200: AuditEventPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Export audit events */
  exportAuditLogs: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query: {
        /** The operationId of a route, `job <name>`, `cli <command>`, `sql` for a change by a statement in the database, or `several` for many refusals with the same code */
        action?: string;
        /** The id of the user, operator, API key or service key, or the name of the job */
        actorId?: string;
        /** The id of the first record that was changed, as in `target` */
        targetId?: string;
        /** Only events with this outcome */
        outcome?: AuditOutcome;
        /** The `X-Request-Id` of the request */
        requestId?: string;
        /** Only events at or after this time */
        from?: string;
        /** Only events before this time */
        to?: string;
        /** `csv`: a table. `ndjson`: one JSON object per line */
        format: FileFormat;
        /** Whether a CSV file begins with a byte order mark, without which Excel does not read it as UTF-8. Default: false. */
        bom?: boolean;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** List events */
  listEvents: {
    call: {
      query?: {
        /** The `position` of the last answer, or the `sequence` of the last event that you have processed: the events after it are returned. 0: from the first event that is kept. */
        after?: number;
        /** The maximum number of events */
        limit?: number;
      };
      header?: {
        /** The id of the organization, if neither the credential nor the host names it. If several name one, it must be the same */
        'X-Tenant-ID'?: string;
        /** The slug of the organization, instead of its id */
        'X-Tenant-Slug'?: string;
      };
    };
    answers: {
      200: EventList;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'events_missing' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed' | 'version_conflict';
  };
  /** List webhooks */
  listWebhooks: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Whether to return only webhooks that are enabled, or only those that are not */
        enabled?: boolean;
      };
    };
    answers: {
      200: WebhookPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Create a webhook */
  createWebhook: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateWebhook;
    };
    answers: {
      201: WebhookSecret;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'event_type_not_permitted' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'invalid_webhook_url' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'too_many_webhooks' | 'two_credentials' | 'unavailable' | 'unknown_event_type' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Retrieve a webhook */
  getWebhook: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Webhook;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update a webhook */
  updateWebhook: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateWebhook;
    };
    answers: {
      200: Webhook;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'event_type_not_permitted' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'invalid_webhook_url' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_event_type' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a webhook */
  deleteWebhook: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'version_conflict';
  };
  /** Rotate the secret of a webhook */
  rotateWebhookSecret: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: RotateWebhookSecret;
    };
    answers: {
      200: WebhookSecret;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'event_type_not_permitted' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Send a test event to a webhook */
  testWebhook: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: WebhookDelivery;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'webhook_disabled';
  };
  /** Replay a range of events to a webhook */
  replayWebhook: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ReplayWebhook;
    };
    answers: {
      200: WebhookReplay;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'webhook_disabled';
  };
  /** List the deliveries of a webhook */
  listWebhookDeliveries: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only deliveries with this status */
        status?: WebhookDeliveryStatus;
      };
    };
    answers: {
      200: WebhookDeliveryPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Retrieve a delivery of a webhook */
  getWebhookDelivery: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
        /** The id of the webhook delivery */
        webhookDeliveryId: string;
      };
    };
    answers: {
      200: WebhookDeliveryDetails;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Replay a delivery of a webhook */
  replayWebhookDelivery: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the webhook */
        webhookId: string;
        /** The id of the webhook delivery */
        webhookDeliveryId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: WebhookDelivery;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'webhook_disabled';
  };
  /** List projects */
  listProjects: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrNameOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only projects that this user is responsible for */
        assigneeId?: string;
        /** Only projects whose name contains this text. Capital and small letters are the same. Letters are compared one by one: `strasse` does not find `Straße`, nor `σ` a final `ς`. */
        search?: string;
      };
    };
    answers: {
      200: ProjectPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Create a project */
  createProject: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateProject;
    };
    answers: {
      201: Project;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'event_id_reused' | 'feature_disabled' | 'feature_not_in_plan' | 'gauge_too_low' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'reference_not_found' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict' | 'wrong_meter';
  };
  /** Retrieve a project */
  getProject: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the project */
        projectId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Project;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update a project */
  updateProject: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the project */
        projectId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateProject;
    };
    answers: {
      200: Project;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'reference_not_found' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a project */
  deleteProject: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the project */
        projectId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'event_id_reused' | 'feature_disabled' | 'feature_not_in_plan' | 'gauge_too_low' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_decimals' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'version_conflict' | 'wrong_meter';
  };
  /** List the tasks of a project */
  listTasks: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the project */
        projectId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: TaskPage;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'validation_failed';
  };
  /** Create a task */
  createTask: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the project */
        projectId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateTask;
    };
    answers: {
      201: Task;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'reference_not_found' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed';
  };
  /** Retrieve a task */
  getTask: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the project */
        projectId: string;
        /** The id of the task */
        taskId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Task;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'database_time_exceeded' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable';
  };
  /** Update a task */
  updateTask: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the project */
        projectId: string;
        /** The id of the task */
        taskId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateTask;
    };
    answers: {
      200: Task;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'outcome_unknown' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'reference_not_found' | 'repeated_header' | 'request_running' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a task */
  deleteTask: {
    call: {
      path: {
        /** The id of the organization */
        organizationId: string;
        /** The id of the project */
        projectId: string;
        /** The id of the task */
        taskId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'address_not_allowed' | 'api_key_disabled' | 'api_key_expired' | 'api_key_needs_review' | 'authentication_required' | 'authority_changed' | 'awaiting_consent' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'directory_token_refused' | 'feature_disabled' | 'feature_not_in_plan' | 'guardian_access_closed' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_tenant' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'origin_not_allowed' | 'overloaded' | 'password_expired' | 'quota_exceeded' | 'recent_login_required' | 'repeated_header' | 'second_factor_required' | 'service_key_refused' | 'session_ended' | 'session_timed_out' | 'sign_in_method_not_allowed' | 'sso_required' | 'tenant_mismatch' | 'tenant_required' | 'token_expired' | 'too_many_requests' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'version_conflict';
  };
  /** Start a trial or change its end */
  setTrial: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: SetTrial;
    };
    answers: {
      200: Subscription;
    };
    code: 'access_denied' | 'account_login_required' | 'amount_too_large' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'change_in_progress' | 'collected_elsewhere' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'payment_refused' | 'precondition_failed' | 'price_differs' | 'price_missing' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'trial_end_in_past' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Pause the subscription */
  pauseSubscription: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: Subscription;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'change_in_progress' | 'collected_elsewhere' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'payment_refused' | 'precondition_failed' | 'price_differs' | 'price_missing' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Approve a purchase */
  approvePurchase: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: Subscription;
    };
    code: 'access_denied' | 'account_login_required' | 'add_on_not_sold' | 'amount_too_large' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'cancellation_scheduled' | 'change_in_progress' | 'checkout_required' | 'collected_elsewhere' | 'currency_fixed' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'invoices_open' | 'invoices_overdue' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_billed' | 'not_for_sale' | 'not_found' | 'not_sold' | 'nothing_pending' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'payment_refused' | 'precondition_failed' | 'price_differs' | 'price_missing' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'seats_included' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_few_seats' | 'too_many_add_ons' | 'too_many_running_requests' | 'too_many_seats' | 'two_credentials' | 'unavailable' | 'unknown_add_on' | 'unknown_meter' | 'unknown_plan' | 'unsupported_media_type' | 'usage_over_limits' | 'user_required';
  };
  /** Decline a purchase */
  declinePurchase: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: Subscription;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'change_in_progress' | 'collected_elsewhere' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'nothing_pending' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'payment_refused' | 'precondition_failed' | 'price_differs' | 'price_missing' | 'provider_refused' | 'provider_unavailable' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Create a credit note */
  createCreditNote: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the invoice */
        invoiceId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: CreateCreditNote;
    };
    answers: {
      201: CreditNote;
    };
    code: 'access_denied' | 'account_login_required' | 'amount_too_large' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'collected_elsewhere' | 'credit_exceeds' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'invoice_not_creditable' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_line' | 'unknown_meter' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Close an invoice */
  closeInvoice: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the invoice */
        invoiceId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CloseInvoice;
    };
    answers: {
      200: Invoice;
    };
    code: 'access_denied' | 'account_login_required' | 'amount_too_large' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'collected_elsewhere' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'invoice_closed' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List settlements of the balance of a tenant */
  listTenantBalanceSettlements: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: SettledAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: BalanceSettlementPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Settle a balance */
  settleBalance: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: SettleBalance;
    };
    answers: {
      201: BalanceSettlement;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'balance_exceeded' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List the invoices of all tenants */
  listPlatformInvoices: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: IssuedAtOrCreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only invoices with this status */
        status?: InvoiceStatus;
        /** Whether the invoice is open and past its due date */
        overdue?: boolean;
        /** ISO 4217 code */
        currency?: string;
        /** Whether tenantry has mailed the invoice. false also lists invoices with a total of zero, and those of a payment provider. */
        mailed?: boolean;
        /** Only invoices that were issued at or after this time */
        issuedFrom?: string;
        /** Only invoices that were issued before this time */
        issuedTo?: string;
        /** Only documents of this organization */
        organizationId?: string;
      };
    };
    answers: {
      200: PlatformInvoicePage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve the subscription of a tenant */
  getTenantSubscription: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
    };
    answers: {
      200: Subscription;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List the invoices of a tenant */
  listTenantInvoices: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: IssuedAtOrCreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only invoices with this status */
        status?: InvoiceStatus;
        /** Whether the invoice is open and past its due date */
        overdue?: boolean;
        /** ISO 4217 code */
        currency?: string;
        /** Whether tenantry has mailed the invoice. false also lists invoices with a total of zero, and those of a payment provider. */
        mailed?: boolean;
        /** Only invoices that were issued at or after this time */
        issuedFrom?: string;
        /** Only invoices that were issued before this time */
        issuedTo?: string;
      };
    };
    answers: {
      200: PlatformInvoicePage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve an invoice of a tenant */
  getTenantInvoice: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the invoice */
        invoiceId: string;
      };
    };
    answers: {
      200: PlatformInvoice;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Download an invoice of a tenant as PDF */
  downloadTenantInvoicePdf: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the invoice */
        invoiceId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'document_elsewhere' | 'documents_busy' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** View an invoice of a tenant as HTML */
  viewTenantInvoice: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the invoice */
        invoiceId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'document_elsewhere' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List the credit notes of a tenant */
  listTenantCreditNotes: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: IssuedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only credit notes of this invoice */
        invoiceId?: string;
      };
    };
    answers: {
      200: CreditNotePage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a credit note of a tenant */
  getTenantCreditNote: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the credit note */
        creditNoteId: string;
      };
    };
    answers: {
      200: CreditNote;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Download a credit note of a tenant as PDF */
  downloadTenantCreditNotePdf: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the credit note */
        creditNoteId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'document_elsewhere' | 'documents_busy' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** View a credit note of a tenant as HTML */
  viewTenantCreditNote: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the credit note */
        creditNoteId: string;
      };
    };
    answers: {
      200: Response;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'document_elsewhere' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List the members of a tenant */
  listTenantMembers: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Return only members with this base role */
        role?: string;
        /** Only members whose name, user name or email address contains this text. Capital and small letters are the same. Letters are compared one by one: `strasse` does not find `Straße`, nor `σ` a final `ς`. */
        search?: string;
      };
    };
    answers: {
      200: MemberPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** List the grants of a tenant */
  listTenantGrants: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only grants of this meter */
        meter?: string;
      };
    };
    answers: {
      200: GrantPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** List the usage of all tenants */
  listTenantUsage: {
    call: {
      query?: {
        /** Filters by meters, for example `meter=a,b`. Default: all meters. */
        meter?: string[];
        /** Filters by plan */
        plan?: string;
        /** Filters by usage: at least this percentage of the limit. Excludes unlimited meters. */
        minPercent?: number;
        /** Default: `-percent`. Unlimited meters sort as -1 percent. */
        sort?: TenantUsageOrder;
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
      };
    };
    answers: {
      200: TenantUsagePage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'user_required' | 'validation_failed';
  };
  /** Retrieve the usage of a tenant */
  getTenantUsage: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      query?: {
        /** The first day (UTC), or a time on that day. Default: the first day of the current month. */
        from?: string;
        /** The last day (UTC), which is included, or a time, which is not. At most 400 days after `from`. Default: the end of the current month. */
        to?: string;
        /** Filters by meters: `meter=a,b`, or `meter=a&meter=b`. Default: all meters. */
        meter?: string[];
        /** Adds `groups` to the report */
        groupBy?: UsageGrouping;
        /** Adds `history` to each counter: its periods in the range */
        includeDetails?: boolean;
      };
    };
    answers: {
      200: UsageReport;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_range' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_meter' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Create a set-up link of single sign-on for a tenant */
  createTenantSsoSetupLink: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateTenantSetupLink;
    };
    answers: {
      201: NewSsoSetupLink;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_owner' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'too_many_setup_links' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** List scheduled jobs */
  listJobs: {
    call: Record<never, never>;
    answers: {
      200: JobList;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'version_conflict';
  };
  /** Run a scheduled job now */
  runJob: {
    call: {
      path: {
        /** The job */
        job: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: RunJob;
    };
    answers: {
      200: ManualJobRun;
    };
    code: 'access_denied' | 'account_login_required' | 'amount_too_large' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'dns_unavailable' | 'feature_disabled' | 'feature_not_in_plan' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_job_period' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_dry_run' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'under_legal_hold' | 'unknown_job' | 'unknown_meter' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** List exports of a tenant */
  listTenantExports: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only exports with this status */
        status?: OrganizationExportStatus;
      };
    };
    answers: {
      200: OrganizationExportPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Export a tenant */
  createTenantExport: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      201: OrganizationExport;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'organization_export_running' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_exports' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Retrieve an export of a tenant */
  getTenantExport: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the export */
        exportId: string;
      };
    };
    answers: {
      200: OrganizationExport;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Cancel an export of a tenant */
  cancelTenantExport: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the export */
        exportId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'storage_unavailable' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Create a link to the file of an export of a tenant */
  createTenantExportLink: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The id of the export */
        exportId: string;
      };
    };
    answers: {
      200: ExportLink;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'export_not_ready' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Reset the security policy of a tenant */
  resetTenantSecurity: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: RecoveryReason;
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Release a domain of a tenant */
  releaseTenantDomain: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
        /** The domain */
        domain: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: RecoveryReason;
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_domain' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List tenants */
  listTenants: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrNameOrSlugOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only tenants with this status */
        status?: OrganizationStatus;
        /** Only tenants on this plan */
        plan?: string;
        /** Only tenants whose name, slug or email address contains this text. Capital and small letters are the same. Letters are compared one by one: `strasse` does not find `Straße`, nor `σ` a final `ς`. */
        search?: string;
        /** Include deleted tenants that can still be restored */
        deleted?: boolean;
      };
    };
    answers: {
      200: TenantPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Create a tenant */
  createTenant: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateTenant;
    };
    answers: {
      201: CreatedTenant;
    };
    code: 'access_denied' | 'account_login_required' | 'amount_too_large' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'breached_password' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_taken' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_override' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'mode_not_available' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'reserved_slug' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'slug_taken' | 'token_expired' | 'too_many_claims' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_override' | 'unknown_plan' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'weak_password' | 'wrong_tenant_state';
  };
  /** Retrieve the number of tenants by status and plan */
  getTenantStats: {
    call: Record<never, never>;
    answers: {
      200: TenantStats;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Retrieve a tenant */
  getTenant: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: TenantDetails;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'version_conflict';
  };
  /** Update a tenant */
  updateTenant: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateTenant;
    };
    answers: {
      200: TenantDetails;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'collected_elsewhere' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'impossible_transition' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'mode_not_available' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'reserved_slug' | 'session_ended' | 'session_timed_out' | 'slug_taken' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_plan' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_tenant_state';
  };
  /** Delete a tenant */
  deleteTenant: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      query?: {
        /** Whether to erase the tenant immediately and permanently. Otherwise it can be restored for 30 days. */
        hard?: boolean;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'under_legal_hold' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_tenant_state';
  };
  /** Provision a tenant */
  provisionTenant: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: ProvisionTenant;
    };
    answers: {
      200: Provisioning;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'breached_password' | 'database_time_exceeded' | 'deleted_meanwhile' | 'email_taken' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'sign_in_method_off' | 'token_expired' | 'too_many_claims' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_plan' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'weak_password' | 'wrong_tenant_state';
  };
  /** Override the limits and features of a tenant */
  overrideTenantLimits: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: TenantOverrides;
    };
    answers: {
      200: TenantDetails;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_override' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'no_version' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_override' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Suspend a tenant */
  suspendTenant: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: SuspendTenant;
    };
    answers: {
      200: TenantDetails;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_tenant_state';
  };
  /** Activate a tenant */
  activateTenant: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: TenantDetails;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict' | 'wrong_tenant_state';
  };
  /** Turn maintenance mode on or off */
  setTenantMaintenance: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: Maintenance;
    };
    answers: {
      200: TenantDetails;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict' | 'wrong_tenant_state';
  };
  /** Deprovision a tenant */
  deprovisionTenant: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: DeprovisionTenant;
    };
    answers: {
      200: Deprovisioned;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'wrong_tenant_state';
  };
  /** Restore a deleted tenant */
  restoreTenant: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: TenantDetails;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict' | 'wrong_tenant_state';
  };
  /** Impersonate a member */
  impersonateMember: {
    call: {
      path: {
        /** The id of the tenant */
        tenantId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: Impersonate;
    };
    answers: {
      200: Impersonation;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'nobody_to_impersonate' | 'not_found' | 'operator_second_factor_required' | 'organization_cancelled' | 'organization_deleted' | 'organization_in_maintenance' | 'organization_not_found' | 'organization_suspended' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve the health of the installation */
  getInstallationHealth: {
    call: Record<never, never>;
    answers: {
      200: InstallationHealth;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List audit events of the platform or of an organization */
  listPlatformAuditLogs: {
    call: {
      query?: {
        /** The operationId of a route, `job <name>`, `cli <command>`, `sql` for a change by a statement in the database, or `several` for many refusals with the same code */
        action?: string;
        /** The id of the user, operator, API key or service key, or the name of the job */
        actorId?: string;
        /** The id of the first record that was changed, as in `target` */
        targetId?: string;
        /** Only events with this outcome */
        outcome?: AuditOutcome;
        /** The `X-Request-Id` of the request */
        requestId?: string;
        /** Only events at or after this time */
        from?: string;
        /** Only events before this time */
        to?: string;
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The id of the organization, also of an erased one. Default: the events of the platform. */
        organizationId?: string;
      };
    };
    answers: {
      200: AuditEventPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** List operators */
  listOperators: {
    call: Record<never, never>;
    answers: {
      200: OperatorList;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Add an operator */
  addOperator: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: AddOperator;
    };
    answers: {
      201: Operator;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'managed_account' | 'method_not_allowed' | 'operator_not_eligible' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Remove an operator */
  removeOperator: {
    call: {
      path: {
        /** The id of the user */
        userId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'last_operator' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'operator_not_found' | 'operator_second_factor_required' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Find users by email address */
  findUsers: {
    call: {
      query: {
        /** The email address of the accounts */
        email: string;
      };
    };
    answers: {
      200: PlatformUserList;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a user */
  getUser: {
    call: {
      path: {
        /** The id of the user */
        userId: string;
      };
    };
    answers: {
      200: PlatformUser;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_not_found' | 'user_required';
  };
  /** Disable a user */
  disableUser: {
    call: {
      path: {
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: PlatformUser;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'last_operator' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_not_found' | 'user_required' | 'version_conflict';
  };
  /** Enable a user */
  enableUser: {
    call: {
      path: {
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: PlatformUser;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_not_found' | 'user_required';
  };
  /** Remove the second factor of a user */
  removeUserSecondFactor: {
    call: {
      path: {
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: RemoveSecondFactor;
    };
    answers: {
      200: PlatformUser;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'last_operator' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'own_second_factor' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_not_found' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** List service keys */
  listServiceKeys: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrNameOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: ServiceKeyPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'service_key_not_found' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Create a service key */
  createServiceKey: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateServiceKey;
    };
    answers: {
      201: ServiceKeySecret;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'expiry_in_the_past' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'service_key_not_found' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a service key */
  getServiceKey: {
    call: {
      path: {
        /** The id of the service key */
        serviceKeyId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: ServiceKey;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'service_key_not_found' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Update a service key */
  updateServiceKey: {
    call: {
      path: {
        /** The id of the service key */
        serviceKeyId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateServiceKey;
    };
    answers: {
      200: ServiceKey;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'expiry_in_the_past' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'service_key_not_found' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Revoke a service key */
  revokeServiceKey: {
    call: {
      path: {
        /** The id of the service key */
        serviceKeyId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'service_key_not_found' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Rotate the secret of a service key */
  rotateServiceKey: {
    call: {
      path: {
        /** The id of the service key */
        serviceKeyId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: RotateServiceKey;
    };
    answers: {
      200: ServiceKeySecret;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'expiry_in_the_past' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'service_key_not_found' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List backups */
  listBackups: {
    call: Record<never, never>;
    answers: {
      200: BackupList;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'storage_unavailable' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List restorations of organizations */
  listOrganizationImports: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: OrganizationImportPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Restore an organization */
  createOrganizationImport: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateOrganizationImport;
    };
    answers: {
      201: OrganizationImport;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'reserved_slug' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_imports' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a restoration of an organization */
  getOrganizationImport: {
    call: {
      path: {
        /** The id of the import */
        importId: string;
      };
    };
    answers: {
      200: OrganizationImport;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'organization_import_not_found' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List mails */
  listMails: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only mails with this status */
        status?: MailStatus;
        /** Only mails whose last attempt failed for this reason */
        failure?: MailFailure;
        /** Only mails of this kind, such as `invitation` or `verify-email` */
        template?: string;
        /** Only mails of this organization */
        organizationId?: string;
        /** Only mails to this address, in capital or small letters */
        recipient?: string;
      };
    };
    answers: {
      200: MailPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a mail */
  getMail: {
    call: {
      path: {
        /** The id of the mail */
        mailId: string;
      };
    };
    answers: {
      200: Mail;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'mail_not_found' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Resend a mail */
  resendMail: {
    call: {
      path: {
        /** The id of the mail */
        mailId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: Mail;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'mail_content_erased' | 'mail_link_expired' | 'mail_not_found' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Drop a mail */
  dropMail: {
    call: {
      path: {
        /** The id of the mail */
        mailId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: Mail;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'mail_not_found' | 'mail_sent' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Report that a mail bounced */
  reportMailBounce: {
    call: {
      path: {
        /** The id of the mail */
        mailId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ReportMailBounce;
    };
    answers: {
      200: Mail;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'mail_not_found' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** List the sinks of events */
  listEventSinks: {
    call: Record<never, never>;
    answers: {
      200: EventSinkList;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List the webhooks of all tenants */
  listPlatformWebhooks: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Whether to return only webhooks that are enabled, or only those that are not */
        enabled?: boolean;
        /** Whether to return only webhooks whose last attempt has failed, or only those whose last attempt has not */
        failing?: boolean;
        /** Only webhooks of this organization */
        organizationId?: string;
      };
    };
    answers: {
      200: PlatformWebhookPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve the health of the webhooks */
  getWebhookHealth: {
    call: Record<never, never>;
    answers: {
      200: WebhookHealth;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List webhooks of the platform */
  listEventEndpoints: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Whether to return only webhooks that are enabled, or only those that are not */
        enabled?: boolean;
      };
    };
    answers: {
      200: WebhookPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Create a webhook of the platform */
  createEventEndpoint: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateWebhook;
    };
    answers: {
      201: WebhookSecret;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'invalid_webhook_url' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'too_many_webhooks' | 'two_credentials' | 'unavailable' | 'unknown_event_type' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a webhook of the platform */
  getEventEndpoint: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
      };
      header?: {
        /** The ETag that you have. The answer is 304 without a body if it is still the present one */
        'If-None-Match'?: string;
      };
    };
    answers: {
      200: Webhook;
      304: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Update a webhook of the platform */
  updateEventEndpoint: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: UpdateWebhook;
    };
    answers: {
      200: Webhook;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'invalid_webhook_url' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unknown_event_type' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'version_conflict';
  };
  /** Delete a webhook of the platform */
  deleteEventEndpoint: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
      };
      header?: {
        /** The ETags that you accept. The change is refused with 412 if the resource has another version */
        'If-Match'?: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'version_conflict';
  };
  /** Rotate the secret of a webhook of the platform */
  rotateEventEndpointSecret: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body?: RotateWebhookSecret;
    };
    answers: {
      200: WebhookSecret;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Send a test event to a webhook of the platform */
  testEventEndpoint: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: TestEventEndpoint;
    };
    answers: {
      200: EventEndpointDelivery;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'webhook_disabled';
  };
  /** Replay a range of events to a webhook of the platform */
  replayEventEndpoint: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: ReplayEventEndpoint;
    };
    answers: {
      200: WebhookReplay;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed' | 'webhook_disabled';
  };
  /** List the deliveries of a webhook of the platform */
  listEventEndpointDeliveries: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
      };
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only deliveries with this status */
        status?: WebhookDeliveryStatus;
        /** Only deliveries of events of this organization */
        organizationId?: string;
      };
    };
    answers: {
      200: EventEndpointDeliveryPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve a delivery of a webhook of the platform */
  getEventEndpointDelivery: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
        /** The id of the webhook delivery */
        webhookDeliveryId: string;
      };
    };
    answers: {
      200: EventEndpointDeliveryDetails;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** Replay a delivery of a webhook of the platform */
  replayEventEndpointDelivery: {
    call: {
      path: {
        /** The id of the platform webhook */
        platformWebhookId: string;
        /** The id of the webhook delivery */
        webhookDeliveryId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
    };
    answers: {
      200: EventEndpointDelivery;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'webhook_disabled';
  };
  /** Erase a user */
  eraseUser: {
    call: {
      path: {
        /** The id of the user */
        userId: string;
      };
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: EraseUser;
    };
    answers: {
      200: Erasure;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'last_operator' | 'last_owner' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_account' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'under_legal_hold' | 'unsupported_media_type' | 'user_not_found' | 'user_required' | 'validation_failed';
  };
  /** List erasures */
  listErasures: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
      };
    };
    answers: {
      200: ErasurePage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Retrieve an erasure */
  getErasure: {
    call: {
      path: {
        /** The id of the erasure */
        erasureId: string;
      };
    };
    answers: {
      200: Erasure;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'erasure_not_found' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required';
  };
  /** List legal holds */
  listLegalHolds: {
    call: {
      query?: {
        /** The maximum number of items on a page */
        limit?: number;
        /** The `nextCursor` of the previous page, sent with the same filters and the same order. With others it is refused (`invalid_cursor`). */
        cursor?: string;
        /** The field to sort by. A leading `-` sorts in descending order. */
        sort?: CreatedAtOrder;
        /** Whether to return `total`. This takes a second query. */
        count?: boolean;
        /** Only holds of subjects of this kind */
        kind?: LegalHoldKind;
        /** Only the hold of this user or organization */
        subjectId?: string;
      };
    };
    answers: {
      200: LegalHoldPage;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'database_time_exceeded' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'internal_error' | 'invalid_api_key' | 'invalid_cursor' | 'invalid_host' | 'invalid_token' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'overloaded' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'user_required' | 'validation_failed';
  };
  /** Place a legal hold */
  createLegalHold: {
    call: {
      header?: {
        /** A new UUID for each operation, and the same one with each repetition: a repetition within 24 hours has no effect, and gets the first answer with `Idempotency-Replayed: true`. Another body with the same key is refused (422), as is a repetition while the first request runs (409) */
        'Idempotency-Key'?: string;
      };
      body: CreateLegalHold;
    };
    answers: {
      201: LegalHold;
    };
    code: 'access_denied' | 'account_login_required' | 'already_under_legal_hold' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'held_subject_not_found' | 'http_error' | 'idempotency_key_reused' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_idempotency_key' | 'invalid_token' | 'invalid_utf8' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'operator_second_factor_required' | 'outcome_unknown' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'request_running' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required' | 'validation_failed';
  };
  /** Release a legal hold */
  deleteLegalHold: {
    call: {
      path: {
        /** The id of the legal hold */
        legalHoldId: string;
      };
    };
    answers: {
      204: undefined;
    };
    code: 'access_denied' | 'account_login_required' | 'authentication_required' | 'authority_changed' | 'body_too_large' | 'database_time_exceeded' | 'deleted_meanwhile' | 'http_error' | 'impersonation_forbidden' | 'impersonation_read_only' | 'inexact_number' | 'internal_error' | 'invalid_api_key' | 'invalid_host' | 'invalid_token' | 'invalid_utf8' | 'legal_hold_not_found' | 'malformed_request' | 'malformed_text' | 'method_not_allowed' | 'no_version' | 'not_found' | 'operator_second_factor_required' | 'overloaded' | 'recent_login_required' | 'repeated_header' | 'session_ended' | 'session_timed_out' | 'token_expired' | 'too_many_running_requests' | 'two_credentials' | 'unavailable' | 'unsupported_media_type' | 'user_required';
  };
  /** Check whether the process runs */
  checkLiveness: {
    call: Record<never, never>;
    answers: {
      200: Health;
    };
    code: 'http_error' | 'internal_error' | 'invalid_host' | 'malformed_text' | 'method_not_allowed' | 'repeated_header' | 'two_credentials' | 'unavailable';
  };
  /** Check whether the process can serve requests */
  checkReadiness: {
    call: Record<never, never>;
    answers: {
      200: Health;
    };
    code: 'http_error' | 'internal_error' | 'invalid_host' | 'malformed_text' | 'method_not_allowed' | 'not_ready' | 'repeated_header' | 'two_credentials' | 'unavailable' | 'version_conflict';
  };
  /** Retrieve the metrics in Prometheus format */
  getMetrics: {
    call: Record<never, never>;
    answers: {
      200: Response;
    };
    code: 'http_error' | 'internal_error' | 'invalid_host' | 'malformed_text' | 'method_not_allowed' | 'metrics_token_required' | 'not_found' | 'repeated_header' | 'two_credentials' | 'unavailable';
  };
}
