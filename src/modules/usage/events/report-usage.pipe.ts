import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { RequestValidationPipe } from '../../../common/http/request-validation.pipe.js';
import { compileCheck } from './compiled-check.js';
import { ReportUsageDto, UsageEventDto } from './usage-events.dto.js';

const isPlainReport = compileCheck(ReportUsageDto, { events: UsageEventDto });

/**
 * Validates a batch of usage events. Nearly all batches pass a compiled check, because the validators would take most
 * of the time of a request (`npm run bench:usage`). The validators decide about all others and produce the errors.
 */
@Injectable()
export class ReportUsagePipe implements PipeTransform<unknown, Promise<ReportUsageDto>> {
  readonly #validation = new RequestValidationPipe();

  /** @throws {MalformedRequestError} */
  async transform(body: unknown, metadata: ArgumentMetadata): Promise<ReportUsageDto> {
    if (isPlainReport(body)) return body;
    return (await this.#validation.transform(body, { ...metadata, metatype: ReportUsageDto })) as ReportUsageDto;
  }
}
