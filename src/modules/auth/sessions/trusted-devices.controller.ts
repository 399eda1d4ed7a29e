import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { TrustedDeviceListDto, toTrustedDeviceDto } from '../auth.dto.js';
import { TrustedDevicesService } from './trusted-devices.service.js';

@ApiTags('auth')
@Controller('auth/trusted-devices')
@Authenticated()
export class TrustedDevicesController {
  constructor(private readonly devices: TrustedDevicesService) {}

  @Get()
  @ApiOperation({
    summary: 'List your trusted devices',
    description: 'Returns the devices that are not asked for your second factor, the most recently used first. POST /auth/mfa/verify adds one.',
  })
  @ApiOkResponse({ type: TrustedDeviceListDto })
  async listTrustedDevices(@CurrentUser() { userId }: UserPrincipal): Promise<TrustedDeviceListDto> {
    return { data: (await this.devices.listDevices(userId)).map(toTrustedDeviceDto), nextCursor: null };
  }

  @Delete(':deviceId')
  @WithoutRecentLogin('It ends the trust in devices.')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the trust in a device', description: 'The next login on the device needs your second factor. Its sessions stay.' })
  @ApiNoContentResponse()
  async forgetTrustedDevice(@IdParam('deviceId') deviceId: string, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.devices.forgetDevice(userId, deviceId);
  }

  @Delete()
  @WithoutRecentLogin('It ends the trust in devices.')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the trust in all devices', description: 'The next login on each of your devices needs your second factor. Your sessions stay.' })
  @ApiNoContentResponse()
  async forgetTrustedDevices(@CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.devices.forgetDevices(userId);
  }
}
