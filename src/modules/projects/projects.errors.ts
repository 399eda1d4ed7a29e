import { UnprocessableError } from '../../common/errors/app-error.js';

export class AssigneeNotAMemberError extends UnprocessableError {
  constructor() {
    super('assignee_not_a_member', 'The assignee is not a member of this organization. Choose a member.', [
      { pointer: '/assigneeId', code: 'not_a_member', message: 'is not a member of this organization' },
    ]);
  }
}
