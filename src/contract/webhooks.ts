import type { OpenAPIObject } from '@nestjs/swagger';
import type { EventType } from '../modules/events/event-source.js';
import { referredSchemas, schemasOf, visitSchemas, type Schema } from './open-api.js';
import { capitalized } from '../common/http/fields.js';
import { removeBounds } from './schemas.js';

const schemaPrefix = '#/components/schemas/';

const headers = [
  ['webhook-id', 'The id of the event, the same for all attempts: process each once'],
  ['webhook-timestamp', 'The time of the attempt, in seconds since 1970. Refuse a request that is older than five minutes'],
  ['webhook-signature', 'One signature or several, separated by spaces: `v1,` or `v1a,` and the signature in base64. One that you can check is enough'],
] as const;

const parameters = headers.map(([name, description]) => ({ name, in: 'header', required: true, description, schema: { type: 'string' } }));

const testEvent: EventType = { description: 'A member tests the webhook. The event is in no log: its `sequence` is 0', data: Object };
const testData: Schema = {
  type: 'object',
  description: 'The webhook that is tested',
  properties: { webhookId: { type: 'string', format: 'uuid', description: 'The id of the webhook' } },
  required: ['webhookId'],
};

/** Returns `receiveMemberRoleChanged` for `member.role_changed`. */
const operationId = (type: string): string => `receive${type.split(/[._]/).map(capitalized).join('')}`;

/** Adds the requests that webhooks receive: one for each type of event, with the schema of its data. Its schemas are already in the document. */
export function addWebhooks(document: OpenAPIObject, types: ReadonlyMap<string, EventType>): void {
  const schemas = schemasOf(document);
  const operations = [...types, ['webhook.test', testEvent] as const].map(([type, { description, data }]) => {
    const content = data === Object ? testData : { $ref: `${schemaPrefix}${data.name.replace(/Dto$/, '')}` };
    for (const name of referredSchemas(content, schemas)) visitSchemas(schemas[name], removeBounds);
    const schema = {
      allOf: [
        { $ref: `${schemaPrefix}Event` },
        { type: 'object', properties: { type: { const: type, description: 'The type of the event' }, data: content }, required: ['type', 'data'] },
      ],
    };
    const post = {
      operationId: operationId(type),
      tags: ['webhooks'],
      summary: `Receive ${type}`,
      description: `${description}. Check the signature, answer with 2xx within 15 seconds, and process the event afterwards.`,
      security: [],
      parameters,
      requestBody: { required: true, content: { 'application/json': { schema } } },
      responses: {
        '2XX': { description: 'The event has arrived' },
        '410': { description: 'The webhook no longer exists: it is disabled' },
        default: { description: 'The event is sent again later' },
      },
    };
    return [type, { post }] as const;
  });
  Object.assign(document, { webhooks: Object.fromEntries(operations) });
}
