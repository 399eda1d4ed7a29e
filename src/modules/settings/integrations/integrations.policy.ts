import type { FieldError } from '../../../common/errors/app-error.js';
import { isJsonObject, pointerPart } from '../../../common/http/bodies/json.js';
import { mergePatch } from '../../../common/http/bodies/merge-patch.js';
import { InvalidSettingsError } from '../settings.errors.js';
import type { JsonObject } from '../settings-documents.service.js';

/** The patch of one integration. */
export interface IntegrationPatch {
  readonly enabled?: boolean;
  readonly config?: JsonObject;
  /** null removes a secret. */
  readonly secrets?: Readonly<Record<string, string | null>>;
}

const name = /^[a-z][a-z0-9_-]{0,62}$/;
const maxSecretLength = 8192;

function* findProblems(key: string, value: unknown): Generator<FieldError> {
  const at = (...parts: string[]): string => `/${[key, ...parts].map(pointerPart).join('/')}`;
  if (!name.test(key)) yield { pointer: at(), code: 'matches', message: 'the name of an integration must consist of lowercase letters, digits, - and _, and begin with a letter' };
  if (value === null) return;
  if (!isJsonObject(value)) return yield { pointer: at(), code: 'is_object', message: `${key} must be an object, or null to remove it` };
  for (const field of Object.keys(value))
    if (!['enabled', 'config', 'secrets'].includes(field)) yield { pointer: at(field), code: 'unknown_field', message: `${field} is not a known field` };
  const { enabled, config, secrets } = value;
  if (enabled !== undefined && typeof enabled !== 'boolean') yield { pointer: at('enabled'), code: 'is_boolean', message: 'enabled must be a boolean value' };
  if (config !== undefined && !isJsonObject(config)) yield { pointer: at('config'), code: 'is_object', message: 'config must be an object' };
  if (secrets === undefined) return;
  if (!isJsonObject(secrets)) return yield { pointer: at('secrets'), code: 'is_object', message: 'secrets must be an object' };
  for (const [secret, text] of Object.entries(secrets)) {
    if (!name.test(secret))
      yield { pointer: at('secrets', secret), code: 'matches', message: 'the name of a secret must consist of lowercase letters, digits, - and _, and begin with a letter' };
    if (text !== null && (typeof text !== 'string' || text === '' || text.length > maxSecretLength))
      yield { pointer: at('secrets', secret), code: 'is_string', message: `a secret must be a string of at most ${maxSecretLength} characters, or null to remove it` };
  }
}

/** Validates the patches of all integrations. @throws {InvalidSettingsError} */
export function readIntegrationPatches(body: JsonObject): Map<string, IntegrationPatch | null> {
  const errors = Object.entries(body).flatMap(([key, value]) => [...findProblems(key, value)]);
  if (errors.length > 0) throw new InvalidSettingsError(errors);
  return new Map(Object.entries(body) as [string, IntegrationPatch | null][]);
}

/** Applies the patches to the document, without the secrets. */
export function patchedIntegrations(document: JsonObject, patches: ReadonlyMap<string, IntegrationPatch | null>): JsonObject {
  const next: Record<string, unknown> = { ...document };
  for (const [key, patch] of patches) {
    if (patch === null) {
      delete next[key];
      continue;
    }
    const { secrets: _, ...open } = patch;
    next[key] = mergePatch(next[key] ?? { enabled: true, config: {} }, open);
  }
  return next;
}
