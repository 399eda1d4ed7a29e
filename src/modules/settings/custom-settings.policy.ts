import { CustomSettingsTooLargeError } from './settings.errors.js';
import type { JsonObject } from './settings-documents.service.js';

const maxBytes = 64 * 1024;

/** @returns the document, when it takes no more than 64 KiB as JSON in UTF-8 @throws {CustomSettingsTooLargeError} */
export function assertCustomSettingsFit(document: JsonObject): JsonObject {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > maxBytes) throw new CustomSettingsTooLargeError(bytes, maxBytes);
  return document;
}
