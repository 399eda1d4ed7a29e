import { accessSourceKinds, type AccessDecision, type AccessSource, type AccessStep } from '../../access/access-decision.js';
import { AddressField } from '../../common/http/addresses/address.field.js';
import { BooleanField, ChoiceField, NumberField, ListField, TextField, UuidField, choices } from '../../common/http/fields.js';

/** The most checks of one request. */
const maxChecks = 100;

export class AccessQuestionDto {
  @TextField({ optional: true, example: 'members:write', description: 'The permission to check, `resource:action`' })
  permission?: string;

  @TextField({ optional: true, example: 'custom_roles', description: 'A feature of the catalog' })
  feature?: string;

  @TextField({ optional: true, example: 'api_calls', description: 'A meter. Checks whether its limit allows `quantity` more units.' })
  meter?: string;

  @NumberField({ optional: true, min: 1e-9, max: 1_000_000_000_000, description: 'Default: 1' })
  quantity?: number;
}

export class CheckAccessDto extends AccessQuestionDto {
  @BooleanField({ optional: true, description: 'Adds `trace` to the response' })
  explain?: boolean;
}

export class MemberAccessQuestionDto extends AccessQuestionDto {
  @UuidField({ description: 'The user: the claim `sub` of the access token' })
  userId!: string;

  @UuidField({
    optional: true,
    description: 'The session of the user: the claim `sid` of the access token. The answer then considers that it has ended, and what the organization requires of sessions.',
  })
  sessionId?: string;

  @AddressField({ optional: true, description: 'The IP address of the user. The answer then considers the allow-list of the organization.' })
  address?: string;
}

export class CheckMemberAccessDto {
  @ListField(() => MemberAccessQuestionDto, { min: 1, max: maxChecks, description: 'The checks, also about several users' })
  checks!: MemberAccessQuestionDto[];

  @BooleanField({ optional: true, description: 'Adds `trace` to each result' })
  explain?: boolean;
}

export class ExplainMemberAccessQuery {
  @TextField({ example: 'members:write', description: 'The permission to check, `resource:action`' })
  permission!: string;
}

const steps = ['tenant', 'membership', 'policy', 'roles', 'permission', 'feature', 'plan', 'quota'] as const;

export class AccessSourceDto {
  @ChoiceField(choices('AccessSourceKind', accessSourceKinds), {
    description:
      '`role`: a role of the member. `custom_role`: one that the member has directly. `team_role`: one of a team. `no_role`: none of the roles has the permission. `no_active_role`: none has it, and custom roles are inactive without the feature `custom_roles`. `plan`, `subscription` (the bought seats), `add_on`, `override` and `not_sold_separately`: where a feature or limit comes from.',
  })
  kind!: AccessSource['kind'];

  @TextField({ nullable: true, example: 'grader', description: 'The id of the organization, key, token or link, or the key of the role or plan; null for other kinds' })
  key!: string | null;

  @TextField({ nullable: true, example: 'Graders', description: 'The name of the team that has the role; null for other kinds' })
  team!: string | null;
}

export class AccessStepDto {
  @ChoiceField(choices('AccessCheckStep', steps), { description: 'The part of the decision that was checked' })
  step!: (typeof steps)[number];

  @BooleanField({ description: 'Whether this part allows it' })
  passed!: boolean;

  @TextField({ example: 'team Graders (role grader)', description: 'The role, plan or policy that decided the check, in words' })
  source!: string;

  @ListField(() => AccessSourceDto, { description: 'The same for programs' })
  sources!: AccessSourceDto[];

  @TextField({ description: 'The finding, in words' })
  detail!: string;
}

export class AccessCheckDto {
  @BooleanField({ description: 'Whether the caller, or the user of the check, may do it' })
  allowed!: boolean;

  @TextField({ optional: true, example: 'access_denied', description: 'The error code with which a route would refuse the request' })
  code?: string;

  @TextField({ optional: true, max: 1000, description: 'The cause of a refusal, in words. Absent if it is allowed.' })
  reason?: string;

  @ListField(() => AccessStepDto, { optional: true, description: 'The checks in order, up to the one that failed' })
  trace?: AccessStepDto[];
}

export class AccessCheckListDto {
  @ListField(() => AccessCheckDto, { description: 'The results, in the order of the checks' })
  data!: AccessCheckDto[];
}

export function toAccessCheckDto({ allowed, refusal, trace }: AccessDecision, explain: boolean): AccessCheckDto {
  return { allowed, ...(refusal === undefined ? {} : { code: refusal.code, reason: refusal.message }), ...(explain ? { trace: trace.map(toAccessStepDto) } : {}) };
}

/** The words for kinds of sources whose names say too little. */
const names: Readonly<Record<string, string>> = {
  security_policy: 'security policy',
  api_key: 'API key',
  service_key: 'service key',
  setup_link: 'set-up link',
  custom_role: 'custom role',
  key_scopes: 'scopes of the key',
  no_role: 'none of the roles',
  no_active_role: 'none of the roles; custom roles are inactive without the feature custom_roles',
};

function inWords({ kind, key, team }: AccessSource): string {
  const id = key ?? '';
  if (kind === 'team_role') return `team ${team ?? ''} (role ${id})`;
  if (kind === 'directory_token') return `token ${id} of a directory`;
  return [names[kind] ?? kind, ...(key === null ? [] : [key])].join(' ');
}

const toAccessStepDto = ({ step, passed, sources, detail }: AccessStep): AccessStepDto => ({
  step,
  passed,
  source: sources.map(inWords).join(', '),
  sources: [...sources],
  detail,
});
