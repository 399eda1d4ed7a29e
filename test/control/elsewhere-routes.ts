import { Body, Controller, Module, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { Authenticated } from '../../src/access/access.decorators.js';
import { UuidField } from '../../src/common/http/fields.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import { TenantContext } from '../../src/tenancy/tenant-context.js';

class ElsewhereDto {
  @UuidField({ description: 'The organization.' })
  organizationId!: string;
}

/** A route of a product that belongs to no organization, and writes in one. */
@ApiTags('teams')
@Controller('test/elsewhere')
class ElsewhereController {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
  ) {}

  @Post()
  @Authenticated()
  @ApiOperation({ summary: 'Make a team elsewhere' })
  async makeTeamElsewhere(@Body() { organizationId }: ElsewhereDto): Promise<object> {
    const { name } = await this.context.run({ organizationId, actor: { kind: 'operator' } }, () => this.db.team.create({ data: { name: `Elsewhere ${randomUUID()}` } }));
    return { name };
  }
}

@Module({ controllers: [ElsewhereController] })
export class ElsewhereRoutesModule {}
