import { AppError } from '../../../common/errors/app-error.js';

export class OrganizationExportRunningError extends AppError {
  constructor() {
    super('conflict', 'organization_export_running', 'The organization is being exported. Wait until the export has ended, or cancel it.');
  }
}

export class TooManyExportsError extends AppError {
  constructor(limit: number) {
    super('too_many_requests', 'too_many_exports', `An organization is exported at most ${limit} times an hour. Use the file of an earlier export, or try again later.`, {
      retryAfter: 600,
    });
  }
}

export class ExportNotReadyError extends AppError {
  constructor() {
    super('conflict', 'export_not_ready', 'The export has no file: it is not ready, has failed, was canceled, or its file has expired. Ask for its status, or create another one.');
  }
}

/** For links that are not signed, have expired, or whose maker may not have the file any longer: the same text for all of them. */
export class ExportLinkError extends AppError {
  constructor() {
    super('not_found', 'export_link_invalid', 'The link is invalid or has expired. Ask for a new one.');
  }
}

export class ExportFileMissingError extends AppError {
  constructor() {
    super(
      'unavailable',
      'export_file_missing',
      'This server cannot read the file of the export. If several servers run, they need a storage that all of them share (STORAGE_URL).',
    );
  }
}

export class InvalidByteRangeError extends AppError {
  constructor(bytes: number) {
    super('range_not_satisfiable', 'invalid_byte_range', `The file has ${bytes} bytes. Ask for one range of them.`);
  }
}
