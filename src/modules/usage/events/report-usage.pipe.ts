import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { Ajv } from 'ajv';
import { jsonBytes } from '../../../common/http/fields.js';
import { RequestValidationPipe } from '../../../common/http/request-validation.pipe.js';
import { maxMetadataBytes, maxUnits } from '../metering/units.js';
import { ReportUsageDto } from './usage-events.dto.js';

/** Not empty, and with nothing that the field's own check would trim or refuse. */
const plainText = (maxLength: number): object => ({ type: 'string', maxLength, pattern: '^(?! )[ -~]*(?<! )$', minLength: 1 });

const event = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'meter'],
  properties: {
    id: plainText(200),
    meter: plainText(64),
    quantity: { type: 'integer', minimum: -maxUnits, maximum: maxUnits },
    occurredAt: { type: 'string', pattern: '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?Z$' },
    subject: plainText(200),
    corrects: plainText(200),
    metadata: { type: 'object', maxJsonBytes: maxMetadataBytes },
  },
};

const maxJsonBytes = { keyword: 'maxJsonBytes', type: 'object', schemaType: 'number', validate: (max: number, value: object) => jsonBytes(value) <= max } as const;

const isPlainReport = new Ajv().addKeyword(maxJsonBytes).compile<ReportUsageDto>({
  type: 'object',
  additionalProperties: false,
  required: ['events'],
  properties: { events: { type: 'array', minItems: 1, maxItems: 1000, items: event } },
});

/**
 * Checks a report of usage. What is plainly right, as nearly all reports are, is seen to be so at once: the fields' own
 * checks take most of the time of a batch (`npm run bench:usage`). They judge all the rest, and say what is wrong with it.
 */
@Injectable()
export class ReportUsagePipe implements PipeTransform<unknown, Promise<ReportUsageDto>> {
  readonly #judge = new RequestValidationPipe();

  /** @throws {MalformedRequestError} */
  async transform(body: unknown, metadata: ArgumentMetadata): Promise<ReportUsageDto> {
    if (isPlainReport(body)) return body;
    return (await this.#judge.transform(body, { ...metadata, metatype: ReportUsageDto })) as ReportUsageDto;
  }
}
