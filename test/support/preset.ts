import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDocument } from 'yaml';

/** A shipped catalog in which new organizations begin on another plan: what an operator of that tier would run. */
export function presetOnPlan(preset: string, plan: string): string {
  const document = parseDocument(readFileSync(`catalogs/${preset}.yaml`, 'utf8'));
  document.setIn(['defaults', 'plan'], plan);
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tenantry-preset-')), `${preset}-${plan}.yaml`);
  writeFileSync(file, document.toString());
  return file;
}
