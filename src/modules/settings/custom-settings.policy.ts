import { CustomSettingsTooLargeError } from './settings.errors.js';
import type { JsonObject } from './settings-documents.service.js';

const maxBytes = 64 * 1024;

/** Returns the document if its JSON has at most 64 KiB in UTF-8. @throws {CustomSettingsTooLargeError} */
export function assertCustomSettingsFit(document: JsonObject): JsonObject {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > maxBytes) throw new CustomSettingsTooLargeError(bytes, maxBytes);
  return document;
}
