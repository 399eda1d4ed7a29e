import { UnprocessableError } from '../../common/errors/app-error.js';

export class AssigneeNotAMemberError extends UnprocessableError {
  constructor() {
    super('assignee_not_a_member', 'The assignee must be a member of this organization.', [
      { pointer: '/assigneeId', code: 'not_a_member', message: 'is not a member of this organization' },
    ]);
  }
}
