import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDocument } from 'yaml';

/** A shipped catalog in which new organizations begin on another plan: what an operator of that tier would run. */
export const presetOnPlan = (preset: string, plan: string): string => presetWith(preset, [[['defaults', 'plan'], plan]]);

/** The preset `toolboxai` whose students need no consent, for tests about something else. */
export const toolboxaiWithoutConsent = (): string => presetWith('toolboxai', [[['settings', 'require_parental_consent', 'default'], false]]);

/** A shipped catalog with other values at some paths. Returns the path of its file. */
export function presetWith(preset: string, changes: readonly (readonly [where: readonly string[], value: unknown])[]): string {
  const document = parseDocument(readFileSync(`catalogs/${preset}.yaml`, 'utf8'));
  for (const [where, value] of changes) document.setIn(where, value);
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tenantry-preset-')), `${preset}.yaml`);
  writeFileSync(file, document.toString());
  return file;
}
