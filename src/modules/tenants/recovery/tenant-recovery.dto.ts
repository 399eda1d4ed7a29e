import { TextField } from '../../../common/http/fields.js';

export class RecoveryReasonDto {
  @TextField({ max: 500, description: 'Recorded in the audit log, and sent to the owners' })
  reason!: string;
}
