import { ChoiceField, IntegerField, ListField, NumberField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { maxUnits } from '../metering/units.js';

/** The request log has microseconds in 32 bits. */
const maxDurationMs = 2_147_483;

/**
 * A path whose segments are names, not ids: UUIDs, other long hexadecimal numbers, numbers of five digits and more, email
 * addresses, JSON Web Tokens. Each of them would be a group of the reports, and could be a secret that the log keeps.
 */
const routeTemplate = /^(?:\/(?![0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:\/|$)|[0-9a-f]{16,}(?:\/|$)|\d{5,}(?:\/|$)|[^/]*@[^/]*\.|eyJ)[^\s/?#]*)+$/i;

export class ReportedRequestDto {
  @TextField({ max: 200, example: 'request-4711', description: 'Your id of the request. Requests with the same id and `occurredAt` count once.' })
  id!: string;

  @TimeField({
    description:
      'When the request was answered. At most `usage.lateDays` of the catalog in the past (7 days by default), and five minutes in the future. Send the same time in a repetition.',
  })
  occurredAt!: string;

  @TextField({
    max: 20,
    pattern: /^[A-Z][A-Z-]*$/,
    patternMessage: '$property must be a method in upper case, such as GET',
    example: 'POST',
    description: 'The method of the request, in upper case',
  })
  method!: string;

  @TextField({
    max: 300,
    pattern: routeTemplate,
    patternMessage: '$property must be the template of a route: a path without a query, and with a name such as :quizId in the place of each id',
    example: '/v2/quizzes/:quizId',
    description: 'The template of the route, without ids: reports have a row for each',
  })
  endpoint!: string;

  @IntegerField({ example: 201, min: 100, max: 599, description: 'The HTTP status of the response' })
  status!: number;

  @NumberField({ example: 12.5, min: 0, max: maxDurationMs, description: 'The duration in milliseconds' })
  durationMs!: number;

  @IntegerField({ optional: true, min: 0, max: maxUnits, description: 'The tokens that the request used, for example of a language model. Default: 0.' })
  tokens?: number;

  @UuidField({ optional: true, description: 'The member who made the request, or a former one. Default: the caller of this route.' })
  userId?: string;
}

export class ReportRequestsDto {
  @ListField(() => ReportedRequestDto, { min: 1, max: 1000, description: '1 to 1000 requests' })
  requests!: ReportedRequestDto[];
}

export class RequestConflictDto {
  @TextField({ example: '/requests/2/id', description: 'The request in the body, as a JSON Pointer' })
  pointer!: string;

  @TextField({ description: 'The id of the request' })
  id!: string;

  @ChoiceField(['request_id_reused'], { description: 'The error code of the request' })
  code!: string;

  @TextField({ description: 'How it differs from the request that was logged before' })
  message!: string;
}

export class RequestsReceiptDto {
  @IntegerField({ min: 0, max: 1000, description: 'The number of requests that this call logged' })
  accepted!: number;

  @IntegerField({ min: 0, max: 1000, description: 'The number of requests that had been logged before' })
  repeated!: number;

  @ListField(() => RequestConflictDto, { description: 'Requests that were not logged because the log has their id and time with another content' })
  conflicts!: RequestConflictDto[];
}
