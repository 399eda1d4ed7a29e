import { IntegerField, ListField, NumberField, TextField } from '../common/http/fields.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class FindingDto {
  @TextField({ example: 'row_security', description: 'The key of the check' })
  check!: string;

  @TextField({ max: 1000, example: 'public.teams', description: 'The table, policy, function, role or setting' })
  object!: string;

  @TextField({ max: 5000, description: 'The problem' })
  message!: string;

  @TextField({ max: 5000, description: 'How to fix it' })
  fix!: string;
}

export class QueueDto {
  @TextField({ example: 'stripe-events', description: 'The name of the queue' })
  name!: string;

  @IntegerField({ ...units, description: 'The number of jobs that wait' })
  waiting!: number;

  @IntegerField({ ...units, description: 'The number of jobs that are being done' })
  active!: number;

  @IntegerField({ ...units, description: 'The number of jobs that have failed and are not tried again' })
  failed!: number;

  @NumberField({ ...units, description: 'Seconds for which the oldest job could have begun' })
  oldestDueAge!: number;
}

export class InstallationHealthDto {
  @TextField({ example: '0.1.0', description: 'The version of the server that answers' })
  version!: string;

  @TextField({ example: '24.1.0', description: 'Its version of Node.js' })
  node!: string;

  @ListField(() => FindingDto, { description: 'The findings that break the isolation of tenants in the database; empty if there are none. `tenantry doctor` finds the same.' })
  findings!: FindingDto[];

  @ListField(() => FindingDto, { description: 'The findings that break no isolation' })
  warnings!: FindingDto[];

  @ListField(() => QueueDto, { description: 'The queues of background work, without mail and webhooks' })
  queues!: QueueDto[];
}
