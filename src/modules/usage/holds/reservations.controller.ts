import { Body, Controller, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { CommitReservationDto, ReservationDto, ReserveUsageDto } from './reservations.dto.js';
import { ReservationsService } from './reservations.service.js';

@ApiTags('usage')
@Controller('usage/reservations')
@Unmetered()
export class ReservationsController {
  constructor(private readonly reservations: ReservationsService) {}

  @Post()
  @RequirePermission('usage:write', { service: 'usage:report' })
  @ApiOperation({
    summary: 'Reserve units',
    description: 'Sets units of a counter aside for a long operation. They are returned after `ttlSeconds` unless the reservation is committed or released before.',
  })
  @ApiCreatedResponse({ type: ReservationDto })
  async reserveUsage(
    @Body() { ttlSeconds = 600, ...body }: ReserveUsageDto,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReservationDto> {
    const reservation = await this.reservations.reserveUsage(principal, { ...body, ttlSeconds });
    reply.header('location', `/api/v1/usage/reservations/${reservation.id}`);
    return reservation;
  }

  @Get(':reservationId')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @ApiOperation({
    summary: 'Retrieve a reservation',
    description: 'Returns a reservation with its status and the units that were used. Use it when the answer of a commit was lost.',
  })
  @ApiOkResponse({ type: ReservationDto })
  getReservation(@IdParam('reservationId') id: string): Promise<ReservationDto> {
    return this.reservations.getReservation(id);
  }

  @Post(':reservationId/commit')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Commit a reservation',
    description:
      'Counts the units that were used, in the period of the reservation, and returns the rest. An expired reservation is committed like a new consumption. A repetition with the same quantity counts nothing.',
  })
  @ApiOkResponse({ type: ReservationDto })
  commitReservation(@IdParam('reservationId') id: string, @Body() { quantity }: CommitReservationDto, @CurrentPrincipal() principal: Principal): Promise<ReservationDto> {
    return this.reservations.commitReservation(principal, id, quantity);
  }

  @Delete(':reservationId')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @HttpCode(204)
  @ApiOperation({
    summary: 'Release a reservation',
    description: 'Returns all units of the reservation. One that has been released or has expired is answered 204, too. One that has been committed is refused.',
  })
  @ApiNoContentResponse()
  async releaseReservation(@IdParam('reservationId') id: string): Promise<void> {
    await this.reservations.releaseReservation(id);
  }
}
