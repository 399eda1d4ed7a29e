import type { AccessDecision } from '../../access/access-decision.js';
import { BooleanField, ChoiceField, NumberField, ListField, TextField } from '../../common/http/fields.js';

export class CheckAccessDto {
  @TextField({ optional: true, example: 'members:write', description: 'The permission to check, `resource:action`' })
  permission?: string;

  @TextField({ optional: true, example: 'custom_roles', description: 'A feature of the catalog' })
  feature?: string;

  @TextField({ optional: true, example: 'api_calls', description: 'A meter. Checks whether its limit allows `quantity` more units.' })
  meter?: string;

  @NumberField({ optional: true, min: 1e-9, max: 1_000_000_000_000, description: 'Default: 1' })
  quantity?: number;

  @BooleanField({ optional: true, description: 'Adds `trace` to the response' })
  explain?: boolean;
}

const steps = ['tenant', 'membership', 'policy', 'roles', 'permission', 'feature', 'plan', 'quota'] as const;

export class AccessStepDto {
  @ChoiceField(steps, { description: 'The part of the decision that was checked' })
  step!: (typeof steps)[number];

  @BooleanField({ description: 'Whether this part allows it' })
  passed!: boolean;

  @TextField({ example: 'team Graders (role grader)', description: 'The role, plan or policy that decided the check' })
  source!: string;

  @TextField({ description: 'The finding, in words' })
  detail!: string;
}

export class AccessCheckDto {
  @BooleanField({ description: 'Whether the caller may do it' })
  allowed!: boolean;

  @TextField({ optional: true, example: 'access_denied', description: 'The error code with which a route would refuse the request' })
  code?: string;

  @TextField({ optional: true, max: 1000, description: 'The cause of a refusal, in words. Absent if it is allowed.' })
  reason?: string;

  @ListField(() => AccessStepDto, { optional: true, description: 'The checks in order, up to the one that failed' })
  trace?: AccessStepDto[];
}

export function toAccessCheckDto({ allowed, refusal, trace }: AccessDecision, explain: boolean): AccessCheckDto {
  return { allowed, ...(refusal === undefined ? {} : { code: refusal.code, reason: refusal.message }), ...(explain ? { trace: [...trace] } : {}) };
}
