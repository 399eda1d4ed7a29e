import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Put, Query, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DirectoriesOnly, Unmetered, WithoutIdempotencyKey } from '../../../access/access.decorators.js';
import { CurrentDirectory, type DirectoryPrincipal } from '../../../access/principal/principal.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { ScimError } from './scim-error.js';
import { scimContentType, ScimErrorFilter } from './scim-errors.js';
import { listOf, queryIn, ScimReadsService, type ScimQuery, type VersionedResource } from './scim-reads.service.js';
import { groupType, schemas, userType, type ResourceType, type ScimSchema } from './scim-schema.js';
import { ScimStoreService } from './scim-store.service.js';

/**
 * SCIM 2.0 (RFC 7643, RFC 7644) for the directory whose token the request has. Excluded from the OpenAPI document, because it describes itself by `/Schemas`,
 * and its errors are those of its own standard. Without the feature `directory_sync` it reads and takes access away: the store judges each write.
 */
@ApiExcludeController()
@Controller('scim/v2')
@DirectoriesOnly()
@Unmetered()
@WithoutIdempotencyKey('A repeated creation answers 409 uniqueness, and every other request sets a state.')
@UseFilters(ScimErrorFilter)
export class ScimController {
  constructor(
    private readonly reads: ScimReadsService,
    private readonly store: ScimStoreService,
  ) {}

  @Get('Users')
  async listScimUsers(@CurrentDirectory() directory: DirectoryPrincipal, @Query() query: ScimQuery, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return answer(reply, await this.reads.listUsers(directory, textsIn(query)));
  }

  /** {@link listScimUsers} with the query in the body (RFC 7644, section 3.4.3). */
  @Post('Users/.search')
  @HttpCode(200)
  async searchScimUsers(@CurrentDirectory() directory: DirectoryPrincipal, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return answer(reply, await this.reads.listUsers(directory, queryIn(body)));
  }

  @Post('Users')
  async createScimUser(@CurrentDirectory() directory: DirectoryPrincipal, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { id } = await this.store.createUser(directory, body);
    return this.#created(reply, userType, await this.reads.getUser(directory, id));
  }

  @Get('Users/:id')
  async getScimUser(
    @CurrentDirectory() directory: DirectoryPrincipal,
    @Param('id') id: string,
    @Query() query: ScimQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return this.#versioned(reply, await this.reads.getUser(directory, id, textsIn(query)));
  }

  @Put('Users/:id')
  @ChangesVersion('the user')
  async replaceScimUser(
    @CurrentDirectory() directory: DirectoryPrincipal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.store.replaceUser(directory, id, body, ifMatch);
    return this.#versioned(reply, await this.reads.getUser(directory, id));
  }

  @Patch('Users/:id')
  @ChangesVersion('the user')
  async patchScimUser(
    @CurrentDirectory() directory: DirectoryPrincipal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.store.patchUser(directory, id, body, ifMatch);
    return this.#versioned(reply, await this.reads.getUser(directory, id));
  }

  @Delete('Users/:id')
  @HttpCode(204)
  @ChangesVersion('the user')
  async deleteScimUser(@CurrentDirectory() directory: DirectoryPrincipal, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.store.deleteUser(directory, id, ifMatch);
  }

  @Get('Groups')
  async listScimGroups(@CurrentDirectory() directory: DirectoryPrincipal, @Query() query: ScimQuery, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return answer(reply, await this.reads.listGroups(directory, textsIn(query)));
  }

  /** {@link listScimGroups} with the query in the body (RFC 7644, section 3.4.3). */
  @Post('Groups/.search')
  @HttpCode(200)
  async searchScimGroups(@CurrentDirectory() directory: DirectoryPrincipal, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return answer(reply, await this.reads.listGroups(directory, queryIn(body)));
  }

  @Post('Groups')
  async createScimGroup(@CurrentDirectory() directory: DirectoryPrincipal, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const id = await this.store.createGroup(directory, body);
    return this.#created(reply, groupType, await this.reads.getGroup(directory, id));
  }

  @Get('Groups/:id')
  async getScimGroup(
    @CurrentDirectory() directory: DirectoryPrincipal,
    @Param('id') id: string,
    @Query() query: ScimQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return this.#versioned(reply, await this.reads.getGroup(directory, id, textsIn(query)));
  }

  @Put('Groups/:id')
  @ChangesVersion('the group')
  async replaceScimGroup(
    @CurrentDirectory() directory: DirectoryPrincipal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.store.replaceGroup(directory, id, body, ifMatch);
    return this.#versioned(reply, await this.reads.getGroup(directory, id));
  }

  /** Answers without a body: a group can be very large (RFC 7644, section 3.5.2 allows both). */
  @Patch('Groups/:id')
  @HttpCode(204)
  @ChangesVersion('the group')
  async patchScimGroup(
    @CurrentDirectory() directory: DirectoryPrincipal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.store.patchGroup(directory, id, body, ifMatch);
  }

  @Delete('Groups/:id')
  @HttpCode(204)
  @ChangesVersion('the group')
  async deleteScimGroup(@CurrentDirectory() directory: DirectoryPrincipal, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.store.deleteGroup(directory, id, ifMatch);
  }

  @Get('ServiceProviderConfig')
  getScimConfiguration(@Res({ passthrough: true }) reply: FastifyReply): object {
    const no = { supported: false };
    return answer(reply, {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: 200 },
      changePassword: no,
      sort: { supported: true },
      etag: { supported: true },
      authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer token', description: 'The token of the directory, in the header field Authorization', primary: true }],
      meta: { resourceType: 'ServiceProviderConfig', location: `${this.reads.baseUrl}/ServiceProviderConfig` },
    });
  }

  @Get('ResourceTypes')
  listScimResourceTypes(@Res({ passthrough: true }) reply: FastifyReply): object {
    const types = [userType, groupType].map((type) => this.#typeOf(type));
    return answer(reply, listOf(types, types.length));
  }

  @Get('ResourceTypes/:name')
  getScimResourceType(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): object {
    const type = [userType, groupType].find((each) => each.name === name);
    if (type === undefined) throw ScimError.notFound(name);
    return answer(reply, this.#typeOf(type));
  }

  @Get('Schemas')
  listScimSchemas(@Res({ passthrough: true }) reply: FastifyReply): object {
    return answer(
      reply,
      listOf(
        schemas.map((schema) => this.#schemaOf(schema)),
        schemas.length,
      ),
    );
  }

  @Get('Schemas/:urn')
  getScimSchema(@Param('urn') urn: string, @Res({ passthrough: true }) reply: FastifyReply): object {
    const schema = schemas.find(({ id }) => id === urn);
    if (schema === undefined) throw ScimError.notFound(urn);
    return answer(reply, this.#schemaOf(schema));
  }

  #created(reply: FastifyReply, type: ResourceType, created: VersionedResource): object {
    reply.header('location', this.reads.urlOf(type, String(created.resource['id'])));
    return this.#versioned(reply, created);
  }

  #versioned(reply: FastifyReply, { resource, etag }: VersionedResource): object {
    reply.header('etag', etag);
    return answer(reply, resource);
  }

  #typeOf({ name, endpoint, schema, extensions }: ResourceType): object {
    return {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: name,
      name,
      endpoint,
      description: schema.description,
      schema: schema.id,
      schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })),
      meta: { resourceType: 'ResourceType', location: `${this.reads.baseUrl}/ResourceTypes/${name}` },
    };
  }

  #schemaOf({ id, name, description, attributes }: ScimSchema): object {
    const meta = { resourceType: 'Schema', location: `${this.reads.baseUrl}/Schemas/${id}` };
    return { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'], id, name, description, attributes, meta };
  }
}

function answer(reply: FastifyReply, body: object): object {
  reply.header('content-type', scimContentType);
  return body;
}

/** Of a parameter that is named twice, nothing is read. */
const textsIn = (query: ScimQuery): ScimQuery => Object.fromEntries(Object.entries(query).filter(([, value]) => typeof value === 'string'));
