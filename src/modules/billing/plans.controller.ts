import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../access/access-rule.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { PlanListDto, toMeteredDto, toPlanDto } from './plans.dto.js';

@ApiTags('billing')
@Controller('billing/plans')
export class PlansController {
  constructor(private readonly catalog: Catalog) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'The plans and their prices, for everybody' })
  @ApiOkResponse({ type: PlanListDto })
  listPlans(): PlanListDto {
    const nameOf = (meter: string): string => this.catalog.meters.get(meter)?.name ?? meter;
    const metered = [...this.catalog.meters.values()].filter(({ prices }) => prices.length > 0);
    return { data: [...this.catalog.plans.values()].map((plan) => toPlanDto(plan, nameOf)), usage: metered.map(toMeteredDto) };
  }
}
