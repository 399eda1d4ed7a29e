import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../access/access-rule.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { PlanListDto, toAddOnDto, toPlanDto } from './plans.dto.js';

@ApiTags('billing')
@Controller('billing/plans')
export class PlansController {
  constructor(private readonly catalog: Catalog) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'The plans, what can be bought beside them, and their prices, for everybody' })
  @ApiOkResponse({ type: PlanListDto })
  listPlans(): PlanListDto {
    const nameOf = (meter: string): string => this.catalog.meters.get(meter)?.name ?? meter;
    const { plans, addOns } = this.catalog;
    return { data: [...plans.values()].map((plan) => toPlanDto(plan, nameOf)), addOns: [...addOns.values()].map((addOn) => toAddOnDto(addOn, nameOf)) };
  }
}
