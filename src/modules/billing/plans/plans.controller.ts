import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../../access/access.decorators.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlanListDto, toAddOnDto, toMeteredDto, toPlanDto } from './plans.dto.js';

@ApiTags('billing')
@Controller('billing/plans')
export class PlansController {
  constructor(private readonly catalog: Catalog) {}

  @Get()
  @Public()
  @ApiOperation({
    summary: 'List plans, add-ons and prices',
    description: 'Returns all plans of the catalog, also the free ones, their add-ons, and the prices of metered usage. Prices are without tax.',
  })
  @ApiOkResponse({ type: PlanListDto })
  listPlans(): PlanListDto {
    const { plans, addOns, meters } = this.catalog;
    return {
      data: [...plans.values()].map((plan) => toPlanDto(plan, this.catalog)),
      nextCursor: null,
      addOns: [...addOns.values()].map((addOn) => toAddOnDto(addOn, this.catalog)),
      usage: [...meters.values()].filter(({ prices }) => prices.length > 0).map(toMeteredDto),
    };
  }
}
