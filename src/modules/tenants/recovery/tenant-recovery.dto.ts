import { TextField } from '../../../common/http/fields.js';

export class RecoveryReasonDto {
  @TextField({ max: 500, example: 'Ticket 4711: the owners have asked for it', description: 'Recorded in the audit log, and sent to the owners' })
  reason!: string;
}
