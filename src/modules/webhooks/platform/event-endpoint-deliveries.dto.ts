import { UuidField } from '../../../common/http/fields.js';
import { pageOf } from '../../../common/http/pages/page.js';
import { ListWebhookDeliveriesQuery, ReplayWebhookDto, WebhookDeliveryDetailsDto, WebhookDeliveryDto } from '../deliveries/webhook-deliveries.dto.js';

const organizationId = { description: 'The organization of the event' } as const;

export class ListEventEndpointDeliveriesQuery extends ListWebhookDeliveriesQuery {
  @UuidField({ optional: true, description: 'Only deliveries of events of this organization' })
  organizationId?: string;
}

export class TestEventEndpointDto {
  @UuidField({ description: 'The organization in whose name the test event is sent' })
  organizationId!: string;
}

export class ReplayEventEndpointDto extends ReplayWebhookDto {
  @UuidField({ description: 'The organization whose log has the range' })
  organizationId!: string;
}

export class EventEndpointDeliveryDto extends WebhookDeliveryDto {
  @UuidField(organizationId)
  organizationId!: string;
}

export class EventEndpointDeliveryPageDto extends pageOf(EventEndpointDeliveryDto) {}

export class EventEndpointDeliveryDetailsDto extends WebhookDeliveryDetailsDto {
  @UuidField(organizationId)
  organizationId!: string;
}
