import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PlatformAdminOnly } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CurrentDevice, type Device } from '../auth/sessions/device.js';
import { ImpersonationService } from './impersonation.service.js';
import { TenantCreationService } from './provisioning/tenant-creation.service.js';
import { TenantDeprovisioningService } from './lifecycle/tenant-deprovisioning.service.js';
import { TenantDirectoryService } from './tenant-directory.service.js';
import { TenantLifecycleService } from './lifecycle/tenant-lifecycle.service.js';
import { TenantOverridesService } from './tenant-overrides.service.js';
import { TenantProvisioningService } from './provisioning/tenant-provisioning.service.js';
import { ImpersonateDto, ImpersonationDto } from './impersonation.dto.js';
import { DeleteTenantQuery, DeprovisionedDto, DeprovisionTenantDto, MaintenanceDto, SuspendTenantDto } from './lifecycle/tenant-lifecycle.dto.js';
import { CreatedTenantDto, CreateTenantDto, ProvisioningDto, ProvisionTenantDto } from './provisioning/tenant-provisioning.dto.js';
import { ListTenantsQuery, TenantDetailsDto, TenantOverridesDto, TenantPageDto, TenantStatsDto, UpdateTenantDto } from './tenants.dto.js';

@ApiTags('tenants')
@Controller('tenants')
@PlatformAdminOnly()
export class TenantsController {
  constructor(
    private readonly directory: TenantDirectoryService,
    private readonly creation: TenantCreationService,
    private readonly lifecycle: TenantLifecycleService,
    private readonly provisioning: TenantProvisioningService,
    private readonly overrides: TenantOverridesService,
    private readonly impersonation: ImpersonationService,
    private readonly deprovisioning: TenantDeprovisioningService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List tenants',
    description: 'Returns the tenants, newest first. Deleted ones are included with `deleted=true`. The search reads names, slugs and email addresses.',
  })
  @ApiOkResponse({ type: TenantPageDto })
  listTenants(@Query() query: ListTenantsQuery): Promise<TenantPageDto> {
    return this.directory.listTenants(query);
  }

  @Post()
  @ApiOperation({
    summary: 'Create a tenant',
    description: 'Also provisions the tenant unless `provision` is false. A plan with a price and without a trial is invoiced at once (`invoice`), unless `billing` is `none`.',
  })
  @ApiCreatedResponse({ type: CreatedTenantDto })
  async createTenant(@Body() body: CreateTenantDto, @CurrentUser() { userId }: UserPrincipal, @Res({ passthrough: true }) reply: FastifyReply): Promise<CreatedTenantDto> {
    const { provision = true, createAdminUser, adminEmail, adminUsername, adminPassword, sendWelcomeEmail, ...tenant } = body;
    const options = Object.fromEntries(Object.entries({ createAdminUser, adminEmail, adminUsername, adminPassword, sendWelcomeEmail }).filter(([, value]) => value !== undefined));
    const { id, invoice, provisioning } = await this.creation.createTenant(tenant, provision ? options : null, userId);
    reply.header('location', `/api/v1/tenants/${id}`);
    return { ...(await this.directory.getTenantDetails(id)), invoice, provisioning };
  }

  @Get('stats')
  @ApiOperation({
    summary: 'Retrieve the number of tenants by status and plan',
    description: 'Counts the tenants by status and by plan, without deleted ones. Users and memberships are counted for the whole installation.',
  })
  @ApiOkResponse({ type: TenantStatsDto })
  getTenantStats(): Promise<TenantStatsDto> {
    return this.directory.getTenantStats();
  }

  @Get(':tenantId')
  @ApiOperation({
    summary: 'Retrieve a tenant',
    description:
      'Returns a tenant with its owners, domains and limits. `overridden` names the limits and features that differ from its plan by your decision, and `provisioned` the steps that were run.',
  })
  @ApiOkResponse({ type: TenantDetailsDto })
  getTenant(@IdParam('tenantId') id: string): Promise<TenantDetailsDto> {
    return this.directory.getTenantDetails(id);
  }

  @Patch(':tenantId')
  @ApiOperation({ summary: 'Update a tenant', description: 'Changes the profile, plan or trial with a JSON merge patch.' })
  @ApiOkResponse({ type: TenantDetailsDto })
  async updateTenant(@IdParam('tenantId') id: string, @Body() body: UpdateTenantDto, @CurrentUser() { userId }: UserPrincipal): Promise<TenantDetailsDto> {
    return this.directory.toTenantDetails(await this.lifecycle.updateTenant(id, body, userId));
  }

  @Delete(':tenantId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a tenant', description: 'A deleted tenant can be restored for 30 days. With `hard=true`, the tenant and all its data are erased immediately.' })
  @ApiNoContentResponse()
  async deleteTenant(@IdParam('tenantId') id: string, @Query() { hard = false }: DeleteTenantQuery, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await (hard ? this.lifecycle.eraseTenant(id) : this.lifecycle.deleteTenant(id, userId));
  }

  @Post(':tenantId/provision')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Provision a tenant',
    description:
      'Runs the provisioning steps that are not done yet: checks the plan, makes an admin the owner, marks the organization as verified, opens a pending tenant, and mails a welcome. A step that failed can be run again.',
  })
  @ApiOkResponse({ type: ProvisioningDto })
  async provisionTenant(@IdParam('tenantId') id: string, @Body() body: ProvisionTenantDto): Promise<ProvisioningDto> {
    return this.provisioning.provisionTenant(id, body);
  }

  @Patch(':tenantId/limits')
  @ApiOperation({ summary: 'Override the limits and features of a tenant', description: 'An override replaces the value of the plan. The value "plan" removes an override.' })
  @ApiOkResponse({ type: TenantDetailsDto })
  async overrideTenantLimits(@IdParam('tenantId') id: string, @Body() body: TenantOverridesDto): Promise<TenantDetailsDto> {
    await this.overrides.changeOverrides(id, body);
    return this.directory.getTenantDetails(id);
  }

  @Post(':tenantId/suspend')
  @HttpCode(200)
  @ApiOperation({ summary: 'Suspend a tenant', description: 'The requests of members and keys in the organization are refused from the next one on. Owners can still read.' })
  @ApiOkResponse({ type: TenantDetailsDto })
  async suspendTenant(@IdParam('tenantId') id: string, @Body() { reason }: SuspendTenantDto, @CurrentUser() { userId }: UserPrincipal): Promise<TenantDetailsDto> {
    return this.directory.toTenantDetails(await this.lifecycle.suspendTenant(id, reason, userId));
  }

  @Post(':tenantId/activate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Activate a tenant', description: 'Activates a suspended, pending or cancelled tenant.' })
  @ApiOkResponse({ type: TenantDetailsDto })
  async activateTenant(@IdParam('tenantId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<TenantDetailsDto> {
    return this.directory.toTenantDetails(await this.lifecycle.activateTenant(id, userId));
  }

  @Post(':tenantId/maintenance')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Turn maintenance mode on or off',
    description:
      'Closes or opens the organization. In maintenance mode, requests of its members and keys are refused (`organization_in_maintenance`), except for the operations that say otherwise. The data stays as it is.',
  })
  @ApiOkResponse({ type: TenantDetailsDto })
  async setTenantMaintenance(@IdParam('tenantId') id: string, @Body() { enabled }: MaintenanceDto, @CurrentUser() { userId }: UserPrincipal): Promise<TenantDetailsDto> {
    return this.directory.toTenantDetails(await this.lifecycle.setTenantMaintenance(id, enabled, userId));
  }

  @Post(':tenantId/deprovision')
  @HttpCode(200)
  @ApiOperation({ summary: 'Deprovision a tenant', description: 'Writes a backup, closes the tenant, and erases it after 30 days.' })
  @ApiOkResponse({ type: DeprovisionedDto })
  deprovisionTenant(@IdParam('tenantId') id: string, @Body() { backup = true }: DeprovisionTenantDto, @CurrentUser() { userId }: UserPrincipal): Promise<DeprovisionedDto> {
    return this.deprovisioning.deprovisionTenant(id, backup, { operatorId: userId });
  }

  @Post(':tenantId/restore')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Restore a deleted tenant',
    description: 'Ends the deletion of a tenant: its members and keys have access again. This is possible until `eraseAfter`. A tenant that is not deleted is refused.',
  })
  @ApiOkResponse({ type: TenantDetailsDto })
  async restoreTenant(@IdParam('tenantId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<TenantDetailsDto> {
    return this.directory.toTenantDetails(await this.lifecycle.restoreTenant(id, userId));
  }

  @Post(':tenantId/impersonate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Impersonate a member',
    description:
      'Returns an access token that acts as the member for 15 minutes. It reads the organization; with the scope `write` it also changes data, but never who has access, billing, security or the account. It ends with your session.',
  })
  @ApiOkResponse({ type: ImpersonationDto })
  impersonateMember(
    @IdParam('tenantId') id: string,
    @Body() body: ImpersonateDto,
    @CurrentUser() operator: UserPrincipal,
    @CurrentDevice() device: Device,
  ): Promise<ImpersonationDto> {
    return this.impersonation.startImpersonation(operator, id, body, device);
  }
}
