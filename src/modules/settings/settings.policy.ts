import type { FieldError } from '../../common/errors/app-error.js';
import { pointerPart } from '../../common/http/bodies/json.js';
import type { SettingDefinition, SettingValue } from '../../config/catalog/catalog.js';
import { InvalidSettingsError } from './settings.errors.js';
import type { JsonObject } from './settings-documents.service.js';

const maxTextLength = 1000;

function findMismatch({ type, allowed, min, max }: SettingDefinition, value: unknown): readonly [code: string, message: string] | undefined {
  const fits = type === 'integer' ? Number.isSafeInteger(value) : typeof value === type;
  if (!fits) return [`is_${type}`, `must be ${type === 'integer' ? 'a whole number' : `a ${type}`}`];
  if (allowed !== undefined && !allowed.includes(value as SettingValue)) return ['is_in', `must be one of: ${allowed.join(', ')}`];
  if (min !== undefined && (value as number) < min) return ['min', `must not be less than ${min}`];
  if (max !== undefined && (value as number) > max) return ['max', `must not be greater than ${max}`];
  return typeof value === 'string' && value.length > maxTextLength ? ['max_length', `must not be longer than ${maxTextLength} characters`] : undefined;
}

/**
 * Applies a merge patch to the values of the organization. null resets a setting to the default of the catalog.
 *
 * @throws {InvalidSettingsError} naming every setting that is unknown or has an invalid value
 */
export function changedSettings(own: JsonObject, patch: JsonObject, definitions: ReadonlyMap<string, SettingDefinition>): JsonObject {
  const next: Record<string, unknown> = { ...own };
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(patch)) {
    const definition = definitions.get(key);
    const pointer = `/${pointerPart(key)}`;
    if (definition === undefined) {
      errors.push({ pointer, code: 'unknown_field', message: `${key} is not a known field` });
      continue;
    }
    const wrong = value === null ? undefined : findMismatch(definition, value);
    if (wrong !== undefined) errors.push({ pointer, code: wrong[0], message: `${key} ${wrong[1]}` });
    if (value === null) delete next[key];
    else next[key] = value;
  }
  if (errors.length > 0) throw new InvalidSettingsError(errors);
  return next;
}

/** Returns the settings that a caller may see: with settings:read all, otherwise those that the catalog shows every member. */
export function settingsVisibleTo(
  permissions: ReadonlySet<string>,
  values: ReadonlyMap<string, SettingValue>,
  definitions: ReadonlyMap<string, SettingDefinition>,
): Record<string, SettingValue> {
  const seesAll = permissions.has('settings:read');
  return Object.fromEntries([...values].filter(([key]) => seesAll || definitions.get(key)?.visibleTo === 'members'));
}
