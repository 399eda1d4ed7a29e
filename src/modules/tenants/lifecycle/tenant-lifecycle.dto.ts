import { BooleanField, BooleanQueryField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';

export class SuspendTenantDto {
  @TextField({ optional: true, max: 500, example: 'The invoice is unpaid', description: 'Stored with the tenant; only operators see it' })
  reason?: string;
}

export class DeprovisionTenantDto {
  @BooleanField({ optional: true, description: 'Whether to write an archive on the server first, which tenant:import can restore. Default: true.' })
  backup?: boolean;
}

export class DeprovisionedDto {
  @UuidField({ description: 'The id of the tenant' })
  id!: string;

  @TextField({ nullable: true, max: 1000, description: 'The path of the archive on the server that wrote it; null without a backup' })
  backup!: string | null;

  @TimeField({ description: 'The tenant can be restored until this time' })
  eraseAfter!: Date;
}

export class MaintenanceDto {
  @BooleanField({ description: 'true refuses the requests of members; false lets them work again' })
  enabled!: boolean;
}

export class DeleteTenantQuery {
  @BooleanQueryField({ optional: true, description: 'Whether to erase the tenant immediately and permanently. Otherwise it can be restored for 30 days.' })
  hard?: boolean;
}
