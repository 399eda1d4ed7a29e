import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiledControl } from './test-control.mjs';

/** Returns the build of a module of `src`, or the compiled file of one of `test/control`. */
function builtFile(file, rootDir) {
  const inSource = path.relative(path.join(rootDir, 'src'), file);
  return inSource.startsWith('..') ? compiledControl(file) : path.join(rootDir, 'dist', inSource).replace(/\.ts$/, '.js');
}

/** Replaces a module by one that exports what its build exports (see environment.mjs). */
export default {
  async processAsync(_source, file, { config }) {
    const url = pathToFileURL(builtFile(file, config.rootDir)).href;
    const names = Object.keys(await import(url));
    const named = names.filter((name) => name !== 'default');
    const code = [
      `const built = await globalThis.importNative(${JSON.stringify(url)});`,
      `export const { ${named.join(', ')} } = built;`,
      ...(named.length < names.length ? ['export default built.default;'] : []),
    ];
    return { code: code.join('\n') };
  },

  getCacheKey(source, file, { config }) {
    return createHash('sha256')
      .update('native 3')
      .update(builtFile(file, config.rootDir))
      .update(file)
      .update(source)
      .update(readFileSync(builtFile(file, config.rootDir)))
      .digest('hex');
  },
};
