import { AppError, NotFoundError, UnprocessableError } from '../../common/errors/app-error.js';

export class TenantNotFoundError extends NotFoundError {}

export class UnknownPlanError extends UnprocessableError {
  constructor(plan: string, plans: readonly string[]) {
    super('unknown_plan', `The catalog has no plan "${plan}". Use one of: ${plans.join(', ')}.`, [
      { pointer: '/plan', code: 'unknown_plan', message: 'is not a plan of the catalog' },
    ]);
  }
}

export class UnknownOverrideError extends UnprocessableError {
  constructor(kind: 'limits' | 'features', key: string, known: Iterable<string>) {
    super('unknown_override', `The catalog has no ${kind === 'limits' ? 'meter' : 'feature'} "${key}". Use one of: ${[...known].join(', ')}.`, [
      { pointer: `/${kind}/${key}`, code: 'unknown_override', message: 'is not in the catalog' },
    ]);
  }
}

export class InvalidOverrideError extends UnprocessableError {
  constructor(pointer: string, message: string) {
    super('invalid_override', `The override ${pointer} ${message}.`, [{ pointer, code: 'invalid_override', message }]);
  }
}

export class WrongTenantStateError extends AppError {
  constructor(detail: string) {
    super('conflict', 'wrong_tenant_state', detail);
  }
}

export class NobodyToImpersonateError extends UnprocessableError {
  constructor() {
    super('nobody_to_impersonate', 'This user cannot be impersonated: they are not a member of the organization, are disabled, or are an operator. Choose another member.', [
      { pointer: '/userId', code: 'nobody_to_impersonate', message: 'cannot be impersonated' },
    ]);
  }
}
