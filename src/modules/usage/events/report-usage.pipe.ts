import { Injectable, type PipeTransform } from '@nestjs/common';
import { CloudEventsBody } from '../../../common/http/bodies/cloud-events-body.js';
import { RequestValidationPipe } from '../../../common/http/request-validation.pipe.js';
import { readCloudEvents } from './cloud-events.js';
import { compileCheck } from './compiled-check.js';
import type { ReportedBatch } from './event-recording.service.js';
import { reportedEvents, ReportUsageDto, UsageEventDto } from './usage-events.dto.js';

const isPlainReport = compileCheck(ReportUsageDto, { events: UsageEventDto });

/**
 * Reads a batch of usage events. Nearly all batches pass a compiled check, because the validators would take most of the
 * time of a request (`npm run bench:usage`). The validators decide about all others and produce the errors.
 */
@Injectable()
export class ReportUsagePipe implements PipeTransform<unknown, Promise<ReportedBatch>> {
  readonly #validation = new RequestValidationPipe();

  /** @throws {MalformedRequestError} */
  async transform(body: unknown): Promise<ReportedBatch> {
    if (body instanceof CloudEventsBody) return readCloudEvents(body);
    if (isPlainReport(body)) return reportedEvents(body);
    return reportedEvents((await this.#validation.transform(body ?? {}, { type: 'body', metatype: ReportUsageDto })) as ReportUsageDto);
  }
}
